// The tree of a batch: the root is that of a plain recursion over padded leaves, by noble and by
// the native library; a proof proves its leaf and nothing else.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative, selfTestHashPairs } from '../../../compute/crypto/hash-pairs-native.ts'
import { type HashPairs, hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { MerkleTree, treeDepth, verifyProof } from '../../../protocol/rollup/transfer-tree.ts'

const hash = (left: Uint8Array, right: Uint8Array) =>
  Uint8Array.from(createHash('sha256').update(left).update(right).digest())

function plainRoot(leaves: Uint8Array[]): Uint8Array {
  let size = 1
  while (size < leaves.length) size *= 2
  let nodes = [...leaves]
  while (nodes.length < size) nodes.push(new Uint8Array(32))
  while (nodes.length > 1) {
    nodes = Array.from({ length: nodes.length / 2 }, (_, i) =>
      hash(nodes[2 * i] as Uint8Array, nodes[2 * i + 1] as Uint8Array),
    )
  }
  return nodes[0] ?? new Uint8Array(32)
}

const leaf = fc.uint8Array({ minLength: 32, maxLength: 32 })
const leaves = fc.array(leaf, { maxLength: 70 })

function build(tree: MerkleTree, list: Uint8Array[]): Uint8Array {
  const room = tree.reserve(list.length)
  for (const [i, one] of list.entries()) room.set(one, 32 * i)
  return tree.build()
}

test('roots and proofs of many trees in the same buffers', () => {
  const trees = [new MerkleTree(hashPairsNoble), new MerkleTree(hashPairsNative)]
  fc.assert(
    fc.property(leaves, fc.nat(), fc.nat({ max: 255 }), (list, pick, flip) => {
      const expected = plainRoot(list)
      for (const tree of trees) assert.equal(build(tree, list), expected)
      if (list.length === 0) return
      const count = list.length
      const at = pick % count
      const mine = list[at] as Uint8Array
      const proof = (trees[pick % 2] as MerkleTree).proof(at)
      assert.is(proof.length, 32 * treeDepth(count))
      const check = (root: Uint8Array, l: Uint8Array, p: number, n: number, bytes: Uint8Array) =>
        verifyProof(root, l, p, n, bytes, hashPairsNoble)
      assert.ok(check(expected, mine, at, count, proof))
      const changed = mine.slice()
      changed[flip % 32] = (changed[flip % 32] as number) ^ (1 + (flip % 255))
      assert.not.ok(check(expected, changed, at, count, proof))
      assert.not.ok(check(expected, mine, count, count, proof), 'position out of range')
      assert.not.ok(check(expected, mine, at, 4 * count, proof), 'another depth')
      assert.not.ok(check(expected, mine, at, count, new Uint8Array(proof.length + 32)))
      if (proof.length === 0) return
      const broken = proof.slice()
      broken[flip % broken.length] = (broken[flip % broken.length] as number) ^ 1
      assert.not.ok(check(expected, mine, at, count, broken))
      const other = at ^ 1
      const isTwin = other < count && Buffer.compare(mine, list[other] as Uint8Array) === 0
      if (other < count && !isTwin) assert.not.ok(check(expected, mine, other, count, proof))
    }),
    { numRuns: 300 },
  )
})

test('hashing pairs: native is noble, over shared memory too; misfits throw', () => {
  selfTestHashPairs()
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.infiniteStream(fc.nat({ max: 255 })),
      (n, s) => {
        const input = new Uint8Array(new SharedArrayBuffer(64 * n))
        for (let i = 0; i < input.length; i++) input[i] = s.next().value as number
        const [a, b] = [new Uint8Array(32 * n), new Uint8Array(new SharedArrayBuffer(32 * n))]
        hashPairsNoble(input, a)
        hashPairsNative(input, b)
        assert.equal(a, Uint8Array.from(b))
      },
    ),
    { numRuns: 40 },
  )
  for (const hashPairs of [hashPairsNoble, hashPairsNative] as HashPairs[]) {
    assert.throws(() => hashPairs(new Uint8Array(63), new Uint8Array(32)))
    assert.throws(() => hashPairs(new Uint8Array(128), new Uint8Array(32)))
    assert.throws(() => hashPairs(new Uint8Array(96), new Uint8Array(48)))
  }
})

test.run()
