// Shares as integers of one in ten thousand: what the mode policy compares is the same on every
// node.

import { assert } from '../../lib/assert.ts'

const WHOLE = 10_000n

/** `part` of `all`, rounded down, at most the whole. Nothing of nothing is nothing. */
export function basisPoints(part: bigint, all: bigint): number {
  assert(part >= 0n && all >= 0n, 'a total is not negative')
  if (part >= all) return part === 0n ? 0 : Number(WHOLE)
  return Number((part * WHOLE) / all)
}
