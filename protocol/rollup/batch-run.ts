// One batch on its way into the state: the trace as far as it is written, what leaves the shard,
// and the entries that are not transfers of the body (those have a loop of their own).

import type { ExecutionRefusal } from '../errors/execution-refusals.ts'
import { CREDIT_INDEX, EXIT_INDEX } from '../params.ts'
import { RECORD_WORDS, REGISTERED } from './account-table.ts'
import type { InboxMessage } from './inbox-message.ts'
import { shardOf } from './layout.ts'
import { LOCK, lockAt, payeeOf } from './lock-record.ts'
import { OUTGOING_WORDS, Outgoing, readOutgoing } from './outgoing.ts'
import type { Parcel } from './parcel.ts'
import { isOutgoing, slotIn } from './shard-place.ts'
import type { ShardState } from './shard-state.ts'
import { AT, KIND, KIND_BITS, LEAF_WORDS } from './trace.ts'
import { undoTrace } from './undo-log.ts'

const U32 = 2 ** 32
const U64 = 2n ** 64n

export class BatchRun {
  readonly state: ShardState
  readonly trace: Uint32Array
  /** Entries done. */
  count = 0
  readonly exits = new Outgoing()
  readonly outbox = new Map<number, Outgoing>()
  /** Units that came in from the base chain and from other shards. */
  arrived = 0n
  readonly usedBefore: number

  constructor(state: ShardState, trace: Uint32Array) {
    this.state = state
    this.trace = trace
    this.usedBefore = state.table.used
  }

  /** Number of the next entry. */
  get entry(): number {
    return this.state.entries + this.count + 1
  }

  /** Where a payment to `to` leaves the shard. */
  outgoingFor(to: number): Outgoing {
    if (to === EXIT_INDEX) return this.exits
    const shard = shardOf(to, this.state.shards)
    const list = this.outbox.get(shard) ?? new Outgoing()
    this.outbox.set(shard, list)
    return list
  }

  /** As if nothing of it had been executed. */
  undo(): void {
    undoTrace(this.state.table, this.state, this.trace, this.count)
    this.state.table.used = this.usedBefore
  }

  message(message: InboxMessage): ExecutionRefusal | undefined {
    switch (message.kind) {
      case 'register':
        return this.register(message.index, message.amount)
      case 'deposit':
        if (this.arrived + message.amount + this.state.supply >= U64) return 'BALANCE_OVERFLOW'
        this.arrived += message.amount
        return this.credit(KIND.deposit, CREDIT_INDEX, message.index, message.amount)
          ? undefined
          : 'WRONG_INBOX'
      case 'force':
        this.force(message.from, message.to, message.amount)
        return undefined
      case 'lock':
        return this.makeLock(message.index, message.owner)
    }
  }

  /** All credits of a parcel. */
  parcel(parcel: Parcel): ExecutionRefusal | undefined {
    for (let i = 0; i < parcel.leaves.length / OUTGOING_WORDS; i++) {
      const { from, to, amount } = readOutgoing(parcel.leaves, i)
      if (slotIn(this.state, to) < 0 || slotIn(this.state, from) >= 0) return 'WRONG_PARCEL'
      if (this.arrived + amount + this.state.supply >= U64) return 'BALANCE_OVERFLOW'
      this.arrived += amount
      if (!this.credit(KIND.parcel, from, to, amount)) this.returnCredit(from, to, amount)
    }
    return undefined
  }

  /** Pays what the batch's senders were charged. False if the account is not registered here. */
  fees(feeAccount: number, amount: bigint): boolean {
    return this.credit(KIND.fee, CREDIT_INDEX, feeAccount, amount)
  }

  private register(index: number, amount: bigint): ExecutionRefusal | undefined {
    const { table } = this.state
    const slot = slotIn(this.state, index)
    if (slot < 0 || table.isUsed(slot)) return 'WRONG_INBOX'
    if (this.arrived + amount + this.state.supply >= U64) return 'BALANCE_OVERFLOW'
    this.arrived += amount
    table.growFor(slot)
    table.used = Math.max(table.used, slot + 1)
    this.leaf(KIND.register, CREDIT_INDEX, index, amount)
    this.change(slot, amount, 0)
    this.count++
    return undefined
  }

  /** Its owner was registered before it, in the same cohort. */
  private makeLock(index: number, owner: number): ExecutionRefusal | undefined {
    const { table } = this.state
    const slot = slotIn(this.state, index)
    if (slot < 0 || table.isUsed(slot)) return 'WRONG_INBOX'
    table.growFor(slot)
    table.used = Math.max(table.used, slot + 1)
    this.leaf(KIND.lockMade, owner, index, 0n)
    this.changeLock(slot, 0n, 0, LOCK, 0, owner)
    this.count++
    return undefined
  }

