// The pool of transactions that wait: per-sender queues, replacement, limits, eviction of the
// cheapest, and the choice of candidates for a block. Values in, values out; it knows no time.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { TransactionRefusal } from '../../protocol/errors/transaction-refusals.ts'
import type { Transaction } from '../../protocol/transaction/transaction.ts'
import { type AccountView, costOf, type Pooled, SenderQueue } from './sender-queue.ts'

export interface PoolLimits {
  readonly total: number
  readonly perSender: number
}

export type Added =
  | { readonly ok: true; readonly executable: boolean }
  | { readonly ok: false; readonly code: TransactionRefusal }

export interface Choice {
  readonly gasLimit: number
  readonly baseFee: bigint
  readonly max: number
  /** Already in blocks that are not final. */
  readonly exclude: ReadonlySet<Hex>
}

/** Wei per gas that the proposer would get; negative when the base fee is not covered. */
export function tipAt({ maxFeePerGas, maxPriorityFeePerGas }: Transaction, baseFee: bigint) {
  const room = maxFeePerGas - baseFee
  return room < maxPriorityFeePerGas ? room : maxPriorityFeePerGas
}

interface Candidate {
  readonly entry: Pooled
  readonly tip: bigint
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.tip === b.tip ? a.entry.arrival < b.entry.arrival : a.tip > b.tip
}

export class Pool {
  private readonly limits: PoolLimits
  private readonly queues = new Map<Hex, SenderQueue>()
  private readonly byHash = new Map<Hex, Pooled>()
  private arrivals = 0
  baseFee = 0n

  constructor(limits: PoolLimits) {
    this.limits = limits
  }

  get size(): number {
    return this.byHash.size
  }

  lookup(hash: Hex): Pooled | undefined {
    return this.byHash.get(hash)
  }

  knowsSender(sender: Hex): boolean {
    return this.queues.has(sender)
  }

  /** The next nonce once everything executable has run; undefined for a sender without any. */
  pendingNonce(sender: Hex): number | undefined {
    return this.queues.get(sender)?.pendingNonce()
  }

  counts(): { pending: number; queued: number } {
    let pending = 0
    for (const queue of this.queues.values()) pending += queue.pendingCount()
    return { pending, queued: this.size - pending }
  }

  entries(): Iterable<Pooled> {
    return this.byHash.values()
  }

  /** `account` is the sender's state, needed only when the pool does not know the sender yet. */
  add(
    transaction: Transaction,
    sender: Hex,
    account: AccountView | undefined,
    from: { readonly own: boolean; readonly at: number },
  ): Added {
    if (this.byHash.has(transaction.hash)) return { ok: false, code: 'ALREADY_KNOWN' }
    const queue = this.queues.get(sender) ?? (account && new SenderQueue(account))
    if (!queue) return { ok: false, code: 'BUSY' }
    const entry: Pooled = {
      transaction,
      sender,
      arrival: this.arrivals++,
      own: from.own,
      receivedAt: from.at,
      cost: costOf(transaction),
    }
    const isFull = this.size >= this.limits.total && !queue.at(transaction.nonce)
    const victim = isFull ? this.cheapest() : undefined
    if (victim && (victim.sender === sender || !this.isWorthMore(transaction, victim))) {
      return { ok: false, code: 'UNDERPRICED' }
    }
    const placed = queue.add(entry, this.limits.perSender)
    if (!placed.ok) return placed
    this.queues.set(sender, queue)
    this.byHash.set(transaction.hash, entry)
    if (placed.replaced) this.byHash.delete(placed.replaced.transaction.hash)
    if (victim) this.remove(victim)
    assert(this.size <= this.limits.total, 'mempool: over its limit')
    return { ok: true, executable: transaction.nonce < queue.pendingNonce() }
  }

  private remove(entry: Pooled): void {
    this.byHash.delete(entry.transaction.hash)
    const queue = this.queues.get(entry.sender)
    queue?.remove(entry)
    if (queue?.size === 0) this.queues.delete(entry.sender)
  }

