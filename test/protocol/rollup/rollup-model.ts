// The rollup as plain maps, beside the real one: what every account must have, what waits in the
// inbox, which exits are open, and how all of it stood at each stated root.

import type { Hex } from '../../../lib/hex.ts'
import { EXIT_INDEX } from '../../../protocol/params.ts'
import type { BatchPlan, TestTransfer } from './make-claim.ts'

interface Message {
  readonly kind: 'register' | 'deposit' | 'force'
  readonly from: number
  readonly to: number
  readonly amount: bigint
}

export interface ModelExit {
  readonly number: number
  readonly position: number
  readonly from: number
  readonly amount: bigint
}

/** What a root stands for. */
interface Point {
  readonly number: number
  readonly statedMs: number
  readonly balances: ReadonlyMap<number, bigint>
  readonly inboxTo: number
}

export class RollupModel {
  readonly owners: Hex[] = []
  /** Of the accounts that a claim has registered. */
  balances = new Map<number, bigint>()
  messages: Message[] = []
  inboxTo = 0
  number = 0
  exits: ModelExit[] = []
  readonly paid = new Set<string>()
  /** The roots that can still be gone back to, and at least the last settled one. */
  roots: Point[]
  frozenAt: Point | undefined
  readonly left = new Set<number>()
  readonly refunded = new Set<number>()

  constructor(accounts: number, balance: bigint, owner: Hex, startMs: number) {
    for (let index = 0; index < accounts; index++) {
      this.owners.push(owner)
      this.balances.set(index, balance)
    }
    this.roots = [this.point(startMs)]
  }

  private point(statedMs: number): Point {
    const { number, inboxTo } = this
    return { number, statedMs, inboxTo, balances: new Map(this.balances) }
  }

  register(owner: Hex, amount: bigint): void {
    this.messages.push({ kind: 'register', from: this.owners.length, to: 0, amount })
    this.owners.push(owner)
  }

  deposit(index: number, amount: bigint): void {
    this.messages.push({ kind: 'deposit', from: index, to: 0, amount })
  }

  force(from: number, to: number, amount: bigint): void {
    this.messages.push({ kind: 'force', from, to, amount })
  }

  private add(index: number, amount: bigint): void {
    this.balances.set(index, (this.balances.get(index) ?? 0n) + amount)
  }

  private move(from: number, to: number, amount: bigint, exits: ModelExit[]): void {
    this.add(from, -amount)
    if (to !== EXIT_INDEX) this.add(to, amount)
    else exits.push({ number: this.number, position: exits.length, from, amount })
  }

  /** The transfers, of those wished for, that can be executed after these messages, in order. */
  possible(wished: readonly TestTransfer[], inboxTo: number, fee: number): TestTransfer[] {
    const copy = this.copy()
    copy.consume(inboxTo, [])
    const senders = new Set<number>()
    return [...wished]
      .sort((a, b) => a.from - b.from)
      .filter(({ from, to, amount }) => {
        const has = copy.balances.get(from) ?? -1n
        const isThere = to === EXIT_INDEX || copy.balances.has(to)
        if (senders.has(from) || !isThere || has < amount + BigInt(fee)) return false
        senders.add(from)
        copy.move(from, to, amount, [])
        copy.add(from, -BigInt(fee))
        return true
      })
  }

  private copy(): RollupModel {
    const copy = new RollupModel(0, 0n, '0x', 0)
    copy.balances = new Map(this.balances)
    copy.messages = this.messages
    copy.inboxTo = this.inboxTo
    return copy
  }

  private consume(inboxTo: number, exits: ModelExit[]): void {
    for (; this.inboxTo < inboxTo; this.inboxTo++) {
      const { kind, from, to, amount } = this.messages[this.inboxTo] as Message
      if (kind !== 'force') this.add(from, amount)
      else {
        const isThere = to === EXIT_INDEX || this.balances.has(to)
        if (isThere && (this.balances.get(from) ?? -1n) >= amount)
          this.move(from, to, amount, exits)
      }
    }
  }

  /** A batch that was ordered. */
  batch(plan: Required<BatchPlan>, nowMs: number): void {
    this.number++
    const exits: ModelExit[] = []
    this.consume(plan.inboxTo, exits)
    for (const { from, to, amount } of plan.transfers) {
      this.move(from, to, amount, exits)
      this.add(from, -BigInt(plan.fee))
    }
    const fees = BigInt(plan.fee * plan.transfers.length)
    if (fees > 0n) this.add(plan.feeAccount, fees)
    this.exits.push(...exits)
    if (plan.states) this.roots.push(this.point(nowMs))
  }

  /** At the nth of the kept roots: what came after it is taken back. */
  freeze(nth: number): void {
    this.roots = this.roots.slice(0, nth + 1)
    const at = this.roots[nth] as Point
    this.frozenAt = at
    this.balances = new Map(at.balances)
    this.inboxTo = at.inboxTo
    this.number = at.number
    this.exits = this.exits.filter(({ number }) => number <= at.number)
  }

  get supply(): bigint {
    let sum = 0n
    for (const [index, balance] of this.balances) if (!this.left.has(index)) sum += balance
    return sum
  }

  /** Units in messages that wait. */
  get waiting(): bigint {
    let sum = 0n
    for (const [i, { kind, amount }] of this.messages.entries()) {
      if (i >= this.inboxTo && kind !== 'force' && !this.refunded.has(i)) sum += amount
    }
    return sum
  }

  isPaid({ number, position }: ModelExit): boolean {
    return this.paid.has(`${number} ${position}`)
  }

  pay({ number, position }: ModelExit): void {
    this.paid.add(`${number} ${position}`)
  }

  get unpaid(): bigint {
    return this.exits
      .filter((exit) => !this.isPaid(exit))
      .reduce((sum, { amount }) => sum + amount, 0n)
  }

  /** The first root that contains a claim. */
  rootOf(number: number): Point | undefined {
    return this.roots.find((root) => root.number >= number)
  }
}
