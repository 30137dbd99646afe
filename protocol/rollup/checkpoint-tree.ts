// What a checkpoint proves: the roots of its stored pages, 32 bytes for each page of the tree, are
// what the state root is over, together with the 64 bytes of the numbers. Whoever knows a state
// root can check the roots with it, and each page with its root.

import { equalBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { type HashPairs, NODE_BYTES } from '../crypto/hash-pairs.ts'
import { RECORD_BYTES, ROLLUP_ACCOUNTS_MAX, TABLE_RECORDS_MIN } from '../params.ts'
import { STORED_PAGE_BYTES, STORED_RECORDS } from './state-checkpoint.ts'
import { decodeMeta, type StateMeta, stateRootOf } from './state-root.ts'
import { MerkleTree, treeDepth } from './transfer-tree.ts'
import { zeroNode } from './zero-nodes.ts'

/** Log2 of the records in a stored page. */
const PAGE_DEPTH = treeDepth(STORED_RECORDS)
const DEPTH_MIN = treeDepth(TABLE_RECORDS_MIN)
const DEPTH_MAX = treeDepth(ROLLUP_ACCOUNTS_MAX)
export const CHECKPOINT_PAGES_MAX = ROLLUP_ACCOUNTS_MAX / STORED_RECORDS

/** The root of a page that no account is in. */
export const ZERO_PAGE_ROOT = zeroNode(PAGE_DEPTH)

/** The tree over the records of one page of 32 KiB. */
function pageTree(page: Uint8Array, hashPairs: HashPairs): MerkleTree {
  const tree = new MerkleTree(hashPairs)
  tree.reserve(STORED_RECORDS).set(page)
  return tree
}

export function pageRoot(page: Uint8Array, hashPairs: HashPairs): Uint8Array {
  return pageTree(page, hashPairs).build()
}

export function rootAt(roots: Uint8Array, page: number): Uint8Array {
  return roots.subarray(page * NODE_BYTES, (page + 1) * NODE_BYTES)
}

export function isZeroRoot(roots: Uint8Array, page: number): boolean {
  return equalBytes(rootAt(roots, page), ZERO_PAGE_ROOT)
}

/** Roots of the pages of a table of 2^depth records: `before`, and zero pages where it ends. */
export function rootsFor(depth: number, before: Uint8Array): Uint8Array {
  const roots = new Uint8Array(2 ** (depth - PAGE_DEPTH) * NODE_BYTES)
  for (let at = 0; at < roots.length; at += NODE_BYTES) roots.set(ZERO_PAGE_ROOT, at)
  roots.set(before.subarray(0, roots.length))
  return roots
}

function treeOver(roots: Uint8Array, hashPairs: HashPairs): { tree: MerkleTree; root: Uint8Array } {
  const tree = new MerkleTree(hashPairs)
  tree.reserve(roots.length / NODE_BYTES).set(roots)
  return { tree, root: tree.build() }
}

/** The state root of a checkpoint; `meta` are the 64 bytes of `encodeMeta`. */
export function checkpointRoot(meta: Uint8Array, roots: Uint8Array, hashPairs: HashPairs): Hex {
  return bytesToHex(stateRootOf(treeOver(roots, hashPairs).root, meta))
}

/** What a peer says of a checkpoint; undefined where it is not what the state root is over. */
export function readCheckpointTree(
  stateRoot: Hex,
  meta: Uint8Array,
  roots: Uint8Array,
  hashPairs: HashPairs,
): StateMeta | undefined {
  const numbers = decodeMeta(meta)
  if (!numbers || numbers.depth < DEPTH_MIN || numbers.depth > DEPTH_MAX) return undefined
  if (roots.length !== 2 ** (numbers.depth - PAGE_DEPTH) * NODE_BYTES) return undefined
  return checkpointRoot(meta, roots, hashPairs) === stateRoot ? numbers : undefined
}

/** One above the last record of the page that is not zero; 0 in a page of zeros. */
export function usedIn(page: Uint8Array): number {
  let end = page.length
  while (end > 0 && page[end - 1] === 0) end--
  return Math.ceil(end / RECORD_BYTES)
}

export interface RecordProof {
  readonly treeRoot: Uint8Array
  readonly record: Uint8Array
  /** Siblings from the record upwards, 32 bytes each. */
  readonly proof: Uint8Array
}

/** The proof of one record of a checkpoint; undefined where the tree has no such slot. */
export function recordProof(
  slot: number,
  roots: Uint8Array,
  pageAt: (page: number) => Uint8Array,
  hashPairs: HashPairs,
): RecordProof | undefined {
  const number = Math.floor(slot / STORED_RECORDS)
  if (number >= roots.length / NODE_BYTES) return undefined
  const page = pageAt(number)
  const below = pageTree(page, hashPairs)
  below.build()
  const { tree, root: treeRoot } = treeOver(roots, hashPairs)
  const inPage = below.proof(slot % STORED_RECORDS)
  const above = tree.proof(number)
  const proof = new Uint8Array(inPage.length + above.length)
  proof.set(inPage)
  proof.set(above, inPage.length)
  const from = (slot % STORED_RECORDS) * RECORD_BYTES
  return { treeRoot, record: page.slice(from, from + RECORD_BYTES), proof }
}

/** A page of zeros, for slots that no checkpoint has written. */
export const ZERO_PAGE = new Uint8Array(STORED_PAGE_BYTES)
