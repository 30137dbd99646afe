// One sender's transactions by nonce: what is executable in a row, and what waits behind a gap.

import type { Hex } from '../../lib/hex.ts'
import type { TransactionRefusal } from '../../protocol/errors/transaction-refusals.ts'
import type { Transaction } from '../../protocol/transaction/transaction.ts'

export interface Pooled {
  readonly transaction: Transaction
  readonly sender: Hex
  /** Order of arrival, to serve equal fees fairly. */
  readonly arrival: number
  readonly receivedAt: number
  /** Taken from a client of this node, so this node keeps telling its peers. */
  readonly own: boolean
}

export interface AccountView {
  readonly nonce: number
  readonly balance: bigint
}

/** The most wei that a transaction can take from its sender. */
export function costOf({ gasLimit, maxFeePerGas, value }: Transaction): bigint {
  return BigInt(gasLimit) * maxFeePerGas + value
}

/** Replacing pays for the bandwidth: at least 10 % more on both fees. */
function isBumped(old: Transaction, next: Transaction): boolean {
  return (
    next.maxFeePerGas * 10n >= old.maxFeePerGas * 11n &&
    next.maxPriorityFeePerGas * 10n >= old.maxPriorityFeePerGas * 11n &&
    next.maxFeePerGas > old.maxFeePerGas
  )
}

export type Placed =
  | { readonly ok: true; readonly replaced: Pooled | undefined }
  | { readonly ok: false; readonly code: TransactionRefusal }

export class SenderQueue {
  readonly byNonce = new Map<number, Pooled>()
  account: AccountView
  private totalCost = 0n
  /** PERF: the first nonce past everything in a row, kept up to date instead of looked for. */
  private next: number

  constructor(account: AccountView) {
    this.account = account
    this.next = account.nonce
  }

  get size(): number {
    return this.byNonce.size
  }

  add(entry: Pooled, sizeMax: number): Placed {
    const { transaction } = entry
    const { nonce } = transaction
    if (nonce < this.account.nonce) return { ok: false, code: 'NONCE_TOO_LOW' }
    const old = this.byNonce.get(nonce)
    if (old && !isBumped(old.transaction, transaction)) {
      return { ok: false, code: 'REPLACEMENT_UNDERPRICED' }
    }
    const without = this.totalCost - (old ? costOf(old.transaction) : 0n)
    if (without + costOf(transaction) > this.account.balance) {
      return { ok: false, code: 'INSUFFICIENT_FUNDS' }
    }
    if (!old && this.size >= sizeMax) return { ok: false, code: 'SENDER_LIMIT' }
    this.byNonce.set(nonce, entry)
    this.advance()
    this.totalCost = without + costOf(transaction)
    return { ok: true, replaced: old }
  }

  remove(entry: Pooled): void {
    const { nonce } = entry.transaction
    if (this.byNonce.get(nonce) !== entry) return
    this.byNonce.delete(nonce)
    if (nonce >= this.account.nonce && nonce < this.next) this.next = nonce
    this.totalCost -= costOf(entry.transaction)
  }

  /** The nonce after everything that can be executed in a row. */
  pendingNonce(): number {
    return this.next
  }

  private advance(): void {
    while (this.byNonce.has(this.next)) this.next++
  }

  pendingCount(): number {
    return this.pendingNonce() - this.account.nonce
  }

  /** The one with the highest nonce: dropping it breaks no row. */
  last(): Pooled | undefined {
    let last: Pooled | undefined
    for (const entry of this.byNonce.values()) {
      if (!last || entry.transaction.nonce > last.transaction.nonce) last = entry
    }
    return last
  }

  /** What a new account view makes impossible: nonces that are used, then what is not covered. */
  outdated(account: AccountView): Pooled[] {
    this.account = account
    this.next = Math.max(account.nonce, this.next)
    this.advance()
    const gone: Pooled[] = []
    const rest: Pooled[] = []
    for (const entry of this.byNonce.values()) {
      if (entry.transaction.nonce < account.nonce) gone.push(entry)
      else rest.push(entry)
    }
    let left = this.totalCost - gone.reduce((sum, { transaction }) => sum + costOf(transaction), 0n)
    if (left > account.balance) {
      rest.sort((a, b) => b.transaction.nonce - a.transaction.nonce)
      for (const entry of rest) {
        if (left <= account.balance) break
        gone.push(entry)
        left -= costOf(entry.transaction)
      }
    }
    return gone
  }
}
