// Where an entry of a claim comes from, by its position: messages of the inbox, credits of parcels,
// transfers and operations of the body, the fee. A trace leaf has to say the same as its source.

import { equalBytes } from '../../lib/bytes.ts'
import { LOCK_BLOCKS_MAX } from '../params.ts'
import type { Claim } from './claim.ts'
import { transferLeaf } from './cosign.ts'
import {
  entriesOf,
  feesOf,
  operationEntries,
  operationNodes,
  operationOfEntry,
} from './entry-counts.ts'
import {
  checkNode,
  claimBefore,
  type FraudCase,
  type NodeEvidence,
  type ShownLeaf,
  wordsOf,
} from './fraud-evidence.ts'
import { arrivingWith, type InboxMessage } from './inbox-message.ts'
import {
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  type Operation,
  readOperation,
} from './operations.ts'
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
  const entries = entriesOf(messages, credits, it)
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
  if (message.kind === 'lock') {
    return leaf.kind === KIND.lockMade && leaf.to === message.index && leaf.from === message.owner
  }
  const kind = message.kind === 'register' ? KIND.register : KIND.deposit
  return leaf.kind === kind && leaf.to === message.index
}

const CREDITS: ReadonlySet<number> = new Set([KIND.parcel, KIND.parcelReturned, KIND.parcelToLock])

/** Whether an entry of this kind stands there, and the claim's heights fit its deadline. */
function isOperationAt(leaf: ShownLeaf, claim: Claim, at: number): boolean {
  const { kind, deadline, fee } = leaf
  if (at < 2 * claim.settles) {
    return kind === (at % 2 === 0 ? KIND.pay : KIND.rest) && claim.notAfter <= deadline
  }
  if (at < 2 * claim.settles + claim.refunds) {
    return kind === KIND.refund && claim.notBefore > deadline
  }
  const isNear = claim.notBefore >= deadline - LOCK_BLOCKS_MAX
  return kind === KIND.lock && fee === claim.fee && isNear
}

/** Whether the leaf does what the operation says. */
export function isThatOperation(leaf: ShownLeaf, operation: Operation): boolean {
  const { kind, party, from, to, amount, deadline, fromBefore, toBefore } = leaf
  if (deadline !== operation.deadline || fromBefore.nonce !== operation.nonce) return false
  const { kind: what, use } = operation
  if (kind === KIND.rest) {
    // The same settle as the entry before it, whose payee is the party here.
    const isIts = party === operation.to && from === operation.from && to === operation.party
    return isIts && what === OPERATION_SETTLE && use === 0
  }
  const isIts = party === operation.party && from === operation.from && to === operation.to
  if (!isIts || amount !== operation.amount) return false
  if (kind === KIND.lock) return what === OPERATION_LOCK && toBefore.nonce === use
  return what === (kind === KIND.pay ? OPERATION_SETTLE : OPERATION_REFUND) && use === 0
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
    if (!CREDITS.has(leaf.kind)) return false
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
  at -= claim.transfers
  if (at < operationEntries(claim)) {
    if (!isOperationAt(leaf, claim, at)) return false
    const position = 2 * operationOfEntry(claim, at)
    if (node?.position !== position) return undefined
    if (!checkNode(claim.opRoot, operationNodes(claim), node)) return undefined
    return isThatOperation(leaf, readOperation(wordsOf(node.node), 0))
  }
  return leaf.kind === KIND.fee && leaf.to === claim.feeAccount && leaf.amount === feesOf(claim)
}
