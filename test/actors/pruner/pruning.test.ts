// Pruning: what goes, what stays, in which order, in how small batches, and that a kill anywhere
// leaves nothing behind.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PRUNE_STAGES, type PruneStage } from '../../../actors/pruner/prune-policy.ts'
import { Pruning } from '../../../actors/pruner/pruning.ts'
import {
  PRUNE_BLOCKS_STEP,
  PRUNE_EPOCHS_KEPT,
  PRUNE_EPOCHS_MIN,
  PRUNE_ROWS_PER_COMMIT,
} from '../../../config/limits.ts'
import { u64 } from '../../../lib/bytes.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import type { TableRow } from '../../../protocol/state/block-rows.ts'
import { CHAIN_TABLES } from '../../../protocol/state/tables.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { chainOfRows, type RowBlock } from '../../kit/row-chain.ts'

const TABLES = [
  CHAIN_TABLES.blocks,
  CHAIN_TABLES.receipts,
  CHAIN_TABLES.blooms,
  CHAIN_TABLES.finality,
  CHAIN_TABLES.heights,
  CHAIN_TABLES.transactions,
]
const DAY = 86_400_000

/** Everything but the tables of the state, as text. */
function contents(store: MemoryStore): string[] {
  return TABLES.flatMap((table) =>
    store.range(table, { limit: 1e6 }).map(([key]) => `${table} ${bytesToHex(key)}`),
  ).sort()
}

function keysOf(rows: readonly TableRow[]): string[] {
  return rows
    .filter(({ table }) => TABLES.includes(table as never))
    .map(({ table, key }) => `${table} ${bytesToHex(key)}`)
}

function storeOf(rows: readonly TableRow[][]): MemoryStore {
  const store = new MemoryStore()
  store.apply(rows.flat())
  return store
}

/** Runs to the end; `killed` says after which batches everything in memory is lost. */
function prune(
  store: MemoryStore,
  stages: readonly PruneStage[],
  thresholdBytes: number,
  killed: (batch: number) => boolean = () => false,
): { pruning: Pruning; batches: number } {
  let pruning = new Pruning(store, { thresholdBytes, stages })
  for (let batches = 0; ; batches++) {
    const puts = pruning.next()
    if (puts.length === 0) return { pruning, batches }
    assert.ok(puts.length <= PRUNE_ROWS_PER_COMMIT + TABLES.length, `${puts.length} rows`)
    store.apply(puts)
    if (killed(batches)) pruning = new Pruning(store, { thresholdBytes, stages })
    assert.ok(batches < 100_000, 'it never ends')
  }
}

const stage = (keepEpochs: number, more: Partial<PruneStage> = {}): PruneStage => ({
  givesUp: '',
  keepMs: 0,
  keepEpochs,
  keepBoundaryMs: 0,
  ...more,
})

const anyBlocks = fc
  .array(fc.tuple(fc.boolean(), fc.constantFrom(0, 1, 3)), { minLength: 1, maxLength: 40 })
  .map((list) => {
    let epoch = 0
    return list.map(([isNew, transactions], i): RowBlock => {
      if (isNew) epoch++
      return { epoch, timeMs: 1_800_000_000_000 + i * 1000, transactions }
    })
  })

test('below the cut nothing is left, above it and at the genesis everything, kills or not', () => {
  fc.assert(
    fc.property(
      anyBlocks,
      fc.integer({ min: 1, max: 12 }),
      fc.nat(3),
      fc.boolean(),
      (blocks, epochs, kill, keepBoundaries) => {
        const rows = chainOfRows(blocks)
        const store = storeOf(rows)
        prune(
          store,
          [stage(epochs, { keepBoundaryMs: keepBoundaries ? DAY : 0 })],
          0,
          (batch) => kill > 0 && batch % kill === 0,
        )
        const last = (blocks.at(-1) as RowBlock).epoch
        const oldest = 1 + blocks.findIndex(({ epoch }) => epoch > last - epochs)
        const stays = rows.flatMap((own, height) => {
          if (height === 0 || height >= oldest) return keysOf(own)
          const isBoundary = blocks[height - 1]?.epoch !== blocks[height]?.epoch
          if (!keepBoundaries || !isBoundary) return []
          return keysOf(own).filter((key) => /^(blocks|finality|heights)/.test(key))
        })
        assert.equal(contents(store), stays.sort())
        assert.is(new Pruning(store, { thresholdBytes: 0, stages: [] }).marks.oldest(), oldest)
      },
    ),
    { numRuns: 150 },
  )
})

