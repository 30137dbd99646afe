// How large a seed is and how long it takes. All of `modes` have 21 authorities and 30 stakers, and
// most are short; `modes-small` has few validators, because faults hide in coincidences and small
// clusters are quick.

import type { Prng } from '../../../lib/prng.ts'
import type { ModeNumber } from '../../../protocol/consensus/validator-set.ts'
import type { ClusterSize } from './modes-cluster.ts'

export interface ModesPlan {
  readonly size: ClusterSize
  readonly firstMode: ModeNumber
  readonly epochBlocks: number
  /** The phase in which anything goes: so long at least and at most. */
  readonly safetyMs: { readonly least: number; readonly most: number }
  /** In between, it ends once some honest one has ended so many epochs. */
  readonly safetyEpochs: number
  /** A fault comes so often on average, and strikes at most so many at once. */
  readonly faultEveryMs: number
  readonly struckMost: number
  readonly lookEveryMs: number
}

const FULL = { authorities: 21, stakers: 30 }

const LONG = {
  safetyMs: { least: 15_000, most: 15_000 },
  safetyEpochs: 0,
  faultEveryMs: 800,
  lookEveryMs: 1000,
}

const SHORT = {
  safetyMs: { least: 1500, most: 15_000 },
  safetyEpochs: 2,
  faultEveryMs: 300,
  lookEveryMs: 100,
}

/** One seed in so many is long. */
const LONG_EVERY = 16
/** So often all liars tell the same two tales: only together can they break safety. */
const ALL_EQUIVOCATE = 0.4
/** A third of all: more than any mode bears. */
const STRUCK_MOST = 17

/** Stakes are equal, and an authority's counts: liars are together under a third of either. */
function mostLiars(size: { readonly authorities: number; readonly stakers: number }) {
  const authorities = Math.floor((size.authorities - 1) / 3)
  return { authorities, all: Math.ceil((size.authorities + size.stakers) / 3) - 1 }
}

/** As many liars as the protocol bears in a quarter of the seeds, fewer in others. */
export function drawPlan(random: Prng): ModesPlan {
  const most = mostLiars(FULL)
  const drawUpTo = (bound: number, some: number) => {
    if (random.chance(0.25)) return bound
    return random.chance(some) ? random.below(bound + 1) : 0
  }
  const liarAuthorities = drawUpTo(most.authorities, 0.7)
  const liarStakers = drawUpTo(most.all - liarAuthorities, 0.5)
  const allEquivocate = random.chance(ALL_EQUIVOCATE)
  const secondTaleTo = random.chance(0.5) ? 2 : 3 + random.below(6)
  const size = { ...FULL, liarAuthorities, liarStakers, allEquivocate, secondTaleTo }
  const firstMode = random.below(3) as ModeNumber
  const isLong = random.below(LONG_EVERY) === 0
  const plan = { size, firstMode, struckMost: STRUCK_MOST }
  if (isLong) return { ...plan, ...LONG, epochBlocks: 2 + random.below(5) }
  return { ...plan, ...SHORT, epochBlocks: random.chance(0.7) ? 2 : 3 }
}

/** More liars than the protocol bears, or as many as are wanted, and no other faults. */
export function liarsPlan(random: Prng, byzantine: number): ModesPlan {
  const liarAuthorities = Math.min(byzantine, FULL.authorities)
  const size = { ...FULL, liarAuthorities, liarStakers: 0, allEquivocate: true }
  return { ...LONG, size, firstMode: 0, epochBlocks: 2 + random.below(5), struckMost: 0 }
}

export function drawSmallPlan(random: Prng): ModesPlan {
  return {
    ...LONG,
    size: drawSmallSize(random.split('size')),
    firstMode: 0,
    epochBlocks: 2 + random.below(5),
    struckMost: 1,
  }
}

function drawSmallSize(random: Prng): ClusterSize {
  const kind = random.below(100)
  const size =
    kind < 2
      ? FULL
      : kind < 12
        ? { authorities: 7 + random.below(7), stakers: random.below(8) }
        : { authorities: 4 + random.below(4), stakers: random.below(5) }
  const most = mostLiars(size)
  const liarAuthorities = random.chance(0.7) ? random.below(most.authorities + 1) : 0
  const room = most.all - liarAuthorities
  const liarStakers = random.chance(0.5) ? random.below(Math.min(room, size.stakers) + 1) : 0
  return { ...size, liarAuthorities, liarStakers: Math.max(0, liarStakers) }
}
