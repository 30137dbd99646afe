// Ordered lists as tries keyed by rlp(index): transactionsRoot and receiptsRoot, and the proof that
// one item is in the list.

import type { Hex } from '../../lib/hex.ts'
import { encodeRlp, rlpInteger } from '../rlp/rlp.ts'
import { type Trie, TrieBatch, trieRoot } from '../trie/trie.ts'
import { proveKey, verifyProof } from '../trie/trie-proof.ts'

function key(index: number): Uint8Array {
  return encodeRlp(rlpInteger(index))
}

function orderedTrie(items: readonly Uint8Array[]): Trie {
  const batch = new TrieBatch(undefined)
  for (const [i, item] of items.entries()) batch.set(key(i), item)
  return batch.trie
}

export function orderedRoot(items: readonly Uint8Array[]): Hex {
  return trieRoot(orderedTrie(items))
}

export function proveItem(items: readonly Uint8Array[], index: number): Uint8Array[] {
  return proveKey(orderedTrie(items), key(index))
}

/** The item at `index` under `root`; undefined if the list is shorter. Throws ProofError. */
export function verifyItem(
  root: Hex,
  index: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  return verifyProof(root, key(index), proof)
}
