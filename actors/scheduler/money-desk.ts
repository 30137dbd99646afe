// Sends the coordinator's transactions. Each one is on disk before it leaves, keeps its nonce for
// ever, and is sent again (dearer when it waits long) until it is seen in a final block: so a crash
// at any moment neither loses a payment nor makes a second one.

import { MONEY_BUMP_AFTER_MS, MONEY_RESEND_MS } from '../../config/limits.ts'
import { bytesToBigint, u64, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import { createMarketModule } from '../../protocol/market/market-module.ts'
import type { Module } from '../../protocol/modules/module.ts'
import { MARKET_ADDRESS } from '../../protocol/params.ts'
import { signCall } from '../../protocol/transaction/sign-call.ts'
import type { Context } from '../../runtime/context.ts'
import { MempoolMessages } from '../messages/mempool.ts'
import type { JobBook } from './job-book.ts'

export type MoneyKind = 'open' | 'assign' | 'settle' | 'fail' | 'refund'

interface Entry {
  readonly nonce: number
  readonly jobId: Hex
  readonly kind: MoneyKind
  readonly data: Hex
  /** Wei per gas. */
  maxFee: bigint
  tip: bigint
  raw: Hex
  /** Every version of this transaction that was ever sent. */
  hashes: Hex[]
  sentAt: number
  signedAt: number
}

export interface Mined {
  readonly jobId: Hex
  readonly kind: MoneyKind
}

/** Verdicts of a mempool that need nothing: it has it, or a block had it. */
const TAKEN = ['', 'ALREADY_KNOWN', 'NONCE_TOO_LOW']

const TIP = 100_000_000n
const GAS_INTRINSIC = 21_000
/** EIP-7623: no byte of calldata costs more than this. */
const GAS_PER_BYTE = 40

export interface MoneyProps {
  readonly chainId: bigint
  readonly secretKey: Uint8Array
  readonly secp256k1: Secp256k1
  /** Nodes whose mempools take our transactions, tried in turn. */
  readonly nodes: readonly string[]
}

export class MoneyDesk {
  private readonly ctx: Context
  private readonly props: MoneyProps
  private readonly book: JobBook
  private readonly market: Module
  private readonly entries = new Map<number, Entry>()
  private readonly byHash = new Map<Hex, number>()
  private nextNonce: number | undefined
  private node = 0
  /** Wei per gas in the newest block. */
  baseFee = 1_000_000_000n

  constructor(ctx: Context, props: MoneyProps, book: JobBook) {
    this.ctx = ctx
    this.props = props
    this.book = book
    this.market = createMarketModule(props.secp256k1)
    for (const [key, value] of ctx.store.range('outbox', { limit: Number.MAX_SAFE_INTEGER })) {
      const entry = decodeEntry(Number(bytesToBigint(key)), value)
      this.remember({ ...entry, signedAt: ctx.now(), sentAt: ctx.now() - 2 * MONEY_RESEND_MS })
    }
  }

  /** True once the account's nonce is known; nothing can be sent before. */
  get ready(): boolean {
    return this.nextNonce !== undefined
  }

  start(chainNonce: number): void {
    const waiting = [...this.entries.keys()]
    this.nextNonce = Math.max(chainNonce, ...waiting.map((nonce) => nonce + 1))
  }

  /** Notes a transaction in this turn's commit and sends it after. Returns its hash. */
  send(jobId: Hex, kind: MoneyKind, data: Uint8Array): Hex {
    if (this.nextNonce === undefined) throw new Error('money desk: not ready')
    const nonce = this.nextNonce++
    const maxFee = this.baseFee * 4n + TIP
    const signed = this.sign(nonce, data, maxFee, TIP)
    const entry: Entry = {
      nonce,
      jobId,
      kind,
      data: bytesToHex(data),
      maxFee,
      tip: TIP,
      raw: bytesToHex(signed.raw),
      hashes: [signed.hash],
      sentAt: 0,
      signedAt: this.ctx.now(),
    }
    this.remember(entry)
    this.book.put('outbox', u64(nonce), encodeEntry(entry))
    this.book.afterCommit(() => this.submit(entry))
    return signed.hash
  }

  /** A transaction of a final block: what it was, if it was ours. */
  mined(hash: Hex): Mined | undefined {
    const nonce = this.byHash.get(hash)
    const entry = nonce === undefined ? undefined : this.entries.get(nonce)
    if (entry === undefined) return undefined
    this.entries.delete(entry.nonce)
    for (const sent of entry.hashes) this.byHash.delete(sent)
    this.book.put('outbox', u64(entry.nonce), undefined)
    return { jobId: entry.jobId, kind: entry.kind }
  }

  isWaiting(jobId: Hex): boolean {
    for (const entry of this.entries.values()) if (entry.jobId === jobId) return true
    return false
  }

  size(): number {
    return this.entries.size
  }

  /** Sends again what is not final yet. */
  tick(): void {
    if (!this.ready) return
    const now = this.ctx.now()
    for (const entry of this.entries.values()) {
      if (now - entry.signedAt > MONEY_BUMP_AFTER_MS) this.bump(entry)
      else if (now - entry.sentAt > MONEY_RESEND_MS) this.submit(entry)
    }
  }

  private sign(nonce: number, data: Uint8Array, maxFee: bigint, tip: bigint) {
    const { chainId, secretKey, secp256k1 } = this.props
    const gas = GAS_INTRINSIC + GAS_PER_BYTE * data.length + this.market.gas(data)
    const call = { chainId, nonce, to: MARKET_ADDRESS, data, gas, maxFee, tip }
    return signCall(call, secretKey, secp256k1)
  }

  /** The same nonce and call at twice the fee: whichever version is included, the others are dead. */
  private bump(entry: Entry): void {
    entry.maxFee = entry.maxFee * 2n > this.baseFee * 4n ? entry.maxFee * 2n : this.baseFee * 4n
    entry.tip *= 2n
    const signed = this.sign(entry.nonce, hexToBytes(entry.data), entry.maxFee, entry.tip)
    entry.raw = bytesToHex(signed.raw)
    entry.hashes.push(signed.hash)
    entry.signedAt = this.ctx.now()
    this.remember(entry)
    this.book.put('outbox', u64(entry.nonce), encodeEntry(entry))
    this.book.afterCommit(() => this.submit(entry))
    this.ctx.log('warn', 'transaction-bumped', { nonce: entry.nonce, kind: entry.kind })
    this.ctx.reached('scheduler-transaction-bumped')
  }

  private submit(entry: Entry): void {
    entry.sentAt = this.ctx.now()
    const node = this.props.nodes[this.node % this.props.nodes.length] as string
    const transactions = [hexToBytes(entry.raw)]
    this.ctx.ask(
      MempoolMessages,
      node,
      'Submit',
      { transactions },
      {
        within: MONEY_RESEND_MS,
        ok: ([verdict]) => {
          if (verdict === undefined || TAKEN.includes(verdict.code)) return
          this.ctx.log('warn', 'transaction-not-taken', {
            nonce: entry.nonce,
            kind: entry.kind,
            code: verdict.code,
            message: verdict.message,
          })
        },
        failed: () => void this.node++,
      },
    )
  }

  private remember(entry: Entry): void {
    this.entries.set(entry.nonce, entry)
    for (const hash of entry.hashes) this.byHash.set(hash, entry.nonce)
  }
}

function encodeEntry(entry: Entry): Uint8Array {
  const { jobId, kind, data, raw, hashes } = entry
  const fees = { maxFee: entry.maxFee.toString(), tip: entry.tip.toString() }
  return utf8(JSON.stringify({ jobId, kind, data, ...fees, raw, hashes }))
}

function decodeEntry(nonce: number, value: Uint8Array): Entry {
  const plain = JSON.parse(new TextDecoder().decode(value))
  const fees = { maxFee: BigInt(plain.maxFee), tip: BigInt(plain.tip) }
  return { ...plain, ...fees, nonce, sentAt: 0, signedAt: 0 }
}
