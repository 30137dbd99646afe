// A batch's outbox for one destination, made again from what is stored of it: transfers and settles
// are in the body, and the few credits of messages and returned parcels before them are kept as
// leaves.

import { EXIT_INDEX } from '../params.ts'
import type { Body } from './body-layout.ts'
import type { Claim } from './claim.ts'
import { firstTransfer } from './entry-counts.ts'
import type { Executed } from './execute-batch.ts'
import { shardOf } from './layout.ts'
import { readOperation, SETTLE_WORDS } from './operations.ts'
import { OUTGOING_WORDS, Outgoing, readOutgoing } from './outgoing.ts'
import { isOutgoing, type ShardPlace } from './shard-place.ts'
import { transferColumns } from './transfer-columns.ts'

const U32 = 2 ** 32

/** Leaves for one destination whose entries are before the batch's first transfer. */
export interface EarlyLeaves {
  readonly shard: number
  readonly leaves: Uint32Array
}

export function earlyLeaves(claim: Claim, outbox: Executed['outbox']): EarlyLeaves[] {
  const first = claim.firstEntry + firstTransfer(claim)
  const found: EarlyLeaves[] = []
  for (const { shard, leaves } of outbox) {
    let count = 0
    const size = leaves.length / OUTGOING_WORDS
    while (count < size && readOutgoing(leaves, count).entry < first) count++
    if (count > 0) found.push({ shard, leaves: leaves.slice(0, count * OUTGOING_WORDS) })
  }
  return found
}

/** Leaves of outgoing.ts, the same as execution gave. */
export function outboxLeaves(
  claim: Claim,
  body: Pick<Body, 'sections' | 'transfers' | 'operations'>,
  early: readonly EarlyLeaves[],
  place: ShardPlace,
  destination: number,
): Uint32Array {
  const list = new Outgoing()
  const before = early.find((one) => one.shard === destination)?.leaves ?? new Uint32Array(0)
  for (let i = 0; i < before.length / OUTGOING_WORDS; i++) {
    const { from, to, amount, entry } = readOutgoing(before, i)
    const [lo, hi] = [Number(amount & 0xffff_ffffn), Number(amount >> 32n)]
    list.add(from, to, lo, hi, entry >>> 0, Math.floor(entry / U32))
  }
  const { from, to, amountLo, amountHi } = transferColumns(body)
  const isThere = (receiver: number) =>
    isOutgoing(place, receiver) && shardOf(receiver, place.shards) === destination
  const first = claim.firstEntry + firstTransfer(claim)
  for (let i = 0; i < to.length; i++) {
    const receiver = to[i] as number
    if (receiver === EXIT_INDEX || !isThere(receiver)) continue
    const entry = first + i
    const [lo, hi] = [amountLo[i] as number, amountHi[i] as number]
    list.add(from[i] as number, receiver, lo, hi, entry >>> 0, Math.floor(entry / U32))
  }
  const { settles } = body.operations
  for (let i = 0; i < claim.settles; i++) {
    const { from: lock, to: payee, amount } = readOperation(settles, i * SETTLE_WORDS)
    if (!isThere(payee)) continue
    const entry = first + claim.transfers + 2 * i
    const [lo, hi] = [Number(amount & 0xffff_ffffn), Number(amount >> 32n)]
    list.add(lock, payee, lo, hi, entry >>> 0, Math.floor(entry / U32))
  }
  return list.leaves()
}