  private credit(kind: number, from: number, to: number, amount: bigint): boolean {
    const slot = slotIn(this.state, to)
    const { table } = this.state
    if (slot < 0 || !table.isRegistered(slot) || table.balanceOf(slot) + amount >= U64) return false
    const at = this.leaf(kind, from, to, amount)
    this.before(at, AT.toBalance, AT.toTouch, AT.toNonce, slot)
    this.change(slot, table.balanceOf(slot) + amount, table.nonceOf(slot))
    this.count++
    return true
  }

  /** To nobody: back to who paid it, who is registered in his shard for ever. */
  private returnCredit(from: number, to: number, amount: bigint): void {
    const slot = slotIn(this.state, to)
    if (this.state.table.isUsed(slot)) this.lockLeaf(from, to, amount, slot)
    else this.leaf(KIND.parcelReturned, from, to, amount)
    this.send(to, from, amount)
    this.count++
  }

  /** Tells the lock's record, so that it can be shown that the credit had to go back. */
  private lockLeaf(from: number, to: number, amount: bigint, slot: number): void {
    const { flags, deadline, owner } = lockAt(this.state.table, slot)
    const kind = ((payeeOf(flags) << KIND_BITS) | KIND.parcelToLock) >>> 0
    const at = this.leaf(kind, from, to, amount)
    this.trace[at + AT.fee] = deadline
    this.trace[at + AT.fromBalance] = owner
    this.trace[at + AT.fromBalance + 1] = flags & (2 ** KIND_BITS - 1)
    this.before(at, AT.toBalance, AT.toTouch, AT.toNonce, slot)
  }

  private force(from: number, to: number, amount: bigint): void {
    const { table } = this.state
    const [fromSlot, toSlot] = [slotIn(this.state, from), slotIn(this.state, to)]
    const isPayable =
      fromSlot >= 0 && table.isRegistered(fromSlot) && table.balanceOf(fromSlot) >= amount
    const isReceived = isOutgoing(this.state, to) || (toSlot >= 0 && table.isRegistered(toSlot))
    const overflows = toSlot >= 0 && toSlot !== fromSlot && table.balanceOf(toSlot) + amount >= U64
    const isDone = isPayable && isReceived && !overflows
    const at = this.leaf(isDone ? KIND.force : KIND.forceVoid, from, to, amount)
    if (fromSlot >= 0) this.before(at, AT.fromBalance, AT.fromTouch, AT.fromNonce, fromSlot)
    if (toSlot >= 0) this.before(at, AT.toBalance, AT.toTouch, AT.toNonce, toSlot)
    if (isDone) {
      const nonce = table.nonceOf(fromSlot)
      this.change(fromSlot, table.balanceOf(fromSlot) - amount, nonce)
      if (toSlot < 0) this.send(from, to, amount)
      else this.change(toSlot, table.balanceOf(toSlot) + amount, table.nonceOf(toSlot))
    }
    this.count++
  }

  send(from: number, to: number, amount: bigint): void {
    const { entry } = this
    const [lo, hi] = [Number(amount & 0xffff_ffffn), Number(amount >> 32n)]
    this.outgoingFor(to).add(from, to, lo, hi, entry >>> 0, Math.floor(entry / U32))
  }

  /** Writes the leaf but for what the accounts were before, which is zero until it is written. */
  leaf(kind: number, from: number, to: number, amount: bigint): number {
    const at = this.count * LEAF_WORDS
    this.trace.fill(0, at, at + LEAF_WORDS)
    this.trace[at + AT.kind] = kind
    this.trace[at + AT.from] = from
    this.trace[at + AT.to] = to
    this.trace[at + AT.amount] = Number(amount & 0xffff_ffffn)
    this.trace[at + AT.amount + 1] = Number(amount >> 32n)
    return at
  }

  before(at: number, balance: number, touch: number, nonce: number, slot: number): void {
    const { words, slots } = this.state.table
    if (slot >= slots) return
    const record = slot * RECORD_WORDS
    this.trace[at + balance] = words[record] as number
    this.trace[at + balance + 1] = words[record + 1] as number
    this.trace[at + nonce] = words[record + 2] as number
    this.trace[at + touch] = words[record + 4] as number
    this.trace[at + touch + 1] = words[record + 5] as number
  }

  change(slot: number, balance: bigint, nonce: number): void {
    this.changeLock(slot, balance, nonce, REGISTERED, 0, 0)
  }

  changeLock(
    slot: number,
    balance: bigint,
    use: number,
    flags: number,
    deadline: number,
    owner: number,
  ): void {
    const { entry } = this
    const [lo, hi] = [Number(balance & 0xffff_ffffn), Number(balance >> 32n)]
    const touchHi = Math.floor(entry / U32)
    this.state.table.put(slot, lo, hi, use, entry >>> 0, touchHi, flags, deadline, owner)
  }
}
