// A binary SHA-256 tree over 32-byte nodes, padded with zero nodes to a power of two; of transfers,
// exits, credits or trace leaves. Its buffers are kept from one batch to the next.

import { assert } from '../../lib/assert.ts'
import { equalBytes } from '../../lib/bytes.ts'
import { type HashPairs, NODE_BYTES, PAIR_BYTES } from '../crypto/hash-pairs.ts'

const DEPTH_MAX = 32

/** Hashings from a leaf to the root of a tree over so many leaves. */
export function treeDepth(count: number): number {
  return count <= 1 ? 0 : 32 - Math.clz32(count - 1)
}

export class MerkleTree {
  private readonly hashPairs: HashPairs
  /** Roots of subtrees of zero nodes, by height: padding is not hashed again. */
  private readonly zeros: Uint8Array[] = [new Uint8Array(NODE_BYTES)]
  private levels: Uint8Array[] = []
  private capacity = 0
  private count = 0

  constructor(hashPairs: HashPairs) {
    this.hashPairs = hashPairs
  }

  /**
   * Room for the leaves of the next tree: the caller writes all `count` of them there, then calls
   * `build`. The tree before is gone.
   */
  reserve(count: number): Uint8Array {
    if (count > this.capacity || this.levels.length === 0) this.grow(count)
    this.count = count
    return (this.levels[0] as Uint8Array).subarray(0, count * NODE_BYTES)
  }

  private grow(count: number): void {
    this.capacity = 2 ** treeDepth(count)
    this.levels = []
    // Each level has room for a node of padding beside its last one.
    for (let size = this.capacity; size >= 1; size /= 2) {
      this.levels.push(new Uint8Array(Math.max(2, size) * NODE_BYTES))
    }
  }

  private zero(height: number): Uint8Array {
    for (let h = this.zeros.length; h <= height; h++) {
      const pair = new Uint8Array(PAIR_BYTES)
      pair.set(this.zeros[h - 1] as Uint8Array)
      pair.set(this.zeros[h - 1] as Uint8Array, NODE_BYTES)
      const node = new Uint8Array(NODE_BYTES)
      this.hashPairs(pair, node)
      this.zeros.push(node)
    }
    return this.zeros[height] as Uint8Array
  }

  /** Hashes the reserved leaves; returns the root. Without leaves it is a zero node. */
  build(): Uint8Array {
    if (this.count === 0) return new Uint8Array(NODE_BYTES)
    const depth = treeDepth(this.count)
    for (let h = 0, nodes = this.count; h < depth; h++, nodes = (nodes + 1) >> 1) {
      const level = this.levels[h] as Uint8Array
      if (nodes % 2 === 1) level.set(this.zero(h), nodes * NODE_BYTES)
      const pairs = (nodes + 1) >> 1
      const above = (this.levels[h + 1] as Uint8Array).subarray(0, pairs * NODE_BYTES)
      this.hashPairs(level.subarray(0, pairs * PAIR_BYTES), above)
    }
    return (this.levels[depth] as Uint8Array).slice(0, NODE_BYTES)
  }

  /** Siblings from the leaf upwards, 32 bytes each, of the tree that was built last. */
  proof(position: number): Uint8Array {
    assert(position < this.count, 'no leaf has this position')
    const depth = treeDepth(this.count)
    const out = new Uint8Array(depth * NODE_BYTES)
    for (let h = 0, at = position, nodes = this.count; h < depth; h++) {
      const sibling = at ^ 1
      const level = this.levels[h] as Uint8Array
      const from = sibling * NODE_BYTES
      const node = sibling < nodes ? level.subarray(from, from + NODE_BYTES) : this.zero(h)
      out.set(node, h * NODE_BYTES)
      at >>>= 1
      nodes = (nodes + 1) >> 1
    }
    return out
  }
}

/** The root that a leaf and its siblings give; undefined if the proof has not the depth of `count`. */
export function rootOfProof(
  leaf: Uint8Array,
  position: number,
  count: number,
  proof: Uint8Array,
  hashPairs: HashPairs,
): Uint8Array | undefined {
  const depth = treeDepth(count)
  if (depth > DEPTH_MAX || leaf.length !== NODE_BYTES) return undefined
  if (!Number.isSafeInteger(position) || position < 0 || position >= count) return undefined
  if (proof.length !== depth * NODE_BYTES) return undefined
  const node = Uint8Array.from(leaf)
  const pair = new Uint8Array(PAIR_BYTES)
  for (let h = 0; h < depth; h++) {
    const isRight = ((position >>> h) & 1) === 1
    pair.set(node, isRight ? NODE_BYTES : 0)
    pair.set(proof.subarray(h * NODE_BYTES, (h + 1) * NODE_BYTES), isRight ? 0 : NODE_BYTES)
    hashPairs(pair, node)
  }
  return node
}

/** Whether the leaf is at this position of the tree over `count` leaves. Never throws. */
export function verifyProof(
  root: Uint8Array,
  leaf: Uint8Array,
  position: number,
  count: number,
  proof: Uint8Array,
  hashPairs: HashPairs,
): boolean {
  const found = rootOfProof(leaf, position, count, proof, hashPairs)
  return found !== undefined && equalBytes(found, root)
}
