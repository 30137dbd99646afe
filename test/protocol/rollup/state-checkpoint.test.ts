// Checkpoints of changed pages, a crash anywhere, and the batches after the last checkpoint
// executed again: the very same records and root.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { prng } from '../../../lib/prng.ts'
import { executeBatch, executionPorts } from '../../../protocol/rollup/execute-batch.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import {
  markUnsaved,
  restoreState,
  takeCheckpoint,
} from '../../../protocol/rollup/state-checkpoint.ts'
import type { Undo } from '../../../protocol/rollup/undo-log.ts'
import { PlainShard } from './plain-shard.ts'
import { type RandomBatch, randomBatch, runPlain, toExecute } from './shard-run.ts'

const PLACE = { shard: 0, shards: 1 }
const ports = executionPorts(hashPairsNative)
const seed = fc.string({ minLength: 8, maxLength: 8 })

function execute(state: ShardState, batch: RandomBatch): Undo {
  const result = executeBatch(state, toExecute(state, batch), ports)
  if (!result.ok) throw new Error(result.code)
  return result.executed.undo
}

/** What lies in the store, as a map from page to bytes. */
class Disk {
  meta = new Uint8Array(0)
  pages = new Map<number, Uint8Array>()

  checkpoint(state: ShardState): number {
    const { meta, pages } = takeCheckpoint(state)
    this.meta = Uint8Array.from(meta)
    for (const { page, bytes } of pages) this.pages.set(page, bytes)
    return pages.length
  }

  restore(shared: boolean): ShardState {
    const pages = [...this.pages].map(([page, bytes]) => ({ page, bytes }))
    const state = restoreState(this.meta, pages, { shared })
    if (!state) throw new Error('no state')
    return state
  }
}

test('a crash anywhere, and the batches since the checkpoint again, lead to the same state', () => {
  fc.assert(
    fc.property(seed, fc.boolean(), (name, shared) => {
      const random = prng(name)
      const state = new ShardState(PLACE)
      const plain = new PlainShard()
      const disk = new Disk()
      disk.checkpoint(state)
      let since: RandomBatch[] = []
      for (let i = 0; i < 10; i++) {
        const batch = randomBatch(random, plain)
        if (random.chance(0.3)) {
          // One that is taken back before the next checkpoint, or after it.
          const undo = execute(state, batch)
          if (random.chance(0.3)) takeAndLose(state)
          state.undo(undo)
        }
        execute(state, batch)
        runPlain(plain, batch)
        since.push(batch)
        if (random.chance(0.4)) {
          disk.checkpoint(state)
          since = []
        }
        if (!random.chance(0.4)) continue
        const again = disk.restore(shared)
        for (const one of since) execute(again, one)
        assert.is(again.root(hashPairsNative), state.root(hashPairsNative))
        const used = 8 * state.table.used
        assert.equal(again.table.words.slice(0, used), state.table.words.slice(0, used))
      }
    }),
    { numRuns: 40 },
  )
})

/** A checkpoint whose write fails. */
function takeAndLose(state: ShardState): void {
  markUnsaved(state.table, takeCheckpoint(state).pages)
}

test('a checkpoint has the pages that changed, and nothing else', () => {
  const state = new ShardState(PLACE)
  const disk = new Disk()
  const register = (index: number) => {
    const inbox = [{ kind: 'register' as const, index, amount: 9n }]
    execute(state, { inbox, transfers: [], fee: 0, feeAccount: 0 })
  }
  for (const index of [0, 1500, 4000]) register(index)
  assert.is(disk.checkpoint(state), 3)
  assert.is(disk.checkpoint(state), 0)
  state.root(hashPairsNative)
  register(1023)
  register(1024)
  assert.is(disk.checkpoint(state), 2)
  assert.is(disk.restore(false).root(hashPairsNative), state.root(hashPairsNative))
})

test('bytes that are no checkpoint give no state', () => {
  const { meta } = takeCheckpoint(new ShardState(PLACE))
  assert.ok(restoreState(meta, []))
  assert.is(restoreState(meta.slice(1), []), undefined)
  assert.is(restoreState(meta, [{ page: 0, bytes: new Uint8Array(3) }]), undefined)
  for (const at of [0, 4, 8, 15]) {
    const wrong = Uint8Array.from(meta)
    wrong[at] = 200
    assert.is(restoreState(wrong, []), undefined, `byte ${at}`)
  }
  // No root is over a record beyond the accounts in use: it would be money out of nothing.
  for (const page of [0, 3, 4, 9]) {
    const bytes = new Uint8Array(1024 * 32)
    assert.ok(restoreState(meta, [{ page, bytes }]))
    bytes[bytes.length - 32] = 1
    assert.is(restoreState(meta, [{ page, bytes }]), undefined, `a record on page ${page}`)
  }
})

test.run()
