// The trie against the reference implementation over random histories, and proofs in both senses.

import { createMPT } from '@ethereumjs/mpt'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { u64, utf8 } from '../../../lib/bytes.ts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { orderedRoot } from '../../../protocol/block/ordered-trie.ts'
import { keccak, keccakHex } from '../../../protocol/crypto/keccak.ts'
import { encodeRlp, rlpInteger } from '../../../protocol/rlp/rlp.ts'
import { hashParts } from '../../../protocol/trie/hash-parts.ts'
import {
  EMPTY_ROOT,
  type Trie,
  TrieBatch,
  trieGet,
  trieRoot,
  trieSet,
} from '../../../protocol/trie/trie.ts'
import { proveKey, verifyProof } from '../../../protocol/trie/trie-proof.ts'

// Keys of few bytes over a small alphabet make deep, crowded and colliding paths.
const key = fc.array(fc.constantFrom(0x00, 0x01, 0x10, 0xff), { minLength: 1, maxLength: 4 })
const value = fc.uint8Array({ maxLength: 40 })
const history = fc.array(
  fc.tuple(
    key.map((k) => Uint8Array.from(k)),
    value,
  ),
  { maxLength: 40 },
)

/** The reference's root of a content, built by insertions alone: its deletions leave other nodes
 * behind when one key is the beginning of another (seed -1458571710), and the root of a content
 * must not depend on its history. */
async function referenceRoot(content: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const reference = await createMPT()
  for (const [k, v] of content) await reference.put(hexToBytes(k as `0x${string}`), v)
  return bytesToHex(reference.root())
}

test('after every step of a random history the root is the reference implementation’s', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const content = new Map<string, Uint8Array>()
      let trie: Trie
      for (const [k, v] of steps) {
        trie = trieSet(trie, k, v)
        if (v.length) content.set(bytesToHex(k), v)
        else content.delete(bytesToHex(k))
        assert.is(trieRoot(trie), await referenceRoot(content))
      }
    }),
    { numRuns: 80 },
  )
})

test('an old root stays readable after updates', () => {
  const old = trieSet(undefined, Uint8Array.of(1, 2), Uint8Array.of(9))
  const root = trieRoot(old)
  trieSet(trieSet(old, Uint8Array.of(1, 2), Uint8Array.of(8)), Uint8Array.of(1), Uint8Array.of(7))
  assert.is(trieRoot(old), root)
  assert.equal(trieGet(old, Uint8Array.of(1, 2)), Uint8Array.of(9))
})

test('proofs show presence and absence, and no changed byte gets through', () => {
  fc.assert(
    fc.property(history, key, fc.nat(), (steps, wanted, where) => {
      let trie: Trie
      for (const [k, v] of steps) trie = trieSet(trie, k, v)
      if (!trie) return
      const k = Uint8Array.from(wanted)
      const proof = proveKey(trie, k)
      const root = trieRoot(trie)
      assert.equal(verifyProof(root, k, proof), trieGet(trie, k))
      const at = where % proof.length
      const changed = proof.map((node) => Uint8Array.from(node))
      const node = changed[at] as Uint8Array
      node[where % node.length] = (node[where % node.length] as number) ^ 1
      assert.throws(() => verifyProof(root, k, changed))
    }),
    { numRuns: 200 },
  )
})

test('the empty trie has the known root', () => {
  assert.is(trieRoot(undefined), EMPTY_ROOT)
})

test('the published roots of Ethereum’s trie tests', () => {
  const rootOf = (entries: Record<string, string>) => {
    let trie: Trie
    for (const [k, v] of Object.entries(entries)) trie = trieSet(trie, utf8(k), utf8(v))
    return trieRoot(trie)
  }
  assert.is(
    rootOf({ doe: 'reindeer', dog: 'puppy', dogglesworth: 'cat' }),
    '0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3',
  )
  assert.is(
    rootOf({ do: 'verb', horse: 'stallion', doge: 'coin', dog: 'puppy' }),
    '0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84',
  )
})

test('a list of any length has the root of its items under rlp(index)', () => {
  const item = (i: number) => Uint8Array.of(1 + (i % 255), i >> 8, ...new Uint8Array(i % 50))
  let trie: Trie
  const items: Uint8Array[] = []
  assert.is(orderedRoot(items), EMPTY_ROOT)
  for (let i = 0; i < 700; i++) {
    items.push(item(i))
    trie = trieSet(trie, encodeRlp(rlpInteger(i)), item(i))
    assert.is(orderedRoot(items), trieRoot(trie), `${i + 1} items`)
  }
})

test('a large trie is hashed in parts of nearly the same size, and the root is the same', () => {
  const KEYS = 20_000
  const made = () => {
    const batch = new TrieBatch(undefined)
    for (let i = 0; i < KEYS; i++) batch.set(keccak(u64(i)), u64(i))
    return batch.trie
  }
  const trie = made()
  const below = (node: Trie): Trie[] => (node?.kind === 'branch' ? [...node.children] : [])
  const parts = below(trie).flatMap(below)
  let done = 0
  for (const _ of hashParts(trie)) {
    done++
    const hashed = parts.filter((part) => part?.reference !== undefined)
    assert.is(hashed.length, done)
  }
  assert.is(done, 256)
  assert.is(trieRoot(trie), trieRoot(made()))
  for (const small of [undefined, trieSet(undefined, u64(1), u64(1))]) {
    assert.equal([...hashParts(small)], [])
  }
})

test('the transactions root of Ethereum’s block 46147, the first with a transaction', () => {
  const raw = hexToBytes(
    '0xf86780862d79883d2000825208945df9b87991262f6ba471f09758cde1c0fc1de734827a69801ca088ff6cf0fefd94db46111149ae4bfc179e9b94721fffd821d38d16464b3f71d0a045e0aff800961cfce805daef7016b9b675c137a6a41a548f7b60a3484c06a33a',
  )
  assert.is(keccakHex(raw), '0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060')
  assert.is(
    orderedRoot([raw]),
    '0x4513310fcb9f6f616972a3b948dc5d547f280849a87ebb5af0191f98b87be598',
  )
})

test.run()
