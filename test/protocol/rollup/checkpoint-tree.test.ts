// What a checkpoint proves: roots of pages are those of the state root or are refused, whatever a
// liar changes in them, and the proof of any record in it is the one that the state itself gives.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { prng } from '../../../lib/prng.ts'
import {
  checkpointRoot,
  pageRoot,
  readCheckpointTree,
  recordProof,
  rootAt,
  rootsFor,
  usedIn,
  ZERO_PAGE,
  ZERO_PAGE_ROOT,
} from '../../../protocol/rollup/checkpoint-tree.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { provenMeta, takeCheckpoint } from '../../../protocol/rollup/state-checkpoint.ts'
import { decodeMeta, encodeMeta } from '../../../protocol/rollup/state-root.ts'

const hashPairs = hashPairsNative

/** A state with accounts here and there, and its checkpoint. */
function checkpointOf(random: ReturnType<typeof prng>) {
  const state = new ShardState({ shard: 3, shards: 5 })
  const slots = Array.from({ length: 1 + random.below(40) }, () => random.below(20_000))
  for (const slot of slots) {
    state.table.growFor(slot)
    state.table.put(slot, random.below(2 ** 32), 1, random.below(9), 1 + random.below(99), 0)
    state.table.used = Math.max(state.table.used, slot + 1)
  }
  state.entries = 2 ** 40 + random.below(1000)
  state.supply = 2n ** 60n + BigInt(random.below(1000))
  state.inboxTo = random.below(1000)
  const { meta, pages } = takeCheckpoint(state)
  const byPage = new Map(pages.map(({ page, bytes }) => [page, bytes]))
  const roots = rootsFor(state.table.depth, new Uint8Array(0))
  for (const [page, bytes] of byPage) {
    if (32 * page < roots.length) roots.set(pageRoot(bytes, hashPairs), 32 * page)
  }
  return { state, slots, roots, meta: provenMeta(meta), byPage }
}

test('the roots are the state root’s, and no others; proofs are those of the state', () => {
  const property = fc.property(fc.string(), (seed) => {
    const random = prng(`checkpoint-tree/${seed}`)
    const { state, slots, roots, meta, byPage } = checkpointOf(random)
    const root = state.root(hashPairs)
    assert.is(checkpointRoot(meta, roots, hashPairs), root)
    assert.equal(readCheckpointTree(root, meta, roots, hashPairs), state.meta)
    const pageAt = (page: number) => byPage.get(page) ?? ZERO_PAGE
    const slot = random.chance(0.7)
      ? (slots[random.below(slots.length)] as number)
      : random.below(2 ** state.table.depth)
    const found = recordProof(slot, roots, pageAt, hashPairs)
    assert.equal(found?.proof, state.pages.proof(slot, hashPairs))
    assert.equal(found?.record, state.table.recordOf(slot))
    assert.equal(found?.treeRoot, state.pages.root(hashPairs))
    assert.is(recordProof(2 ** state.table.depth, roots, pageAt, hashPairs), undefined)
    const used = Math.max(...[...byPage].map(([page, bytes]) => 1024 * page + usedIn(bytes)))
    assert.is(used, state.table.used)
    // One bit elsewhere, one page more or fewer, another table.
    const bit = (bytes: Uint8Array) => {
      const other = Uint8Array.from(bytes)
      const at = random.below(8 * other.length)
      other[at >>> 3] = (other[at >>> 3] as number) ^ (1 << (at & 7))
      return other
    }
    for (const [otherMeta, otherRoots] of [
      [meta, bit(roots)],
      [bit(meta), roots],
      [meta, roots.slice(32)],
      [meta, new Uint8Array([...roots, ...rootAt(roots, 0)])],
      [encodeMeta({ ...state.meta, depth: 30 }), roots],
      [meta.slice(1), roots],
      [meta, new Uint8Array(0)],
    ] as const) {
      assert.is(readCheckpointTree(root, otherMeta, otherRoots, hashPairs), undefined)
    }
  })
  fc.assert(property, { numRuns: 40, includeErrorInReport: true })
})

test('a page of zeros, and meta as it is written', () => {
  assert.equal(pageRoot(ZERO_PAGE, hashPairs), ZERO_PAGE_ROOT)
  assert.is(usedIn(ZERO_PAGE), 0)
  const meta = { depth: 12, shard: 1, entries: 2 ** 52, supply: 2n ** 64n - 1n, inboxTo: 7 }
  assert.equal(decodeMeta(encodeMeta(meta)), meta)
  assert.is(decodeMeta(encodeMeta({ ...meta, entries: 2 ** 53 })), undefined)
})

test.run()
