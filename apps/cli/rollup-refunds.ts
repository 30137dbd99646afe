// What anybody may do on the base chain for a shard that has lied or is frozen: hand in the
// challenge that a node has made, and send back what was on its way. Calls, from what a node shows.

import type { Hex } from '../../lib/hex.ts'
import { decodeArguments } from '../../protocol/abi/codec.ts'
import { moneyOf } from '../../protocol/rollup/inbox.ts'
import { INBOX_OF, MESSAGE_AT } from '../../protocol/rollup/rollup-abi.ts'
import {
  encodeInboxOf,
  encodeMessageAt,
  encodeRefundMessage,
  encodeRefundParcel,
} from '../../protocol/rollup/rollup-calls.ts'
import * as rpc from '../../sdk/light/light-rpc.ts'
import { CliError } from './cli-error.ts'

/** Of one run of a command. */
export const REFUNDS_MAX = 256

export interface Dispute {
  readonly batch: number
  readonly claim: Hex
  readonly sequencer: Hex
  readonly kind: string
  readonly challenge: Uint8Array
}

/** Rejects with CliError where the node has found nothing false, or cannot prove it. */
export async function disputeOf(ask: rpc.Ask, shard: number): Promise<Dispute> {
  const result = await ask('rollup_getDispute', [rpc.quantity(shard)])
  if (result === null) {
    const why = `the node has executed all final claims of shard ${shard} and agrees`
    throw new CliError('REFUSED', 'there is nothing to challenge', why, 'ask another with --rpc')
  }
  const found = rpc.fieldsOf(result)
  const batch = rpc.numberOf(found.batch, 'batch')
  if (found.challenge === null) {
    const why = `claim ${batch} is not what the node has executed (${found.code} ${found.detail})`
    const hint = 'try again, or ask a node whose peers tell what stands behind the claim'
    throw new CliError('REFUSED', `it is not proved (${found.state})`, why, hint)
  }
  return {
    batch,
    claim: rpc.hashOf(found.claim, 'claim'),
    sequencer: String(found.sequencer) as Hex,
    kind: String(found.kind),
    challenge: rpc.bytesOf(found.challenge, 'challenge'),
  }
}

type View = (data: Uint8Array) => Promise<Uint8Array>

export interface Refund {
  readonly place: number
  /** Units. */
  readonly amount: bigint
  readonly call: Uint8Array
}

/** Messages of a frozen shard that brought money and were not consumed; or this one. */
export async function messageRefunds(
  view: View,
  shard: number,
  message: number | undefined,
): Promise<Refund[]> {
  const waiting = decodeArguments(INBOX_OF.outputs, await view(encodeInboxOf(shard)))
  const [, consumed, count] = waiting.map(Number) as [number, number, number]
  const end = message === undefined ? count : Math.min(count, message + 1)
  const found: Refund[] = []
  for (let at = Math.max(message ?? 0, consumed); at < end; at++) {
    if (found.length === REFUNDS_MAX) break
    const output = await view(encodeMessageAt(shard, at))
    const [isThere, kind, , , units] = decodeArguments(MESSAGE_AT.outputs, output)
    const amount = moneyOf({ kind: Number(kind), amount: units })
    if (!isThere || amount === 0n) continue
    found.push({ place: at, amount, call: encodeRefundMessage(shard, at) })
  }
  return found
}

/** A credit of what `source` sent with a batch; undefined where there is none at this position. */
export async function creditRefund(
  ask: rpc.Ask,
  source: number,
  number: number,
  destination: number,
  position: number,
): Promise<Refund | undefined> {
  const place = [source, number, destination, position].map(rpc.quantity)
  const result = await ask('rollup_getParcelProof', place)
  if (result === null) return undefined
  const found = rpc.fieldsOf(result)
  const numberOf = (name: string) => rpc.numberOf(found[name], name)
  const leaf = {
    from: numberOf('from'),
    to: numberOf('to'),
    amount: rpc.unitsOf(found.amount, 'amount'),
    entry: numberOf('entry'),
    total: rpc.unitsOf(found.total, 'total'),
  }
  const proof = rpc.bytesOf(found.proof, 'proof')
  const call = encodeRefundParcel({ source, number, position, leaf, proof })
  return { place: position, amount: leaf.amount, call }
}
