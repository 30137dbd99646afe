// Transactions that wait for a block: checked, kept by sender and nonce, told to the peers,
// handed to the block-builder by fee, dropped when a final block has them. All of it may be lost
// in a crash: a client's proof that its transaction counts is its receipt.

import {
  MEMPOOL_PER_SENDER_MAX,
  MEMPOOL_RETELL_MS,
  MEMPOOL_TRANSACTIONS_MAX,
  TRANSACTION_BYTES_MAX,
} from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import {
  TRANSACTION_REFUSALS,
  type TransactionRefusal,
} from '../../protocol/errors/transaction-refusals.ts'
import { checkStateless } from '../../protocol/execution/apply-transaction.ts'
import { BLOCK_GAS_LIMIT } from '../../protocol/params.ts'
import { decodeTransaction } from '../../protocol/transaction/decode-transaction.ts'
import type { Transaction } from '../../protocol/transaction/transaction.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { Cause } from '../../runtime/trace/cause.ts'
import { countsOf } from '../messages/figures.ts'
import { MempoolMessages } from '../messages/mempool.ts'
import { ValidatorMessages } from '../messages/validator.ts'
import { AccountDesk } from './account-desk.ts'
import { Forwarders } from './forwarders.ts'
import { Pool } from './pool.ts'
import { SenderChecks } from './sender-checks.ts'
import type { AccountView } from './sender-queue.ts'
import { TracedTransactions } from './traced-transactions.ts'

export interface MempoolProps {
  readonly chainId: bigint
  /** Keys of the other nodes' mempools. */
  readonly peers: readonly string[]
  /** Keys of this node's own archive and validator. */
  readonly archive: string
  readonly validator: string
  readonly limits?: { readonly total: number; readonly perSender: number }
}

interface Verdict {
  readonly hash: Hex
  readonly code: string
  readonly message: string
}

type Read =
  | { readonly hash: Hex; readonly code: ''; readonly transaction: Transaction }
  | { readonly hash: Hex; readonly code: TransactionRefusal; readonly detail?: string }

type Done = (index: number, hash: Hex, code: TransactionRefusal | '', detail?: string) => void

/** What the transactions of one message share until each has its verdict. */
interface Delivery {
  readonly own: boolean
  readonly cause: Cause | undefined
  readonly done: Done
}

/** One of them, decoded. */
interface Delivered {
  readonly transaction: Transaction
  readonly delivery: Delivery
  readonly index: number
}

/** Accepted from a client and not told to the peers yet. */
interface Untold {
  readonly raw: Uint8Array
  readonly cause: Cause | undefined
}

/** What a Forward message carries at most (actors/messages/mempool.ts). */
const FORWARD_MAX = 256

class Desk {
  readonly pool: Pool
  readonly accounts: AccountDesk
  readonly traced: TracedTransactions
  /** Transactions refused, by code. */
  readonly refused: Record<string, number> = {}
  private readonly ctx: Context
  private readonly props: MempoolProps
  private readonly checks: SenderChecks
  private readonly inCheck = new Set<Hex>()
  private untold: Untold[] = []
  private waking: 'no' | 'told' | 'again' = 'no'

  constructor(ctx: Context, props: MempoolProps) {
    this.ctx = ctx
    this.props = props
    const total = MEMPOOL_TRANSACTIONS_MAX
    this.pool = new Pool(props.limits ?? { total, perSender: MEMPOOL_PER_SENDER_MAX })
    this.accounts = new AccountDesk(ctx, props.archive)
    this.checks = new SenderChecks(ctx)
    this.traced = new TracedTransactions(ctx)
    this.retell()
  }

  /** Calls `done` once for each transaction, now or later. PERF: each waits with few objects. */
  take(transactions: readonly Uint8Array[], own: boolean, done: Done): void {
    const delivery = { own, cause: this.ctx.cause, done }
    for (const [index, raw] of transactions.entries()) this.takeOne(raw, delivery, index)
    this.checks.start()
  }

