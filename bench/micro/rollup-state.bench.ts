// The state engine of the rollup, part by part, in CPU microseconds for a transfer, beside the bare
// cost of the same work in the same rounds: a plain loop over the table, hashtree over as many
// bytes. Dense batches of 65,536 transfers to random receivers. npm run bench -- rollup-state
// [--accounts N] [--rounds N]

import { parseArgs } from 'node:util'
import { hashPairsNative } from '../../compute/crypto/hash-pairs-native.ts'
import { prng } from '../../lib/prng.ts'
import { BATCH_TRANSFERS_MAX, COHORT_SIZE } from '../../protocol/params.ts'
import { AccountTable, STALE } from '../../protocol/rollup/account-table.ts'
import { BatchRun } from '../../protocol/rollup/batch-run.ts'
import type { DenseSection } from '../../protocol/rollup/body-layout.ts'
import { executeBatch, executionPorts } from '../../protocol/rollup/execute-batch.ts'
import { executeTransfers } from '../../protocol/rollup/execute-transfers.ts'
import { NO_OPERATIONS } from '../../protocol/rollup/operations.ts'
import { ShardState } from '../../protocol/rollup/shard-state.ts'
import { takeCheckpoint } from '../../protocol/rollup/state-checkpoint.ts'
import { LEAF_WORDS, traceRoot } from '../../protocol/rollup/trace.ts'
import { transferColumns } from '../../protocol/rollup/transfer-columns.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import { median } from './runtime/rounds.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '20' },
  },
})
const accounts = Number(values.accounts)
const rounds = Number(values.rounds)
const TRANSFERS = BATCH_TRANSFERS_MAX
const random = prng('rollup-state bench')

const table = AccountTable.create(accounts, true)
for (let slot = 0; slot < accounts; slot++) table.put(slot, 4e9, 3, 0, slot + 1, 0)
table.used = accounts
const state = new ShardState({ shard: 0, shards: 1 }, table)
Object.assign(state, {
  entries: accounts,
  supply: BigInt(accounts) * (4_000_000_000n + (3n << 32n)),
})

function randomBody(round: number) {
  const perBatch = TRANSFERS / COHORT_SIZE
  const cohorts = Math.floor(accounts / COHORT_SIZE)
  const sections = Array.from({ length: perBatch }, (_, i): DenseSection => {
    const cohort = (round * perBatch + i) % cohorts
    const to = Uint32Array.from({ length: COHORT_SIZE }, () => random.below(accounts))
    const amount = Uint32Array.from({ length: COHORT_SIZE }, () => random.below(1000))
    const first = i * COHORT_SIZE
    return { kind: 'dense', cohort, present: undefined, to, amount, count: COHORT_SIZE, first }
  })
  return { shard: 0, transfers: TRANSFERS, sections, operations: NO_OPERATIONS }
}

const parts = new Map<string, number[]>()

/** Notes what `run` costs this thread, in microseconds for each of `per`. */
function time(name: string, run: () => void, per = TRANSFERS): void {
  const started = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(started)
  const list = parts.get(name) ?? []
  parts.set(name, list)
  list.push((user + system) / per)
}

const ports = executionPorts(hashPairsNative)
const tree = new MerkleTree(hashPairsNative)
const trace = new Uint32Array((TRANSFERS + 1) * LEAF_WORDS)
const leaves = new Uint32Array(TRANSFERS * 8)
const bytes = new Uint8Array(2 * TRANSFERS * 64)
const hashes = new Uint8Array(bytes.length / 2)
const cold = new Uint8Array(64 * 1024 * 1024)

function bareLoop(columns: ReturnType<typeof transferColumns>): void {
  const { words } = table
  for (let i = 0; i < TRANSFERS; i++) {
    const from = (columns.from[i] as number) * 8
    const to = (columns.to[i] as number) * 8
    const amount = columns.amountLo[i] as number
    words[from] = (words[from] as number) - amount
    words[to] = (words[to] as number) + amount
    words[from + 2] = (words[from + 2] as number) + 1
  }
}

function share(part: number): void {
  const pages = Math.ceil(accounts / 64)
  for (let i = Math.ceil(pages * part); i > 0; i--) table.stale[random.below(pages)] = STALE
}

state.root(hashPairsNative)
for (let round = 0; round <= rounds; round++) {
  const body = randomBody(round)
  const columns = transferColumns(body)
  const batch = {
    fee: 1,
    feeAccount: 5,
    firstEntry: state.entries + 1,
    inbox: [],
    parcels: [],
    body,
  }
  cold.fill(round)
  time('bare loop over the table', () => bareLoop(columns))
  cold.fill(round)
  time('execution with undo and trace', () => {
    const run = new BatchRun(state, trace)
    if (executeTransfers(run, columns, 1, leaves)) throw new Error('a bad transfer')
  })
  time('trace root', () => traceRoot(trace, TRANSFERS, tree, hashPairsNative))
  time('bare hashes, as many as in the trace', () => hashPairsNative(bytes, hashes))
  time('transfer root', () => {
    tree.reserve(TRANSFERS).set(new Uint8Array(leaves.buffer))
    tree.build()
  })
  cold.fill(round)
  time('whole batch, executeBatch', () => {
    if (!executeBatch(state, batch, { ...ports, trace }).ok) throw new Error('a bad batch')
  })
  table.stale.fill(STALE, 0, Math.ceil(accounts / 64))
  time('state root, all pages', () => state.root(hashPairsNative))
  const records = accounts * 32
  time('bare hashes, as many as in the root', () => {
    for (let done = 0; done < records; done += bytes.length / 2) hashPairsNative(bytes, hashes)
  })
  for (const part of [0.5, 0.1, 0.01]) {
    share(part)
    time(`state root, ${part * 100} % of pages drawn`, () => state.root(hashPairsNative))
  }
  table.stale.fill(STALE, 0, Math.ceil(accounts / 64))
  time('checkpoint, all pages copied', () => takeCheckpoint(state))
  if (round === 0) parts.clear()
}

const of = (name: string) => median(parts.get(name) ?? [])
const BARE: Readonly<Record<string, string>> = {
  'execution with undo and trace': 'bare loop over the table',
  'trace root': 'bare hashes, as many as in the trace',
  'state root, all pages': 'bare hashes, as many as in the root',
}
console.log(`${accounts} accounts, ${rounds} rounds, medians; CPU of the process, not wall time`)
for (const name of parts.keys()) {
  const bare = BARE[name]
  const ratio = bare ? `  ${(of(name) / of(bare)).toFixed(2)} of bare` : ''
  const whole = name.startsWith('state') || name.startsWith('check')
  const ms = whole ? `  ${((of(name) * TRANSFERS) / 1000).toFixed(1)} ms` : ''
  console.log(`${name.padEnd(40)} ${of(name).toFixed(4)} us/transfer${ms}${ratio}`)
}
const megabytes = (count: number) => (count / 2 ** 20).toFixed(0)
console.log(
  `memory of the process ${megabytes(process.memoryUsage.rss())} MiB, of it the table's ` +
    `records ${megabytes(accounts * 32)} MiB, this bench's own buffers ${megabytes(cold.length)} MiB`,
)
