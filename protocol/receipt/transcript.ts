// The transcript root: a Merkle tree over the chunks that were streamed, so that a stream which was
// cut short still has a valid receipt for exactly the chunks that went out. Split as in RFC 6962;
// leaf = SHA-256(0x00 ‖ index u32 ‖ chunk), node = SHA-256(0x01 ‖ left ‖ right).

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, EMPTY, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'

/** The root over the chunks in order; SHA-256 of nothing when there are none. */
export function transcriptRoot(chunks: readonly string[]): Hex {
  return bytesToHex(rootOf(chunks.map(leafOf)))
}

/** The sibling hashes from a chunk's leaf up to the root. */
export function transcriptProof(chunks: readonly string[], index: number): Hex[] {
  if (index < 0 || index >= chunks.length) throw new RangeError(`no chunk ${index}`)
  return pathOf(chunks.map(leafOf), index).map(bytesToHex)
}

/** True if `chunk` is number `index` of the `count` chunks under `root`. */
export function verifyChunk(
  root: Hex,
  count: number,
  index: number,
  chunk: string,
  proof: readonly Hex[],
): boolean {
  if (!Number.isInteger(index) || index < 0 || index >= count) return false
  const rest = proof.map(hexToBytes)
  const climbed = climb(leafOf(chunk, index), index, count, rest)
  return rest.length === 0 && climbed !== undefined && bytesToHex(climbed) === root
}

function leafOf(chunk: string, index: number): Uint8Array {
  const head = new Uint8Array(5)
  new DataView(head.buffer).setUint32(1, index)
  return sha256(concatBytes(head, utf8(chunk)))
}

function nodeOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(1), left, right))
}

/** The largest power of two below `count`: the size of the left subtree. */
function leftSize(count: number): number {
  let size = 1
  while (size * 2 < count) size *= 2
  return size
}

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(EMPTY)
  if (leaves.length === 1) return leaves[0] as Uint8Array
  const split = leftSize(leaves.length)
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

function pathOf(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length === 1) return []
  const split = leftSize(leaves.length)
  return index < split
    ? [...pathOf(leaves.slice(0, split), index), rootOf(leaves.slice(split))]
    : [...pathOf(leaves.slice(split), index - split), rootOf(leaves.slice(0, split))]
}

/** Consumes the proof from its upper end while it walks down, and hashes on the way back. */
function climb(
  leaf: Uint8Array,
  index: number,
  count: number,
  proof: Uint8Array[],
): Uint8Array | undefined {
  if (count === 1) return leaf
  const sibling = proof.pop()
  if (sibling === undefined) return undefined
  const split = leftSize(count)
  if (index < split) {
    const left = climb(leaf, index, split, proof)
    return left && nodeOf(left, sibling)
  }
  const right = climb(leaf, index - split, count - split, proof)
  return right && nodeOf(sibling, right)
}
