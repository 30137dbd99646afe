// What the mode policy looks at, from integers that the chain adds up while an epoch lasts. Nothing
// here is one node's opinion: gas, marks and stakes all come out of final blocks.

import { assert } from '../../lib/assert.ts'
import type { NetworkMetrics } from '../consensus/determine-mode.ts'

/** Basis points: the whole. */
const WHOLE = 10_000n

export interface EpochTotals {
  readonly gasUsed: bigint
  /** The same in every mode, so that a switch does not change how full the chain seems. */
  readonly gasPerSecond: bigint
  /** By the blocks' own times. */
  readonly epochMs: number
  /** How often an authority was seen voting, at most once in each part of the epoch. */
  readonly marks: number
  readonly authorities: number
  /** Parts of the epoch with any mark: with none, no block could have told. */
  readonly windowsWithMarks: number
  /** Of the last checkpoint's signers, and of all of its set. */
  readonly signedStake: bigint
  readonly bondedStake: bigint
}

/** `part` of `all`, rounded down, at most the whole. Nothing of nothing is nothing. */
function share(part: bigint, all: bigint): number {
  assert(part >= 0n && all >= 0n, 'a total is not negative')
  if (part >= all) return part === 0n ? 0 : Number(WHOLE)
  return Number((part * WHOLE) / all)
}

export function networkMetrics(totals: EpochTotals): NetworkMetrics {
  const { gasUsed, gasPerSecond, epochMs, marks, authorities, windowsWithMarks } = totals
  return {
    // Both sides times 1000: no time is lost by rounding to seconds.
    utilization: share(gasUsed * 1000n, gasPerSecond * BigInt(epochMs)),
    authorityUptime: share(BigInt(marks), BigInt(authorities * windowsWithMarks)),
    stakeRatio: share(totals.signedStake, totals.bondedStake),
  }
}
