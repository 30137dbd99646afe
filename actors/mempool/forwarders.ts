// The peers whose mempools tell of transactions: each within its rate, and what no honest mempool
// passes on is held against it (runtime/remote/conduct.ts).

import {
  MEMPOOL_PEER_BURST,
  MEMPOOL_PEER_PER_SECOND,
  PEER_EXCESS_PER_RUBBISH,
} from '../../config/limits.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import type { TransactionRefusal } from '../../protocol/errors/transaction-refusals.ts'
import type { Context } from '../../runtime/context.ts'
import { ref } from '../../runtime/ref.ts'
import { MempoolMessages } from '../messages/mempool.ts'

/** A mempool that accepted a transaction has found none of these. */
const NEVER_FORWARDED: readonly string[] = [
  'UNDECODABLE',
  'OVERSIZED',
  'WRONG_CHAIN',
  'INVALID_SENDER',
  'INTRINSIC_GAS_TOO_LOW',
  'FLOOR_GAS_TOO_LOW',
  'TIP_ABOVE_FEE_CAP',
] satisfies TransactionRefusal[]

export class Forwarders {
  private readonly ctx: Context
  private readonly peers: readonly string[]
  private readonly allowances = new Map<string, TokenBucket>()
  /** Transactions dropped for their sender's rate. */
  throttled = 0

  constructor(ctx: Context, peers: readonly string[]) {
    this.ctx = ctx
    this.peers = peers
  }

  /** The peer that tells of so many; undefined when they are not to be looked at. */
  admit(count: number): string | undefined {
    const { ctx } = this
    const peer = this.peers.find((one) => ctx.isFrom(MempoolMessages, one))
    if (peer === undefined) {
      ctx.blame('transactions from no mempool of this network')
      return undefined
    }
    const now = ctx.now()
    const allowance =
      this.allowances.get(peer) ?? new TokenBucket(MEMPOOL_PEER_PER_SECOND, MEMPOOL_PEER_BURST, now)
    this.allowances.set(peer, allowance)
    if (allowance.take(count, now)) return peer
    const before = this.throttled
    this.throttled += count
    const pieces = (excess: number) => Math.floor(excess / PEER_EXCESS_PER_RUBBISH)
    if (pieces(this.throttled) > pieces(before)) ctx.blame('tells of too many transactions')
    return undefined
  }

  verdict(peer: string, code: string): void {
    if (!NEVER_FORWARDED.includes(code)) return
    this.ctx.blame(`forwards a transaction: ${code}`, ref(MempoolMessages.kind, peer))
  }
}