  private takeOne(raw: Uint8Array, delivery: Delivery, index: number): void {
    const read = this.read(raw)
    if (read.code !== '') {
      this.say(delivery, index, read.hash, read.code, read.detail)
      return
    }
    const { hash, transaction } = read
    const one = { transaction, delivery, index }
    const queued = this.checks.add(raw, (sender) => this.found(one, sender))
    if (queued) this.inCheck.add(hash)
    else this.say(delivery, index, hash, 'BUSY')
  }

  private say(
    { done }: Delivery,
    index: number,
    hash: Hex,
    code: TransactionRefusal | '',
    detail?: string,
  ): void {
    if (code !== '') this.refused[code] = (this.refused[code] ?? 0) + 1
    done(index, hash, code, detail)
  }

  private end({ delivery, index, transaction }: Delivered, code: TransactionRefusal | ''): void {
    this.inCheck.delete(transaction.hash)
    this.say(delivery, index, transaction.hash, code)
  }

  /** Checks of several messages share a task and its callback: each goes on under its own cause. */
  private found(one: Delivered, sender: Hex | null | undefined): void {
    const { cause } = one.delivery
    if (this.ctx.cause === cause) this.withSender(one, sender)
    else this.ctx.causedBy(cause, () => this.withSender(one, sender))
  }

  /** What can be said without the sender: the cheap checks come before the signature. */
  private read(raw: Uint8Array): Read {
    if (raw.length > TRANSACTION_BYTES_MAX) return { hash: keccakHex(raw), code: 'OVERSIZED' }
    const decoded = decodeTransaction(raw)
    if (!decoded.ok) return { hash: keccakHex(raw), code: 'UNDECODABLE', detail: decoded.detail }
    const { transaction } = decoded
    const { hash } = transaction
    const env = { chainId: this.props.chainId, gasLimit: BLOCK_GAS_LIMIT }
    const code = checkStateless(transaction, env)
    if (code) return { hash, code }
    if (this.pool.lookup(hash) || this.inCheck.has(hash)) return { hash, code: 'ALREADY_KNOWN' }
    return { hash, code: '', transaction }
  }

  private withSender(one: Delivered, sender: Hex | null | undefined): void {
    if (!sender) this.end(one, sender === null ? 'INVALID_SENDER' : 'BUSY')
    else if (this.pool.knowsSender(sender)) this.add(one, sender, undefined)
    else {
      const { cause } = one.delivery
      this.accounts.ask(sender, (account) =>
        this.ctx.causedBy(cause, () => this.add(one, sender, account)),
      )
    }
  }

  private add(one: Delivered, sender: Hex, account: AccountView | undefined): void {
    const { transaction, delivery } = one
    const { own } = delivery
    const added = this.pool.add(transaction, sender, account, { own, at: this.ctx.now() })
    if (added.ok) this.traced.add(transaction.hash)
    if (added.ok && own) this.tellSoon(transaction.raw)
    if (added.ok && added.executable) this.wakeValidator()
    this.end(one, added.ok ? '' : added.code)
  }

  /**
   * At once, and once more for all that comes right after it. Blocks are made for everybody:
   * consensus is no part of one transaction's trace.
   */
  wakeValidator(): void {
    if (this.waking !== 'no') {
      this.waking = 'again'
      return
    }
    this.waking = 'told'
    this.ctx.causedBy(undefined, () => {
      this.ctx.tell(ValidatorMessages, this.props.validator, 'TransactionWaiting', null)
      this.ctx.after('wake', 0, () => {
        const again = this.waking === 'again'
        this.waking = 'no'
        if (again) this.wakeValidator()
      })
    })
  }

  /** One message to each peer for everything that was accepted in this turn. */
  private tellSoon(raw: Uint8Array): void {
    this.untold.push({ raw, cause: this.ctx.cause })
    if (this.untold.length >= FORWARD_MAX) this.tellNow()
    else if (this.untold.length === 1) this.ctx.after('tell', 0, () => this.tellNow())
  }

