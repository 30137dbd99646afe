// Who gets a job. A pure rule over typed requirements: deterministic, and every provider that does
// not match is told why, as is every job that waits.

import type { Hex } from '../../lib/hex.ts'
import type { JobRequest } from '../job/job-request.ts'
import { type Unit, unitsBound } from '../job/units-bound.ts'
import { ROLLUP_UNIT_WEI } from '../params.ts'

export interface OfferedModel {
  readonly modelId: string
  readonly modelRoot: Hex
  readonly unit: Unit
  readonly unitPriceWei: bigint
  /** Units a second in the golden self-test. */
  readonly unitsPerSecond: number
}

export interface Candidate {
  readonly worker: string
  readonly address: Hex
  readonly state: 'online' | 'offline' | 'draining'
  readonly slotsFree: number
  /** Index of the account of the rollup that is his; absent where he is paid by the market alone. */
  readonly account?: number
  readonly models: readonly OfferedModel[]
}

export interface Wanted {
  readonly request: JobRequest
  /** Set once money is locked: only these weights, at most this price in wei. */
  readonly modelRoot?: Hex
  readonly priceCap?: bigint
  /** Paid by a lock of the rollup; once it is made, only to this account. */
  readonly rollup?: { readonly payee?: number }
  /** Providers that lost this job before: chosen only if nobody else fits. */
  readonly avoid?: readonly Hex[]
}

export type Waiting =
  | 'no_capacity'
  | 'cold_start'
  | 'price_too_low'
  | 'crash_loop'
  | 'quota'
  | 'trust_gate'

export interface Explained {
  readonly worker: string
  readonly address: Hex
  readonly matches: boolean
  /** Empty for a match; a Waiting reason, or `model` or `requirements` when it can never match. */
  readonly reason: string
  readonly detail: string
  readonly priceWei?: bigint
}

export interface Match {
  readonly worker: string
  readonly address: Hex
  readonly account: number | undefined
  readonly model: OfferedModel
  /** Wei: unit price × the most units the request can use. */
  readonly priceWei: bigint
  readonly freeNow: boolean
}

export interface Matching {
  /** The best provider; with `freeNow` false it fits but is busy. */
  readonly best: Match | undefined
  readonly waiting: Waiting | undefined
  readonly explained: readonly Explained[]
}

/**
 * Cheapest first, then fastest in the self-test, then most free slots, then by address; a free
 * provider always goes before a busy one.
 */
export function matchProviders(candidates: readonly Candidate[], wanted: Wanted): Matching {
  const fits: Match[] = []
  const explained: Explained[] = []
  for (const candidate of candidates) {
    const verdict = judge(candidate, wanted)
    explained.push(verdict.explained)
    if (verdict.match !== undefined) fits.push(verdict.match)
  }
  const free = new Map(candidates.map((c) => [c.worker, c.slotsFree]))
  const avoided = (match: Match) => wanted.avoid?.includes(match.address) === true
  fits.sort(
    (a, b) =>
      Number(b.freeNow) - Number(a.freeNow) ||
      Number(avoided(a)) - Number(avoided(b)) ||
      compare(a.priceWei, b.priceWei) ||
      compare(b.model.unitsPerSecond, a.model.unitsPerSecond) ||
      compare(free.get(b.worker) ?? 0, free.get(a.worker) ?? 0) ||
      compare(a.address, b.address) ||
      compare(a.worker, b.worker),
  )
  const best = fits[0]
  return { best, waiting: best?.freeNow ? undefined : waitingFor(explained), explained }
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function waitingFor(explained: readonly Explained[]): Waiting {
  const reasons = explained.map(({ reason }) => reason)
  if (reasons.includes('no_capacity')) return 'no_capacity'
  return reasons.includes('price_too_low') ? 'price_too_low' : 'no_capacity'
}

function judge(candidate: Candidate, wanted: Wanted): { explained: Explained; match?: Match } {
  const { worker, address, state } = candidate
  const { request, modelRoot, priceCap } = wanted
  const no = (reason: string, detail: string, priceWei?: bigint) => ({
    explained: {
      worker,
      address,
      matches: false,
      reason,
      detail,
      ...(priceWei === undefined ? {} : { priceWei }),
    },
  })
  const model = candidate.models.find(
    (offered) =>
      offered.modelId === request.model_id &&
      (modelRoot === undefined || offered.modelRoot === modelRoot),
  )
  if (model === undefined) return no('model', `does not offer ${request.model_id}`)
  const only = request.requirements.provider
  if (only !== undefined && only !== address)
    return no('requirements', 'another provider is asked for')
  const unpayable = wanted.rollup && whyNotByLock(candidate, model, wanted.rollup)
  if (unpayable) return no('requirements', unpayable)
  const priceWei = model.unitPriceWei * BigInt(unitsBound(request, model.unit))
  const most = mostOf(priceCap, request.requirements.max_price)
  if (most !== undefined && priceWei > most) {
    return no('price_too_low', `asks ${priceWei} wei, the job pays at most ${most}`, priceWei)
  }
  if (state !== 'online') return no('no_capacity', `is ${state}`, priceWei)
  const freeNow = candidate.slotsFree > 0
  const match = { worker, address, account: candidate.account, model, priceWei, freeNow }
  if (!freeNow) return { ...no('no_capacity', 'all its slots are taken', priceWei), match }
  return { explained: { worker, address, matches: true, reason: '', detail: '', priceWei }, match }
}

function whyNotByLock(
  { account }: Candidate,
  { unitPriceWei }: OfferedModel,
  { payee }: { readonly payee?: number },
): string | undefined {
  if (account === undefined) return 'has no account in the rollup'
  if (payee !== undefined && payee !== account) return 'the lock is for another account'
  if (unitPriceWei % ROLLUP_UNIT_WEI === 0n) return undefined
  return `its price is not in whole units of the rollup (${ROLLUP_UNIT_WEI} wei)`
}

function mostOf(priceCap: bigint | undefined, maxPrice: string | undefined): bigint | undefined {
  const max = maxPrice === undefined ? undefined : BigInt(maxPrice)
  if (priceCap === undefined || max === undefined) return priceCap ?? max
  return priceCap < max ? priceCap : max
}
