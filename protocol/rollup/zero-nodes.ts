// Roots of trees whose leaves are all zero: what pads every tree of the rollup to a power of two.

import { sha256 } from '@noble/hashes/sha2.js'

export const NODE_BYTES = 32
const DEPTH_MAX = 40

function zeroNodes(): Uint8Array[] {
  const nodes = [new Uint8Array(NODE_BYTES)]
  const pair = new Uint8Array(2 * NODE_BYTES)
  for (let depth = 1; depth <= DEPTH_MAX; depth++) {
    const below = nodes[depth - 1] as Uint8Array
    pair.set(below)
    pair.set(below, NODE_BYTES)
    nodes.push(sha256(pair))
  }
  return nodes
}

/** By depth: entry d is the root over 2^d zero leaves. */
export const ZERO_NODES: readonly Uint8Array[] = zeroNodes()

export function zeroNode(depth: number): Uint8Array {
  return ZERO_NODES[depth] as Uint8Array
}