  private tellNow(): void {
    const byTrace = new Map<string, Untold[]>()
    for (const one of this.untold) {
      const trace = one.cause?.trace ?? ''
      const batch = byTrace.get(trace)
      if (batch) batch.push(one)
      else byTrace.set(trace, [one])
    }
    this.untold = []
    // Told peers may lose it as well: what waits is told again.
    if (this.ctx.buggify('mempool-tells-nobody')) return
    for (const batch of byTrace.values()) {
      const transactions = batch.map(({ raw }) => raw)
      this.ctx.causedBy(batch[0]?.cause, () => {
        for (const peer of this.props.peers) {
          this.ctx.tell(MempoolMessages, peer, 'Forward', { transactions })
        }
      })
    }
  }

  /** A told transaction may have been lost, or its peer restarted: what still waits is told again. */
  private retell(): void {
    this.ctx.after('retell', MEMPOOL_RETELL_MS, () => {
      const before = this.ctx.now() - MEMPOOL_RETELL_MS
      for (const { own, receivedAt, transaction } of this.pool.entries()) {
        if (this.untold.length >= FORWARD_MAX) break
        if (own && receivedAt <= before) {
          this.untold.push({ raw: transaction.raw, cause: undefined })
        }
      }
      if (this.untold.length > 0) this.ctx.reached('mempool-retold')
      this.tellNow()
      this.retell()
    })
  }
}

function messageOf(code: TransactionRefusal | '', detail: string | undefined): string {
  if (code === '') return ''
  return detail ? `${TRANSACTION_REFUSALS[code]}: ${detail}` : TRANSACTION_REFUSALS[code]
}

export const Mempool = actor({
  messages: MempoolMessages,
  restart: 'permanent',
  mailbox: { capacity: 4096, overflow: 'reject' },
  setup(ctx, props: MempoolProps) {
    const desk = new Desk(ctx, props)
    const { pool } = desk
    const forwarders = new Forwarders(ctx, props.peers)
    return {
      Submit({ transactions }, reply) {
        const verdicts: Verdict[] = new Array(transactions.length)
        let open = transactions.length
        if (open === 0) reply([])
        desk.take(transactions, true, (index, hash, code, detail) => {
          verdicts[index] = { hash, code, message: messageOf(code, detail).slice(0, 512) }
          if (--open === 0) reply(verdicts)
        })
      },
      Forward({ transactions }) {
        const peer = forwarders.admit(transactions.length)
        if (peer === undefined) return
        desk.take(transactions, false, (_index, _hash, code) => forwarders.verdict(peer, code))
      },
      TakeForBlock({ gasLimit, baseFee, max, exclude }, reply) {
        const chosen = pool.best({ gasLimit, baseFee, max, exclude: new Set(exclude) })
        const transactions = chosen.map(({ transaction: { raw }, sender }) => ({ raw, sender }))
        reply({ transactions, traced: desk.traced.of(chosen.map((one) => one.transaction.hash)) })
      },
      HasForBlock({ gasLimit, baseFee, exclude }, reply) {
        reply(pool.hasAny({ gasLimit, baseFee, exclude: new Set(exclude) }))
      },
      SendersOf({ hashes }, reply) {
        reply(hashes.map((hash) => pool.lookup(hash)?.sender))
      },
      Finalised({ baseFee, included, accounts }) {
        for (const account of accounts) desk.accounts.finalised(account.address, account)
        pool.finalised(included, accounts, baseFee)
        desk.traced.end(included)
        // What came before its sender's former one was final here has woken nobody.
        if (accounts.some(({ address }) => pool.isExecutable(address))) desk.wakeValidator()
      },
      PendingNonce({ address }, reply) {
        reply(pool.pendingNonce(address))
      },
      Lookup({ hash }, reply) {
        const found = pool.lookup(hash)
        reply(found && { raw: found.transaction.raw, sender: found.sender })
      },
      Size(_, reply) {
        reply(pool.counts())
      },
      Figures(_, reply) {
        reply({ refused: countsOf(desk.refused), throttled: forwarders.throttled })
      },
      inspect: () => pool.counts(),
    }
  },
})
