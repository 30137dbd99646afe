// Operations on locks, after the batch's transfers: settles, refunds, locks. Each says in its leaf
// what the lock must be before; execution compares that with the record.

import type { ExecutionRefusal } from '../errors/execution-refusals.ts'
import { ROLLUP_ACCOUNTS_MAX } from '../params.ts'
import type { BatchRun } from './batch-run.ts'
import { heldFor, LOCK, lockAt } from './lock-record.ts'
import {
  LOCK_WORDS,
  type Operation,
  type Operations,
  REFUND_WORDS,
  readOperation,
  SETTLE_WORDS,
} from './operations.ts'
import { slotIn } from './shard-place.ts'
import { AT, KIND, KIND_BITS } from './trace.ts'

const U64 = 2n ** 64n
const U32_MAX = 0xffff_ffff

/** Slot of a lock that holds just this; -1 where it does not. */
function heldSlot(run: BatchRun, lock: number, of: Terms): number {
  const { state } = run
  const { table } = state
  const slot = slotIn(state, lock)
  if (slot < 0 || slot >= table.slots) return -1
  const { use, flags, deadline, owner } = lockAt(table, slot)
  const isIt = flags === heldFor(of.payee) && owner === of.owner
  return isIt && use === of.use && deadline === of.deadline ? slot : -1
}

interface Terms {
  readonly payee: number
  readonly owner: number
  readonly use: number
  readonly deadline: number
}

/** Leaf of an entry that takes from a lock; what stands in it besides is `before` of both sides. */
function leafFrom(run: BatchRun, kind: number, party: number, deadline: number, pays: Payment) {
  const { from, to, amount, slot, toSlot } = pays
  const at = run.leaf(((party << KIND_BITS) | kind) >>> 0, from, to, amount)
  run.trace[at + AT.fee] = deadline
  run.before(at, AT.fromBalance, AT.fromTouch, AT.fromNonce, slot)
  if (toSlot >= 0) run.before(at, AT.toBalance, AT.toTouch, AT.toNonce, toSlot)
}

interface Payment {
  readonly from: number
  readonly to: number
  readonly amount: bigint
  readonly slot: number
  /** -1: in another shard. */
  readonly toSlot: number
}

/** All that is left in a lock goes to its owner, and the lock is free. */
function giveBack(run: BatchRun, kind: number, lock: number, slot: number, of: Terms): void {
  const { table } = run.state
  const { payee, owner, use, deadline } = of
  const toSlot = slotIn(run.state, owner)
  const amount = table.balanceOf(slot)
  leafFrom(run, kind, payee, deadline, { from: lock, to: owner, amount, slot, toSlot })
  run.change(toSlot, table.balanceOf(toSlot) + amount, table.nonceOf(toSlot))
  run.changeLock(slot, 0n, use + 1, LOCK, 0, owner)
  run.count++
}

function settle(run: BatchRun, operation: Operation): ExecutionRefusal | undefined {
  const { from: lock, to: payee, party: owner, nonce: use, amount, deadline } = operation
  const { state } = run
  const { table } = state
  const terms = { payee, owner, use, deadline }
  const slot = heldSlot(run, lock, terms)
  if (slot < 0) return 'LOCK_OTHER'
  if (table.balanceOf(slot) < amount) return 'UNPAYABLE'
  const toSlot = slotIn(state, payee)
  if (payee >= ROLLUP_ACCOUNTS_MAX || (toSlot >= 0 && !table.isRegistered(toSlot))) {
    return 'RECEIVER_UNKNOWN'
  }
  if (toSlot >= 0 && table.balanceOf(toSlot) + amount >= U64) return 'BALANCE_OVERFLOW'
  leafFrom(run, KIND.pay, owner, deadline, { from: lock, to: payee, amount, slot, toSlot })
  run.changeLock(slot, table.balanceOf(slot) - amount, use, heldFor(payee), deadline, owner)
  if (toSlot < 0) run.send(lock, payee, amount)
  else run.change(toSlot, table.balanceOf(toSlot) + amount, table.nonceOf(toSlot))
  run.count++
  giveBack(run, KIND.rest, lock, slot, terms)
  return undefined
}

function refund(run: BatchRun, operation: Operation): ExecutionRefusal | undefined {
  const { from: lock, to: owner, party: payee, nonce: use, amount, deadline } = operation
  const terms = { payee, owner, use, deadline }
  const slot = heldSlot(run, lock, terms)
  if (slot < 0 || run.state.table.balanceOf(slot) !== amount) return 'LOCK_OTHER'
  giveBack(run, KIND.refund, lock, slot, terms)
  return undefined
}

function lock(run: BatchRun, operation: Operation, fee: number): ExecutionRefusal | undefined {
  const { from: owner, to, party: payee, nonce, amount, deadline, use } = operation
  const { state } = run
  const { table } = state
  const ownSlot = slotIn(state, owner)
  if (ownSlot < 0 || !table.isRegistered(ownSlot)) return 'SENDER_UNKNOWN'
  const slot = slotIn(state, to)
  if (slot < 0 || slot >= table.slots) return 'LOCK_OTHER'
  const found = lockAt(table, slot)
  if (found.flags !== LOCK || found.owner !== owner || found.use !== use) return 'LOCK_OTHER'
  if (table.nonceOf(ownSlot) !== nonce) return 'WRONG_NONCE'
  // A lock that is held can always be given back.
  if (nonce === U32_MAX || use === U32_MAX) return 'NONCES_USED_UP'
  const cost = amount + BigInt(fee)
  if (table.balanceOf(ownSlot) < cost) return 'UNPAYABLE'
  const at = run.leaf(((payee << KIND_BITS) | KIND.lock) >>> 0, owner, to, amount)
  run.trace[at + AT.fee] = fee
  run.before(at, AT.fromBalance, AT.fromTouch, AT.fromNonce, ownSlot)
  run.before(at, AT.toBalance, AT.toTouch, AT.toNonce, slot)
  // It is free: its balance is nothing.
  run.trace[at + AT.toBalance] = deadline
  run.change(ownSlot, table.balanceOf(ownSlot) - cost, nonce + 1)
  run.changeLock(slot, amount, use, heldFor(payee), deadline, owner)
  run.count++
  return undefined
}

/** `position`: in the order of the body. */
export interface RefusedOperation {
  readonly code: ExecutionRefusal
  readonly position: number
}

/**
 * Executes them, or stops at the first that cannot be executed. Where `leftOut` is given, those
 * that cannot are added to it and left out, as a sequencer does that makes a batch.
 */
export function executeOperations(
  run: BatchRun,
  { settles, refunds, locks }: Operations,
  fee: number,
  leftOut?: RefusedOperation[],
): RefusedOperation | undefined {
  let position = 0
  const each = (
    words: Uint32Array,
    size: number,
    execute: (operation: Operation) => ExecutionRefusal | undefined,
  ): RefusedOperation | undefined => {
    for (let at = 0; at < words.length; at += size, position++) {
      const code = execute(readOperation(words, at))
      if (!code) continue
      if (!leftOut) return { code, position }
      leftOut.push({ code, position })
    }
    return undefined
  }
  return (
    each(settles, SETTLE_WORDS, (one) => settle(run, one)) ??
    each(refunds, REFUND_WORDS, (one) => refund(run, one)) ??
    each(locks, LOCK_WORDS, (one) => lock(run, one, fee))
  )
}
