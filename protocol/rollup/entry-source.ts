// Where an entry of a claim comes from, by its position: messages of the inbox, credits of parcels,
// transfers of the body, the fee. A trace leaf has to say the same as its source.

import { equalBytes } from '../../lib/bytes.ts'
import { transferLeaf } from './cosign.ts'
import { entriesOf } from './execute-batch.ts'
import {
  checkNode,
  claimBefore,
  type FraudCase,
  type NodeEvidence,
  type ShownLeaf,
  wordsOf,
} from './fraud-evidence.ts'
import { arrivingWith, type InboxMessage } from './inbox-message.ts'
import { readOutgoing } from './outgoing.ts'
import { KIND } from './trace.ts'

/** Parcels that a claim consumes, in order; undefined if one is not known. */
function parcelsOf(fraud: FraudCase, claim: number) {
  const parcels = []
  for (const { shard, number } of fraud.claims[claim]?.consumed ?? []) {
    const parcel = fraud.parcel?.(shard, number)
    if (!parcel) return undefined
    parcels.push(parcel)
  }
  return parcels
}

function messagesOf(fraud: FraudCase, claim: number): { first: number; count: number } {
  const first = claimBefore(fraud, claim)?.inboxTo ?? 0
  return { first, count: (fraud.claims[claim]?.inboxTo ?? first) - first }
}

/** Whether the claim has as many entries as follow from it; undefined where a parcel is not known. */
export function countsRight(fraud: FraudCase, claim: number): boolean | undefined {
  const it = fraud.claims[claim]
  const parcels = parcelsOf(fraud, claim)
  if (!it || !parcels) return undefined
  const before = claimBefore(fraud, claim)
  const messages = messagesOf(fraud, claim).count
  const credits = parcels.reduce((sum, parcel) => sum + parcel.credits, 0)
  const entries = entriesOf(messages, credits, it.transfers, it.fee)
  const first = before ? before.firstEntry + before.entries : 1
  return messages >= 0 && it.entries === entries && it.firstEntry === first
}

/** Units that leave with the claim for the base chain; undefined where something is not known. */
export function exitedWith(fraud: FraudCase, claim: number): bigint | undefined {
  const it = fraud.claims[claim]
  const parcels = parcelsOf(fraud, claim)
  if (!it || !parcels) return undefined
  let sum = (claimBefore(fraud, claim)?.supply ?? 0n) - it.supply
  const { first, count } = messagesOf(fraud, claim)
  for (let i = 0; i < count; i++) {
    const message = fraud.message(first + i)
    if (!message) return undefined
    sum += arrivingWith(message)
  }
  for (const parcel of parcels) sum += parcel.amount
  for (const parcel of it.outbox) sum -= parcel.amount
  return sum
}

function isMessage(leaf: ShownLeaf, message: InboxMessage): boolean {
  if (leaf.amount !== message.amount) return false
  if (message.kind === 'force') {
    const isForce = leaf.kind === KIND.force || leaf.kind === KIND.forceVoid
    return isForce && leaf.from === message.from && leaf.to === message.to
  }
  const kind = message.kind === 'register' ? KIND.register : KIND.deposit
  return leaf.kind === kind && leaf.to === message.index
}

/**
 * Whether the leaf says what its source says; undefined if the evidence does not show that. `node`
 * is the leaf of the transfer tree or of the parcel, where the source is one.
 */
export function isAsItsSource(
  fraud: FraudCase,
  leaf: ShownLeaf,
  node: NodeEvidence | undefined,
): boolean | undefined {
  const claim = fraud.claims[leaf.claim]
  const parcels = parcelsOf(fraud, leaf.claim)
  if (!claim || !parcels) return undefined
  const { first, count } = messagesOf(fraud, leaf.claim)
  let at = leaf.position
  if (at < count) {
    const message = fraud.message(first + at)
    return message && isMessage(leaf, message)
  }
  at -= count
  for (const parcel of parcels) {
    if (at >= parcel.credits) {
      at -= parcel.credits
      continue
    }
    if (leaf.kind !== KIND.parcel && leaf.kind !== KIND.parcelReturned) return false
    if (node?.position !== at || !checkNode(parcel.root, parcel.credits, node)) return undefined
    const { from, to, amount } = readOutgoing(wordsOf(node.node), 0)
    return leaf.from === from && leaf.to === to && leaf.amount === amount
  }
  if (at < claim.transfers) {
    if (leaf.kind !== KIND.transfer || leaf.fee !== claim.fee) return false
    if (node?.position !== at || !checkNode(claim.txRoot, claim.transfers, node)) return undefined
    const { from, to, amount, fromBefore } = leaf
    return equalBytes(node.node, transferLeaf({ from, nonce: fromBefore.nonce, to, amount }))
  }
  const fees = BigInt(claim.fee) * BigInt(claim.transfers)
  return leaf.kind === KIND.fee && leaf.to === claim.feeAccount && leaf.amount === fees
}
