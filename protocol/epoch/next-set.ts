// The set of a coming epoch: the one before it, changed towards what is bonded now. At most a
// seventh of the authorities leave and at most a seventh come in, so that two sets that follow
// each other always share an honest quorum.

import type { Hex } from '../../lib/hex.ts'
import { VALIDATORS_MAX, type Validator, type ValidatorSet } from '../consensus/validator-set.ts'
import { AUTHORITIES_MAX } from '../params.ts'

export interface Candidate extends Omit<Validator, 'index' | 'authority'> {
  /** Admitted and bonded as an authority. */
  readonly authorityWanted: boolean
}

function byStake(a: Candidate, b: Candidate): number {
  if (a.stake !== b.stake) return a.stake > b.stake ? -1 : 1
  return a.address < b.address ? -1 : 1
}

export function changesMax(authorities: number): number {
  return Math.max(1, Math.floor(authorities / 7))
}

/** Places of those who stay are kept, so that a set without news keeps its hash. */
function keepOrder(candidates: readonly Candidate[], places: ReadonlyMap<Hex, number>) {
  const place = ({ address }: Candidate) => places.get(address) ?? Number.POSITIVE_INFINITY
  return [...candidates].sort((a, b) => {
    const [first, second] = [place(a), place(b)]
    return first === second ? byStake(a, b) : first - second
  })
}

/** A new key is a new authority as far as the limit goes. */
function nextAuthorities(current: ValidatorSet, wanted: ReadonlyMap<Hex, Candidate>): Candidate[] {
  const before = current.validators.filter(({ authority }) => authority)
  const limit = changesMax(before.length)
  const staying: Candidate[] = []
  let changed = 0
  for (const validator of before) {
    const candidate = wanted.get(validator.address)
    if (candidate?.blsPublicKey === validator.blsPublicKey) staying.push(candidate)
    else if (changed < limit) {
      changed++
      if (candidate) staying.push(candidate)
    } else staying.push({ ...validator, authorityWanted: true })
  }
  const first = before[0]
  if (staying.length === 0 && first) staying.push({ ...first, authorityWanted: true })
  const known = new Set(before.map(({ address }) => address))
  const arrivals = [...wanted.values()].filter(({ address }) => !known.has(address)).sort(byStake)
  const room = Math.min(limit, AUTHORITIES_MAX - staying.length)
  return [...staying, ...arrivals.slice(0, Math.max(0, room))]
}

export function nextSet(current: ValidatorSet, candidates: readonly Candidate[]): ValidatorSet {
  const wanted = new Map<Hex, Candidate>()
  for (const one of candidates) if (one.authorityWanted) wanted.set(one.address, one)
  const authorities = nextAuthorities(current, wanted)
  const taken = new Set(authorities.map(({ address }) => address))
  const stakers = candidates.filter(({ address }) => !taken.has(address)).sort(byStake)
  const places = new Map(current.validators.map(({ address, index }) => [address, index]))
  const chosen = stakers.slice(0, VALIDATORS_MAX - authorities.length)
  const plain = (authority: boolean) => (one: Candidate) => ({
    address: one.address,
    blsPublicKey: one.blsPublicKey,
    vrfPublicKey: one.vrfPublicKey,
    stake: one.stake,
    authority,
  })
  const all = [...authorities.map(plain(true)), ...keepOrder(chosen, places).map(plain(false))]
  return { validators: all.map((validator, index) => ({ index, ...validator })) }
}
