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
  /** PERF: the most wei that it can take from its sender, computed once. */
  readonly cost: bigint
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
  /** By nonce, ascending. PERF: nearly always a row, so that a nonce says where its entry is. */
  private readonly entries: Pooled[] = []
  account: AccountView
  private totalCost = 0n
  /** PERF: the first nonce past everything in a row, kept up to date instead of looked for. */
  private next: number

  constructor(account: AccountView) {
    this.account = account
    this.next = account.nonce
  }

  get size(): number {
    return this.entries.length
  }

  at(nonce: number): Pooled | undefined {
    const entry = this.entries[this.placeOf(nonce)]
    return entry?.transaction.nonce === nonce ? entry : undefined
  }

  /** The first place whose nonce is not below. */
  private placeOf(nonce: number): number {
    const { entries } = this
    const first = entries[0]?.transaction.nonce ?? nonce
    // Nonces are distinct, so it cannot lie beyond.
    let high = Math.max(0, Math.min(entries.length, nonce - first))
    if (high === 0 || entries[high - 1]?.transaction.nonce === nonce - 1) return high
    let low = 0
    while (low < high) {
      const middle = (low + high) >> 1
      if ((entries[middle] as Pooled).transaction.nonce < nonce) low = middle + 1
      else high = middle
    }
    return low
  }

  add(entry: Pooled, sizeMax: number): Placed {
    const { transaction } = entry
    const { nonce } = transaction
    if (nonce < this.account.nonce) return { ok: false, code: 'NONCE_TOO_LOW' }
    const place = this.placeOf(nonce)
    const found = this.entries[place]
    const old = found?.transaction.nonce === nonce ? found : undefined
    if (old && !isBumped(old.transaction, transaction)) {
      return { ok: false, code: 'REPLACEMENT_UNDERPRICED' }
    }
    const total = this.totalCost - (old ? old.cost : 0n) + entry.cost
    if (total > this.account.balance) {
      return { ok: false, code: 'INSUFFICIENT_FUNDS' }
    }
    if (!old && this.size >= sizeMax) return { ok: false, code: 'SENDER_LIMIT' }
    this.entries.splice(place, old ? 1 : 0, entry)
    this.advance()
    this.totalCost = total
    return { ok: true, replaced: old }
  }

  remove(entry: Pooled): void {
    const { nonce } = entry.transaction
    const place = this.placeOf(nonce)
    if (this.entries[place] !== entry) return
    this.entries.splice(place, 1)
    if (nonce >= this.account.nonce && nonce < this.next) this.next = nonce
    this.totalCost -= entry.cost
  }

  /** The nonce after everything that can be executed in a row. */
  pendingNonce(): number {
    return this.next
  }

  private advance(): void {
    while (this.at(this.next)) this.next++
  }

  pendingCount(): number {
    return this.pendingNonce() - this.account.nonce
  }

  /** The one with the highest nonce: dropping it breaks no row. */
  last(): Pooled | undefined {
    return this.entries.at(-1)
  }

  /** What a new account view makes impossible: nonces that are used, then what is not covered. */
  outdated(account: AccountView): Pooled[] {
    this.account = account
    this.next = Math.max(account.nonce, this.next)
    this.advance()
    const gone = this.entries.slice(0, this.placeOf(account.nonce))
    const rest = this.entries.slice(gone.length)
    let left = this.totalCost - gone.reduce((sum, { cost }) => sum + cost, 0n)
    while (left > account.balance) {
      const entry = rest.pop()
      if (!entry) break
      gone.push(entry)
      left -= entry.cost
    }
    return gone
  }
}
