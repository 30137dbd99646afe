// SHA-256 of many pairs of 32-byte nodes at a time: the one operation under every tree of the
// rollup. A port, because a node has a native library for it; this is the reference.

import { sha256 } from '@noble/hashes/sha2.js'
import { assert } from '../../lib/assert.ts'

export const NODE_BYTES = 32
export const PAIR_BYTES = 64

/**
 * Writes sha256 of each 64-byte pair of `input` into the 32-byte nodes of `output`. The lengths are
 * n · 64 and n · 32 exactly, and the two do not overlap; anything else is the caller's mistake and
 * throws.
 */
export type HashPairs = (input: Uint8Array, output: Uint8Array) => void

export const hashPairsNoble: HashPairs = (input, output) => {
  assert(input.length === 2 * output.length, 'a pair of nodes makes one node')
  assert(input.length % PAIR_BYTES === 0, 'nodes come in pairs')
  for (let at = 0; at < input.length; at += PAIR_BYTES) {
    output.set(sha256(input.subarray(at, at + PAIR_BYTES)), at / 2)
  }
}
