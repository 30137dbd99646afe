// What the locks of all shards hold, operation by operation, with plain integers: each is filled
// for one job at a time, and what it holds is settled or given back once.

import { genesisLockOwner } from '../../../protocol/rollup/genesis-locks.ts'
import {
  LOCK_WORDS,
  type Operation,
  type Operations,
  REFUND_WORDS,
  readOperation,
  SETTLE_WORDS,
} from '../../../protocol/rollup/operations.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'

export interface HeldLock {
  readonly payee: number
  readonly amount: bigint
  /** A height. */
  readonly deadline: number
}

export interface Lock {
  readonly owner: number
  use: number
  held: HeldLock | undefined
}

/** What a claim does with the money. */
export interface Moves {
  /** To an account of any shard. */
  pay(to: number, amount: bigint): void
  /** An account of the shard has so much more, or less. */
  add(index: number, amount: bigint): void
  /** It has signed with this nonce. */
  sign(index: number, nonce: number): void
  say(what: string): void
}

function each(words: Uint32Array, size: number, run: (operation: Operation) => void): void {
  for (let at = 0; at < words.length; at += size) run(readOperation(words, at))
}

export class LocksModel {
  readonly locks = new Map<number, Lock>()
  locked = 0
  settled = 0
  refunded = 0

  constructor(config: RollupConfig) {
    for (let index = config.accounts; index < config.accounts + config.locks; index++) {
      this.locks.set(index, { owner: genesisLockOwner(config, index), use: 0, held: undefined })
    }
  }

  /** In a block of this height. */
  execute({ settles, refunds, locks }: Operations, fee: number, height: number, moves: Moves) {
    each(settles, SETTLE_WORDS, (one) => this.settle(one, height, moves))
    each(refunds, REFUND_WORDS, (one) => this.refund(one, height, moves))
    each(locks, LOCK_WORDS, (one) => this.lock(one, fee, moves))
  }

  /** What it holds, which it does not any more. */
  private empty(index: number, use: number, what: string, { say }: Moves) {
    const lock = this.locks.get(index)
    if (!lock?.held || lock.use !== use) {
      say(`lock: ${index}/${use} is ${what}, and holds nothing`)
      return undefined
    }
    const { held, owner } = lock
    lock.held = undefined
    lock.use++
    return { ...held, owner }
  }

  private settle({ from, to, nonce, amount }: Operation, height: number, moves: Moves): void {
    const held = this.empty(from, nonce, 'settled', moves)
    if (!held) return
    if (held.payee !== to) moves.say(`lock: ${from}/${nonce} pays ${to} instead of ${held.payee}`)
    if (height > held.deadline) moves.say(`lock: ${from}/${nonce} is settled too late`)
    if (amount > held.amount) moves.say(`lock: ${from}/${nonce} pays more than it holds`)
    moves.pay(to, amount)
    moves.add(held.owner, held.amount - amount)
    this.settled++
  }

  private refund({ from, nonce, amount }: Operation, height: number, moves: Moves): void {
    const held = this.empty(from, nonce, 'given back', moves)
    if (!held) return
    if (height <= held.deadline) moves.say(`lock: ${from}/${nonce} is given back too early`)
    if (amount !== held.amount) moves.say(`lock: ${from}/${nonce} gives back ${amount}`)
    moves.add(held.owner, held.amount)
    this.refunded++
  }

  private lock(operation: Operation, fee: number, moves: Moves): void {
    const { from, to, nonce, use, party: payee, amount, deadline } = operation
    const lock = this.locks.get(to)
    const isFree = lock !== undefined && !lock.held && lock.use === use && lock.owner === from
    if (!isFree) moves.say(`lock: ${to}/${use} is filled a second time`)
    moves.sign(from, nonce)
    moves.add(from, -amount - BigInt(fee))
    if (lock) lock.held = { payee, amount, deadline }
    this.locked++
  }

  /** Units in the locks of a shard. */
  held(isThere: (index: number) => boolean): bigint {
    let sum = 0n
    for (const [index, { held }] of this.locks) if (held && isThere(index)) sum += held.amount
    return sum
  }

  /** Locks that should have been given back before this height. */
  overdue(height: number): string[] {
    const late = [...this.locks].filter(([, { held }]) => held && held.deadline < height)
    return late.map(([index, { use, held }]) => `${index}/${use} since block ${held?.deadline}`)
  }
}