  private isWorthMore(transaction: Transaction, victim: Pooled): boolean {
    return tipAt(transaction, this.baseFee) > tipAt(victim.transaction, this.baseFee)
  }

  /** Among the last of every sender, so that no row is broken: behind a gap first, then by tip. */
  private cheapest(): Pooled | undefined {
    let worst: Candidate | undefined
    let worstWaits = false
    for (const queue of this.queues.values()) {
      const entry = queue.last()
      if (!entry) continue
      const waits = entry.transaction.nonce >= queue.pendingNonce()
      if (worstWaits && !waits) continue
      const candidate = { entry, tip: tipAt(entry.transaction, this.baseFee) }
      if (!worst || (waits && !worstWaits) || isBetter(worst, candidate)) {
        worst = candidate
        worstWaits = waits
      }
    }
    return worst?.entry
  }

  /** After a final block: forgets what it included and what its new accounts make impossible. */
  finalised(
    included: readonly Hex[],
    accounts: Iterable<{ readonly address: Hex } & AccountView>,
    baseFee: bigint,
  ): void {
    this.baseFee = baseFee
    for (const hash of included) {
      const entry = this.byHash.get(hash)
      if (entry) this.remove(entry)
    }
    for (const { address, nonce, balance } of accounts) {
      const queue = this.queues.get(address)
      for (const entry of queue?.outdated({ nonce, balance }) ?? []) this.remove(entry)
    }
  }

  /** Has the sender one whose turn it is? */
  isExecutable(sender: Hex): boolean {
    const queue = this.queues.get(sender)
    return queue?.at(queue.account.nonce) !== undefined
  }

  /** Is there anything that `best` would choose? */
  hasAny({ gasLimit, baseFee, exclude }: Omit<Choice, 'max'>): boolean {
    for (const queue of this.queues.values()) {
      const head = nextCandidate(queue, queue.account.nonce, baseFee, exclude)
      if (head && head.entry.transaction.gasLimit <= gasLimit) return true
    }
    return false
  }

  /** The best by tip, each sender's in nonce order, within `gasLimit` and `max`. */
  best({ gasLimit, baseFee, max, exclude }: Choice): Pooled[] {
    const heads: Candidate[] = []
    for (const queue of this.queues.values()) {
      const head = nextCandidate(queue, queue.account.nonce, baseFee, exclude)
      if (head) heads.push(head)
    }
    heads.sort((a, b) => (isBetter(a, b) ? 1 : -1))
    const chosen: Pooled[] = []
    let gasLeft = gasLimit
    while (heads.length > 0 && chosen.length < max && gasLeft >= 21_000) {
      const { entry } = heads.pop() as Candidate
      const { nonce, gasLimit: gas } = entry.transaction
      // A transaction that does not fit takes its sender's later ones with it.
      if (gas > gasLeft) continue
      gasLeft -= gas
      chosen.push(entry)
      const queue = this.queues.get(entry.sender) as SenderQueue
      const next = nextCandidate(queue, nonce + 1, baseFee, exclude)
      if (next) insertSorted(heads, next)
    }
    return chosen
  }
}

function nextCandidate(
  queue: SenderQueue,
  from: number,
  baseFee: bigint,
  exclude: ReadonlySet<Hex>,
): Candidate | undefined {
  for (let nonce = from; ; nonce++) {
    const entry = queue.at(nonce)
    if (!entry) return undefined
    if (exclude.has(entry.transaction.hash)) continue
    const tip = tipAt(entry.transaction, baseFee)
    return tip < 0n ? undefined : { entry, tip }
  }
}

/** `heads` is sorted with the best at the end. */
function insertSorted(heads: Candidate[], candidate: Candidate): void {
  let low = 0
  let high = heads.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBetter(heads[middle] as Candidate, candidate)) high = middle
    else low = middle + 1
  }
  heads.splice(low, 0, candidate)
}
