// The metric families of chain, consensus and mempool. Names that dashboards know from geth and
// CometBFT mean here what they mean there (docs/METRICS.md); ours begin with aitbc_.

import type { HistogramView } from '../../../../lib/log2-histogram.ts'
import { MODE_NAMES } from '../../../../protocol/consensus/validator-set.ts'
import type { Family, HistogramSample, Labels } from '../open-metrics.ts'
import type { ChainReading } from './read-chain.ts'

type Value = (row: ChainReading) => number | undefined
type Unit = 'seconds' | 'bytes' | undefined

/** Buckets of doubling microseconds become bounds in seconds. */
export function secondsOf(labels: Labels, { buckets, sum }: HistogramView): HistogramSample {
  const bounds = buckets.slice(0, -1).map((_, i) => 2 ** i / 1e6)
  return { labels, bounds, counts: buckets, sum: sum / 1e6 }
}

function counted({ status }: ChainReading, name: string): number {
  return status.counts.find((one) => one.name === name)?.count ?? 0
}

const REFUSED = 'refused-'

/** What was refused unread, and what the core refused. */
function refusedOf({ status, consensus }: ChainReading) {
  const byCore = status.counts.filter(({ name }) => name.startsWith(REFUSED))
  const named = byCore.map(({ name, count }) => ({ name: name.slice(REFUSED.length), count }))
  return [...consensus.refused, ...named]
}

function samplesOf(rows: readonly ChainReading[], value: Value) {
  return rows.flatMap((row) => {
    const read = value(row)
    return read === undefined ? [] : [{ labels: { node: row.node }, value: read }]
  })
}

class Families {
  readonly list: Family[] = []
  private readonly rows: readonly ChainReading[]

  constructor(rows: readonly ChainReading[]) {
    this.rows = rows
  }

  gauge(name: string, help: string, value: Value, unit?: Unit): void {
    this.add({ name, help, type: 'gauge', samples: samplesOf(this.rows, value) }, unit)
  }

  counter(name: string, help: string, value: Value, unit?: Unit): void {
    this.add({ name, help, type: 'counter', samples: samplesOf(this.rows, value) }, unit)
  }

  histogram(name: string, help: string, us: (row: ChainReading) => HistogramView): void {
    const samples = this.rows.map((row) => secondsOf({ node: row.node }, us(row)))
    const unit = name.endsWith('_seconds') ? 'seconds' : undefined
    this.add({ name, help, type: 'histogram', samples }, unit)
  }

  add(family: Family, unit?: Unit): void {
    this.list.push(unit ? { ...family, unit } : family)
  }
}

function likeGeth(families: Families): void {
  families.gauge('chain_head_block', 'The last final block.', ({ head }) => head.height)
  families.gauge(
    'chain_head_finalized',
    'The last block that the stake has certified.',
    ({ head }) => head.checkpointHeight,
  )
  families.gauge(
    'chain_mgasps',
    'Millions of gas a second of execution, over all blocks executed since the start.',
    ({ execution: { gas, seconds } }) => (seconds > 0 ? gas / seconds / 1e6 : 0),
  )
  families.histogram(
    'chain_execution',
    'Seconds that executing a block took, built and checked ones.',
    ({ execution }) => execution.took,
  )
  families.gauge(
    'txpool_pending',
    'Transactions that wait for a block and may be in the next one.',
    ({ size }) => size.pending,
  )
  families.gauge(
    'txpool_queued',
    'Transactions that wait for an earlier one of their sender.',
    ({ size }) => size.queued,
  )
}

