// Ordered lists as tries keyed by rlp(index): transactionsRoot and receiptsRoot, and the proof that
// one item is in the list.

import type { Hex } from '../../lib/hex.ts'
import { encodeRlp, rlpInteger } from '../rlp/rlp.ts'
import { toNibbles } from '../trie/nibbles.ts'
import { branch, leaf, type Trie, trieRoot, withPrefix } from '../trie/trie.ts'
import type { TrieNode } from '../trie/trie-node.ts'
import { proveKey, verifyProof } from '../trie/trie-proof.ts'

function key(index: number): Uint8Array {
  return encodeRlp(rlpInteger(index))
}

/** The items from `from` to `to`, whose paths agree up to the nibble `at`. */
function build(
  paths: readonly Uint8Array[],
  items: readonly Uint8Array[],
  from: number,
  to: number,
  at: number,
): TrieNode {
  const first = paths[from] as Uint8Array
  if (to - from === 1) return leaf(first.subarray(at), items[from] as Uint8Array)
  const last = paths[to - 1] as Uint8Array
  let depth = at
  while (first[depth] === last[depth]) depth++
  const children: (TrieNode | undefined)[] = new Array(16).fill(undefined)
  for (let start = from; start < to; ) {
    const nibble = (paths[start] as Uint8Array)[depth] as number
    let end = start + 1
    while (end < to && (paths[end] as Uint8Array)[depth] === nibble) end++
    children[nibble] = build(paths, items, start, end, depth + 1)
    start = end
  }
  return withPrefix(first.subarray(at, depth), branch(children, undefined))
}

/**
 * PERF: in the order of their keys, so that every node is made once. rlp(0) is 0x80, after those of
 * 1 to 127 and before all of two and more bytes. No key begins another.
 */
function orderedTrie(items: readonly Uint8Array[]): Trie {
  const { length } = items
  if (length === 0) return undefined
  const order = Array.from({ length }, (_, i) => i)
  order.splice(Math.min(length, 128) - 1, 0, ...order.splice(0, 1))
  const paths = order.map((i) => toNibbles(key(i)))
  const sorted = order.map((i) => items[i] as Uint8Array)
  return build(paths, sorted, 0, length, 0)
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
