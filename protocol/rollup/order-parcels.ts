// What the base chain checks of the parcels that a claim consumes and sends. A parcel can be
// consumed when a root that contains its claim is settled: no rule takes it back then, so what one
// shard sent and another has is never undone on one side alone.

import type { SystemState } from '../modules/module.ts'
import type { ReadWords } from '../modules/storage-layout.ts'
import {
  CLAIM_CREDITS_MAX,
  CLAIM_PARCELS_MAX,
  PARCEL_FORCE_SECONDS,
  ROLLUP_CHALLENGE_SECONDS,
} from '../params.ts'
import type { Claim } from './claim.ts'
import {
  consumeParcel,
  type KeptParcel,
  loadParcel,
  loadQueue,
  type Route,
  sendParcel,
} from './parcel-queue.ts'
import type { ClaimRefusal } from './rollup-refusals.ts'
import { shardCount } from './rollup-storage.ts'
import { coveringRoot } from './root-history.ts'
import { loadRoot, loadShard } from './shard-record.ts'

export interface ParcelFlow {
  readonly credits: number
  /** Units that parcels bring into the shard, and that leave it for others. */
  readonly arrived: bigint
  readonly left: bigint
  /** Leaves for other shards. */
  readonly sent: number
}

/** Seconds from which on claims may consume what a claim of a shard sent; undefined: no root yet. */
export function consumableFrom(
  words: ReadWords,
  source: number,
  number: number,
): number | undefined {
  const serial = coveringRoot(words, source, loadShard(words, source), number)
  if (serial === undefined) return undefined
  const { number: stated, statedAt } = loadRoot(words, source, serial)
  return stated === 0 ? 0 : statedAt + ROLLUP_CHALLENGE_SECONDS
}

function takeInOrder(
  state: ReadWords,
  { shard: destination, consumed }: Claim,
  seconds: number,
): KeptParcel[] | ClaimRefusal {
  const shards = shardCount(state)
  const found: KeptParcel[] = []
  const taken = new Map<number, number>()
  for (const { shard: source, number } of consumed) {
    if (source >= shards || source === destination) return 'PARCELS'
    const route = { source, destination }
    const queue = loadQueue(state, route)
    const nth = queue.consumed + (taken.get(source) ?? 0)
    if (nth >= queue.count) return 'PARCELS'
    const parcel = loadParcel(state, route, nth)
    if (parcel.number !== number) return 'PARCELS'
    const from = consumableFrom(state, source, number)
    if (from === undefined || seconds < from) return 'PARCEL_EARLY'
    taken.set(source, (taken.get(source) ?? 0) + 1)
    found.push(parcel)
  }
  return found
}

/** Whether a parcel that has waited too long, and for which there was room, is left where it is. */
function leavesOut(
  state: ReadWords,
  { shard: destination, consumed }: Claim,
  credits: number,
  seconds: number,
): boolean {
  if (consumed.length >= CLAIM_PARCELS_MAX) return false
  const shards = shardCount(state)
  for (let source = 0; source < shards; source++) {
    if (source === destination) continue
    const route: Route = { source, destination }
    const queue = loadQueue(state, route)
    const nth = queue.consumed + consumed.filter(({ shard }) => shard === source).length
    if (nth >= queue.count) continue
    const next = loadParcel(state, route, nth)
    const from = consumableFrom(state, source, next.number)
    if (from === undefined || seconds <= from + PARCEL_FORCE_SECONDS) continue
    if (consumed.length === 0 || credits + next.credits <= CLAIM_CREDITS_MAX) return true
  }
  return false
}

/** What the parcels of a claim move, or why it is refused. `timestampMs`: of the block. */
export function checkParcels(
  state: ReadWords,
  claim: Claim,
  timestampMs: number,
): ParcelFlow | ClaimRefusal {
  const seconds = Math.floor(timestampMs / 1000)
  const parcels = takeInOrder(state, claim, seconds)
  if (typeof parcels === 'string') return parcels
  const credits = parcels.reduce((sum, parcel) => sum + parcel.credits, 0)
  if (parcels.length > 1 && credits > CLAIM_CREDITS_MAX) return 'PARCELS'
  if (leavesOut(state, claim, credits, seconds)) return 'LEFT_OUT'
  const shards = shardCount(state)
  const isSent = claim.outbox.every(
    ({ shard, credits: count }) => shard < shards && shard !== claim.shard && count > 0,
  )
  if (!isSent) return 'PARCELS'
  return {
    credits,
    arrived: parcels.reduce((sum, { amount }) => sum + amount, 0n),
    left: claim.outbox.reduce((sum, { amount }) => sum + amount, 0n),
    sent: claim.outbox.reduce((sum, { credits: count }) => sum + count, 0),
  }
}

/** Of a claim that is being ordered. The shard's supply is for the caller to change. */
export function orderParcels(state: SystemState, claim: Claim): void {
  const { shard, number, consumed, outbox } = claim
  for (const { shard: source } of consumed) {
    consumeParcel(state, { source, destination: shard }, number)
  }
  for (const { shard: destination, credits, amount, root } of outbox) {
    sendParcel(state, { source: shard, destination }, { number, credits, amount, root })
  }
}