test('a block with more transactions than a batch holds goes in several', () => {
  const transactions = 2 * PRUNE_ROWS_PER_COMMIT + 10
  const blocks = [
    { epoch: 0, timeMs: 1000, transactions },
    { epoch: 1, timeMs: 2000, transactions: 1 },
  ]
  for (const killed of [() => false, (batch: number) => batch === 2]) {
    const rows = chainOfRows(blocks)
    const store = storeOf(rows)
    prune(store, [stage(1)], 0, killed)
    assert.equal(contents(store), [...keysOf(rows[0] ?? []), ...keysOf(rows[2] ?? [])].sort())
  }
})

/** Two blocks an epoch, ten epochs a day, over 40 days, so that every stage finds something. */
const PER_DAY = 20
const days = Array.from({ length: 40 * PER_DAY }, (_, i) => ({
  epoch: Math.floor(i / 2),
  timeMs: 1_800_000_000_000 + (i * DAY) / PER_DAY,
  transactions: 2,
}))

test('the threshold decides how far it goes, and the order is that of the policy', () => {
  const whole = storeOf(chainOfRows(days))
  const all = whole.usedBytes()
  assert.is(prune(whole, PRUNE_STAGES, all).batches, 0)
  const after = (share: number) => {
    const store = storeOf(chainOfRows(days))
    const { pruning } = prune(store, PRUNE_STAGES, all * share)
    const [first] = store.range(CHAIN_TABLES.blocks, { from: u64(1), limit: 1 })
    const blocks = days.length + 1 - pruning.marks.oldest()
    const lowest = Buffer.from(first?.[0] ?? []).readUIntBE(2, 6)
    return { days: blocks / PER_DAY, blocks, endsFrom: days.length + 1 - lowest, pruning }
  }
  const step = PRUNE_BLOCKS_STEP / PER_DAY
  // A little above: only what nobody needs, and no more than a step of it.
  const little = after(0.999)
  assert.ok(little.days > 20.9 && little.days >= 40 - step, `${little.days} days`)
  assert.is(little.pruning.stage?.givesUp, '')
  const evidence = after(0.4)
  assert.ok(evidence.days < 21 && evidence.days >= 13.9, `${evidence.days} days`)
  // Ends of epochs stay for 14 days longer than the blocks between them.
  const away = after(0.345)
  assert.is(away.blocks, 2 * PRUNE_EPOCHS_KEPT)
  assert.ok(away.endsFrom > 13.8 * PER_DAY && away.endsFrom < 14.2 * PER_DAY, `${away.endsFrom}`)
  const everything = after(0)
  assert.is(everything.blocks, 2 * PRUNE_EPOCHS_MIN)
  assert.is(everything.endsFrom, everything.blocks)
  assert.ok(everything.pruning.isExhausted())
})

class CountingStore extends MemoryStore {
  reads = 0

  override get(...args: Parameters<MemoryStore['get']>) {
    this.reads++
    return super.get(...args)
  }

  override range(...args: Parameters<MemoryStore['range']>) {
    this.reads++
    return super.range(...args)
  }
}

test('an end of an epoch that grew old goes, and the many that stay are not read for it', () => {
  const rows = chainOfRows(days)
  const store = new CountingStore()
  store.apply(rows.slice(0, -2).flat())
  const stages = [stage(PRUNE_EPOCHS_MIN, { keepBoundaryMs: 14 * DAY })]
  const pruning = new Pruning(store, { thresholdBytes: 0, stages })
  const run = () => {
    for (let puts = pruning.next(); puts.length > 0; puts = pruning.next()) store.apply(puts)
  }
  const kept = () => {
    const range = { from: u64(1), to: u64(pruning.marks.oldest()), limit: 1e6 }
    return store.range(CHAIN_TABLES.blocks, range).map(([key]) => bytesToHex(key))
  }
  run()
  const before = kept()
  assert.ok(before.length > 100, `${before.length} ends`)
  store.apply(rows.slice(-2).flat())
  store.reads = 0
  run()
  assert.ok(store.reads < 300, `${store.reads} reads`)
  const after = kept()
  assert.equal(after.slice(0, -1), before.slice(1))
  assert.is(after.length, before.length)
})

test.run()