function likeComet(families: Families, rows: readonly ChainReading[]): void {
  families.gauge('consensus_height', 'The last final block.', ({ head }) => head.height)
  families.gauge(
    'consensus_rounds',
    'Views since the last final block.',
    ({ consensus }) => consensus.views,
  )
  families.gauge(
    'consensus_validators',
    'Validators of the epoch.',
    ({ consensus }) => consensus.validators,
  )
  families.gauge(
    'consensus_missing_validators',
    'Validators from whom no vote came while the last ten blocks became final.',
    ({ consensus }) => consensus.silent,
  )
  families.gauge(
    'consensus_byzantine_validators',
    'Validators seen to contradict themselves since the start.',
    ({ consensus }) => consensus.byzantine,
  )
  families.histogram(
    'consensus_block_interval_seconds',
    'Time between a final block and the one before, by their own times.',
    ({ consensus }) => consensus.blockInterval,
  )
  families.add(
    {
      name: 'consensus_step_duration_seconds',
      help: 'What a view, building, checking, recording votes and committing took.',
      type: 'histogram',
      samples: rows.flatMap(({ node, consensus }) =>
        consensus.steps.map(({ name, us }) => secondsOf({ node, step: name }, us)),
      ),
    },
    'seconds',
  )
  families.counter('consensus_late_votes', 'Votes that came for a view that had passed.', (row) =>
    counted(row, 'late-votes'),
  )
  families.gauge(
    'consensus_validator_last_signed_height',
    'The last final block in whose view this validator voted for a block.',
    ({ consensus }) => consensus.lastSignedHeight,
  )
  families.gauge(
    'consensus_validator_missed_blocks',
    'Blocks that became final without a vote of this validator since the start.',
    ({ consensus }) => consensus.missedBlocks,
  )
  families.gauge(
    'mempool_size',
    'Transactions that wait.',
    ({ size }) => size.pending + size.queued,
  )
  families.counter('mempool_failed_txs', 'Transactions refused.', ({ pool }) =>
    pool.refused.reduce((sum, { count }) => sum + count, 0),
  )
  families.gauge('blocksync_syncing', 'Whether it catches up with its peers.', ({ status }) =>
    status.syncing ? 1 : 0,
  )
}

function byCode(
  rows: readonly ChainReading[],
  list: (row: ChainReading) => readonly { name: string; count: number }[],
) {
  return rows.flatMap((row) =>
    list(row).map(({ name, count }) => ({ labels: { node: row.node, code: name }, value: count })),
  )
}

function ours(families: Families, rows: readonly ChainReading[]): void {
  families.gauge('aitbc_chain_height', 'The last final block.', ({ head }) => head.height)
  families.gauge('aitbc_chain_view', 'The view that is under way.', ({ status }) => status.view)
  families.gauge('aitbc_chain_epoch', 'The epoch that is under way.', ({ status }) => status.epoch)
  families.gauge('aitbc_chain_mode', '0 FAST, 1 BALANCED, 2 SECURE.', ({ status }) => {
    const mode = (MODE_NAMES as readonly string[]).indexOf(status.mode)
    return mode < 0 ? undefined : mode
  })
  families.gauge(
    'aitbc_chain_head_age_seconds',
    'Since the last block became final.',
    ({ headAgeMs }) => headAgeMs / 1000,
    'seconds',
  )
  families.gauge(
    'aitbc_chain_checkpoint_lag_blocks',
    'Final blocks that the stake has not certified yet.',
    ({ head }) => head.height - head.checkpointHeight,
  )
  families.histogram(
    'aitbc_chain_finality_seconds',
    'From the time of a block to its being final here; blocks fetched in catching up left out.',
    ({ consensus }) => consensus.finality,
  )
  families.counter(
    'aitbc_consensus_view_timeouts',
    'Times that a leader or a view took too long.',
    (row) => counted(row, 'leader-timeouts') + counted(row, 'view-timeouts'),
  )
  families.counter('aitbc_consensus_nullified_views', 'Views that ended without a block.', (row) =>
    counted(row, 'views-nullified'),
  )
  families.counter(
    'aitbc_consensus_fetched_blocks',
    'Final blocks fetched from peers.',
    ({ consensus }) => consensus.fetchedBlocks,
  )
  families.gauge(
    'aitbc_consensus_sign_lag_views',
    'Views between the last one that this validator signed in and the present one.',
    ({ consensus }) => consensus.signLagViews,
  )
  families.gauge(
    'aitbc_consensus_clock_ahead_seconds',
    'How far blocks of other leaders are ahead of our clock when they come (median).',
    ({ consensus: { clockAheadMs } }) => clockAheadMs && clockAheadMs / 1000,
    'seconds',
  )
  families.add({
    name: 'aitbc_consensus_refused_messages',
    help: 'Messages of other validators that were refused, by why.',
    type: 'counter',
    samples: byCode(rows, refusedOf),
  })
  families.add({
    name: 'aitbc_mempool_refused_transactions',
    help: 'Transactions refused, by why.',
    type: 'counter',
    samples: byCode(rows, ({ pool }) => pool.refused),
  })
  families.counter(
    'aitbc_mempool_throttled_transactions',
    'Transactions of peers that were dropped for their rate.',
    ({ pool }) => pool.throttled,
  )
  families.gauge(
    'aitbc_mempool_transactions',
    'Transactions that wait.',
    ({ size }) => size.pending + size.queued,
  )
}

export function chainFamilies(rows: readonly ChainReading[]): Family[] {
  const families = new Families(rows)
  likeGeth(families)
  likeComet(families, rows)
  ours(families, rows)
  return families.list
}
