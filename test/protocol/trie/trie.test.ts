// The trie against the reference implementation over random histories, and proofs in both senses.

import { createMPT } from '@ethereumjs/mpt'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import { EMPTY_ROOT, type Trie, trieGet, trieRoot, trieSet } from '../../../protocol/trie/trie.ts'
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

test('after every step of a random history the root is the reference implementation’s', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const reference = await createMPT()
      let trie: Trie
      for (const [k, v] of steps) {
        trie = trieSet(trie, k, v)
        await reference.put(k, v.length ? v : null)
        assert.is(trieRoot(trie), bytesToHex(reference.root()))
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

test.run()
