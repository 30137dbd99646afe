// Proofs against the reference implementation, both ways, and what is refused of forged ones.

import { createMerkleProof, createMPT, verifyMerkleProof } from '@ethereumjs/mpt'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { keccak } from '../../../protocol/crypto/keccak.ts'
import { encodeRlp } from '../../../protocol/rlp/rlp.ts'
import { EMPTY_ROOT, type Trie, trieGet, trieRoot, trieSet } from '../../../protocol/trie/trie.ts'
import { ProofError, proveKey, verifyProof } from '../../../protocol/trie/trie-proof.ts'

/** A key as the state has them: the hash of a small number. */
const keyOf = (number: number) => keccak(Uint8Array.of(number >> 8, number & 255))
const content = fc.array(fc.tuple(fc.nat(200), fc.uint8Array({ minLength: 1, maxLength: 70 })), {
  minLength: 1,
  maxLength: 60,
})

function trieOf(entries: readonly (readonly [number, Uint8Array])[]): Trie {
  let trie: Trie
  for (const [number, value] of entries) trie = trieSet(trie, keyOf(number), value)
  return trie
}

/** The code with which a proof is refused, or the value. */
function outcome(root: `0x${string}`, key: Uint8Array, proof: readonly Uint8Array[]): unknown {
  try {
    return verifyProof(root, key, proof)
  } catch (error) {
    assert.instance(error, ProofError)
    return (error as ProofError).code
  }
}

test('the reference implementation accepts our proofs, and we accept its', async () => {
  await fc.assert(
    fc.asyncProperty(content, fc.nat(400), async (entries, number) => {
      const trie = trieOf(entries)
      const root = hexToBytes(trieRoot(trie))
      const key = keyOf(number)
      const value = trieGet(trie, key)
      const proof = proveKey(trie, key)
      const theirs = await verifyMerkleProof(key, proof, { root })
      assert.equal(theirs ?? undefined, value && Uint8Array.from(value))
      const reference = await createMPT()
      for (const [k, v] of entries) await reference.put(keyOf(k), v)
      const from = (await createMerkleProof(reference, key)) as Uint8Array[]
      assert.equal(
        from.map((node) => bytesToHex(node)),
        proof.map(bytesToHex),
      )
      assert.equal(verifyProof(trieRoot(trie), key, from), value)
    }),
    { numRuns: 60 },
  )
})

test('no forged proof gets through: every one is refused with a code', () => {
  const mutation = fc.record({
    kind: fc.constantFrom('flip', 'drop', 'repeat', 'swap', 'cut', 'grow', 'fill'),
    at: fc.nat(),
    byte: fc.nat(),
    rubbish: fc.uint8Array({ maxLength: 80 }),
  })
  fc.assert(
    fc.property(content, fc.nat(400), mutation, (entries, number, { kind, at, byte, rubbish }) => {
      const trie = trieOf(entries)
      const root = trieRoot(trie)
      const key = keyOf(number)
      const proof = proveKey(trie, key)
      const nodes: Uint8Array[] = proof.map((node) => Uint8Array.from(node))
      const where = at % nodes.length
      const node = nodes[where] as Uint8Array
      if (kind === 'flip') node[byte % node.length] = (node[byte % node.length] as number) ^ 64
      if (kind === 'drop') nodes.splice(where, 1)
      if (kind === 'repeat') nodes.splice(where, 0, node)
      if (kind === 'swap') nodes.splice(where, 1, rubbish)
      if (kind === 'cut') nodes[where] = node.subarray(0, byte % node.length)
      if (kind === 'grow') nodes[where] = Uint8Array.from([...node, byte & 255])
      if (kind === 'fill') nodes.push(rubbish)
      assert.match(String(outcome(root, key, nodes)), /^PROOF_/)
    }),
    { numRuns: 600 },
  )
})

test('a proof for one key says nothing of another, nor under another root', () => {
  const trie = trieOf([
    [1, Uint8Array.of(1)],
    ...Array.from({ length: 99 }, (_, i) => [i + 2, Uint8Array.of(7)] as const),
  ])
  const proof = proveKey(trie, keyOf(1))
  assert.match(String(outcome(trieRoot(trie), keyOf(2), proof)), /^PROOF_/)
  const other = trieSet(trie, keyOf(1), Uint8Array.of(2))
  assert.is(outcome(trieRoot(other), keyOf(1), proof), 'PROOF_HASH')
})

test('nodes that no trie has are refused although their hashes fit', () => {
  const root = (node: Uint8Array) => bytesToHex(keccak(node))
  const key = keyOf(1)
  const forms = [
    Uint8Array.of(0x80),
    encodeRlp([]),
    encodeRlp([Uint8Array.of(0x20), key, key]),
    encodeRlp([Uint8Array.of(0x40), key]),
    encodeRlp([Uint8Array.of(0x05), key]),
    encodeRlp([[key], key]),
    Uint8Array.of(0xff, 1),
    new Uint8Array(0),
  ]
  for (const node of forms) assert.is(outcome(root(node), key, [node]), 'PROOF_FORM')
  const deep = [encodeRlp([Uint8Array.of(0), []])]
  assert.is(outcome(root(deep[0] as Uint8Array), key, deep), 'PROOF_FORM')
})

test('of the empty trie nothing is proved by nothing, and only by that', () => {
  assert.equal(proveKey(undefined, keyOf(1)), [])
  assert.is(verifyProof(EMPTY_ROOT, keyOf(1), []), undefined)
  assert.match(String(outcome(EMPTY_ROOT, keyOf(1), [Uint8Array.of(0x80)])), /^PROOF_/)
  assert.is(outcome(trieRoot(trieOf([[1, Uint8Array.of(1)]])), keyOf(1), []), 'PROOF_SHORT')
})

test.run()
