// Runs of leaves against the tree that the sequencer builds: whatever the run, its two paths prove
// it, and nothing else does.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { concatBytes } from '../../lib/bytes.ts'
import { hashPairsNoble } from '../../protocol/crypto/hash-pairs.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import { checkRun } from '../../sdk/rollup/check-run.ts'

function leavesOf(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 32 }, (_, i) => (i * 31 + (i >> 5) + 1) & 0xff)
}

test('every run of every small tree, and a few of large ones', () => {
  const tree = new MerkleTree(hashPairsNoble)
  const cases: [number, number, number][] = []
  for (let transfers = 1; transfers <= 17; transfers++) {
    for (let first = 0; first < transfers; first++) {
      for (let count = 1; first + count <= transfers; count++) cases.push([transfers, first, count])
    }
  }
  cases.push([4097, 0, 4097], [4097, 1, 4095], [5000, 4999, 1], [8192, 4096, 4096])
  for (const [transfers, first, count] of cases) {
    const leaves = leavesOf(transfers)
    tree.reserve(transfers).set(leaves)
    const root = tree.build()
    const ends = count > 1 ? [first, first + count - 1] : [first]
    const proof = concatBytes(...ends.map((position) => tree.proof(position)))
    const part = leaves.slice(32 * first, 32 * (first + count))
    const run = { first, count, transfers }
    assert.ok(checkRun(root, part, run, proof, hashPairsNoble), `${transfers} ${first} ${count}`)
  }
})

test('a changed leaf, path, place or root is seen', () => {
  const tree = new MerkleTree(hashPairsNoble)
  const bit = fc.nat({ max: 7 })
  const shape = fc.integer({ min: 3, max: 40 }).chain((transfers) =>
    fc.integer({ min: 0, max: transfers - 3 }).chain((first) =>
      fc.record({
        transfers: fc.constant(transfers),
        first: fc.constant(first),
        count: fc.integer({ min: 2, max: transfers - first - 1 }),
      }),
    ),
  )
  fc.assert(
    fc.property(shape, fc.nat(), bit, (run, at, which) => {
      const leaves = leavesOf(run.transfers)
      tree.reserve(run.transfers).set(leaves)
      const root = tree.build()
      const last = run.first + run.count - 1
      const part = leaves.slice(32 * run.first, 32 * (last + 1))
      const flipped = part.slice()
      const byte = at % flipped.length
      flipped[byte] = (flipped[byte] as number) ^ (1 << which)
      const proof = concatBytes(tree.proof(run.first), tree.proof(last))
      assert.not.ok(checkRun(root, flipped, run, proof, hashPairsNoble))
      const moved = { ...run, first: run.first + 1 }
      assert.not.ok(checkRun(root, part, moved, proof, hashPairsNoble))
      assert.not.ok(checkRun(part.subarray(0, 32), part, run, proof, hashPairsNoble))
      assert.not.ok(checkRun(root, part, run, proof.subarray(32), hashPairsNoble))
      assert.not.ok(checkRun(root, part.subarray(32), run, proof, hashPairsNoble))
    }),
    { numRuns: 100 },
  )
})

test.run()
