// Who checks a shard in an epoch: seats, drawn from the epoch's validators by its seed. Where the
// authorities decide, each has one vote, and a seat is one of them, nobody twice; where stake
// decides, each seat is drawn by stake, and one validator may have several. The order in which
// members were drawn first is also that of the shard's sequencers.

import { bytesToBigint, concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import { hexToBytes } from '../../lib/hex.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import { authoritiesOf } from '../consensus/validator-set.ts'
import { keccak } from '../crypto/keccak.ts'
import { u32Bytes } from './little-endian.ts'

export interface CommitteeMember {
  /** In the epoch's validator set. */
  readonly validator: number
  readonly seats: number
}

export interface Committee {
  /** In the order in which they were drawn first. */
  readonly members: readonly CommitteeMember[]
  readonly seats: number
}

/** More seats make a false committee no less likely in any network that can be. */
export const COMMITTEE_SEATS_MAX = 1024

/**
 * With a third of all seats false, of so many drawn ones more than two thirds are false in less
 * than one draw in 10^7. A network with fewer is one for development.
 */
export const COMMITTEE_SEATS_MIN = 64

type Rules = Pick<EpochRules, 'mode' | 'epoch' | 'seed' | 'set'>

const DOMAIN = utf8('AITBC-ROLLUP-COMMITTEE-1')
const RANGE = 1n << 256n

/** The nth of a row of draws, uniform in [0, below): what would favour small values is left out. */
function draws({ seed, epoch }: Rules, shard: number): (below: bigint) => bigint {
  const start = concatBytes(DOMAIN, hexToBytes(seed), u64(epoch), u32Bytes(shard))
  let last = keccak(start)
  return (below) => {
    const limit = RANGE - (RANGE % below)
    for (;;) {
      const value = bytesToBigint(last)
      last = keccak(last)
      if (value < limit) return value % below
    }
  }
}

/** Some of them, each at most once, in the order of the draw. */
function withoutReturn(among: readonly number[], size: number, draw: (below: bigint) => bigint) {
  const left = [...among]
  const drawn: number[] = []
  while (drawn.length < size && left.length > 0) {
    const at = Number(draw(BigInt(left.length)))
    drawn.push(left[at] as number)
    left[at] = left.at(-1) as number
    left.pop()
  }
  return drawn
}

/**
 * The committee of a shard. `size`: seats, at least 1; where authorities decide and are fewer, as
 * many as they are. The same for everybody who knows the epoch's rules, one epoch ahead of its use
 * where these are known by then.
 */
export function drawCommittee(rules: Rules, shard: number, size: number): Committee {
  const draw = draws(rules, shard)
  const { validators } = rules.set
  let drawn: number[] = []
  if (rules.mode === 0) {
    const authorities = authoritiesOf(rules.set).map(({ index }) => index)
    drawn = withoutReturn(authorities, size, draw)
  } else {
    const total = validators.reduce((sum, { stake }) => sum + stake, 0n)
    for (let seat = 0; seat < size; seat++) {
      let at = draw(total)
      const one = validators.find(({ stake }) => {
        if (at < stake) return true
        at -= stake
        return false
      })
      drawn.push(one?.index ?? 0)
    }
  }
  const seats = new Map<number, number>()
  for (const index of drawn) seats.set(index, (seats.get(index) ?? 0) + 1)
  const members = [...seats].map(([validator, count]) => ({ validator, seats: count }))
  return { members, seats: drawn.length }
}

/** Whether the members at these places have more than two thirds of the seats. */
export function isCommitteeQuorum({ members, seats }: Committee, places: readonly number[]) {
  const signed = places.reduce((sum, place) => sum + (members[place]?.seats ?? 0), 0)
  return 3 * signed > 2 * seats
}
