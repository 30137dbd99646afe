// Whether consecutive transfers stand where a sequencer says they stand in a batch: their leaves
// and the paths of both ends give the batch's root. A whole batch is a run like any other.

import { equalBytes } from '../../lib/bytes.ts'
import { type HashPairs, NODE_BYTES } from '../../protocol/crypto/hash-pairs.ts'
import { treeDepth } from '../../protocol/rollup/transfer-tree.ts'

export interface Run {
  /** Position of the first leaf in the batch. */
  readonly first: number
  /** At least one. */
  readonly count: number
  /** Transfers of the batch. */
  readonly transfers: number
}

/** Bytes of the paths that belong to a run. */
export function runProofBytes({ count, transfers }: Run): number {
  return treeDepth(transfers) * NODE_BYTES * (count > 1 ? 2 : 1)
}

/**
 * `leaves` of 32 bytes each; `proof`: the path of the first position, then, if there are more than
 * one, that of the last. At each level the left end takes its sibling from the first path where it
 * is odd, the right end from the second where it is even. Never throws; the leaves are left alone.
 */
export function checkRun(
  root: Uint8Array,
  leaves: Uint8Array,
  run: Run,
  proof: Uint8Array,
  hashPairs: HashPairs,
): boolean {
  const { first, count, transfers } = run
  if (count < 1 || first + count > transfers || leaves.length !== count * NODE_BYTES) return false
  if (proof.length !== runProofBytes(run)) return false
  const depth = treeDepth(transfers)
  const lastPath = count > 1 ? depth * NODE_BYTES : 0
  let level = new Uint8Array((count + 2) * NODE_BYTES)
  let above = new Uint8Array((count / 2 + 3) * NODE_BYTES)
  let [left, right] = [first, first + count - 1]
  level.set(leaves, left % 2 === 1 ? NODE_BYTES : 0)
  for (let h = 0; h < depth; h++) {
    const at = h * NODE_BYTES
    if (left % 2 === 1) {
      level.set(proof.subarray(at, at + NODE_BYTES))
      left--
    }
    if (right % 2 === 0) {
      const sibling = proof.subarray(lastPath + at, lastPath + at + NODE_BYTES)
      level.set(sibling, (right - left + 1) * NODE_BYTES)
      right++
    }
    const pairs = (right - left + 1) / 2
    left /= 2
    right = (right - 1) / 2
    // The next level begins one further in when its left end needs a sibling before it.
    const start = left % 2 === 1 ? NODE_BYTES : 0
    const input = level.subarray(0, 2 * pairs * NODE_BYTES)
    hashPairs(input, above.subarray(start, start + pairs * NODE_BYTES))
    ;[level, above] = [above, level]
  }
  const start = left % 2 === 1 ? NODE_BYTES : 0
  return equalBytes(level.subarray(start, start + NODE_BYTES), root)
}
