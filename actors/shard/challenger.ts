// Brings a challenge to the base chain, with its bond, from the account of the node. It is tried
// out on the last final state before each sending, so that no bond is lost for a challenge that
// would not hold; and it is sent again, a bounded number of times, until the shard is frozen.

import { ROLLUP_CHALLENGE_WAIT_MS, ROLLUP_CHALLENGES_MAX } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { decodeArguments } from '../../protocol/abi/codec.ts'
import { decodeHeader } from '../../protocol/block/header-codec.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import { ROLLUP_ADDRESS, ROLLUP_CHALLENGE_BOND_WEI } from '../../protocol/params.ts'
import { CHALLENGE } from '../../protocol/rollup/rollup-abi.ts'
import { encodeChallengeCall } from '../../protocol/rollup/rollup-calls.ts'
import { signCall } from '../../protocol/transaction/sign-call.ts'
import type { Context } from '../../runtime/context.ts'
import { ArchiveMessages } from '../messages/archive.ts'
import { MempoolMessages } from '../messages/mempool.ts'

/** The account that pays the bond, and gets it back. */
export interface ChallengerKey {
  readonly chainId: bigint
  readonly address: Hex
  readonly secretKey: Uint8Array
  readonly secp256k1: Secp256k1
}

const ASK_MS = 5000
const TIP = 1_000_000_000n
/** More than judging takes, and what a byte of calldata costs at most. */
const GAS = 1_500_000
const GAS_PER_BYTE = 40

export class Challenger {
  private readonly ctx: Context
  private readonly node: string
  private readonly key: ChallengerKey
  private readonly shard: number
  private tries = 0
  private isOver = false

  constructor(ctx: Context, node: string, shard: number, key: ChallengerKey) {
    this.ctx = ctx
    this.node = node
    this.shard = shard
    this.key = key
  }

  /** `challenge` is asked each time: the chain may have ordered more claims. */
  start(challenge: () => Uint8Array, sent: () => void): void {
    if (this.isOver) return
    const { ctx, shard } = this
    if (this.tries++ >= ROLLUP_CHALLENGES_MAX) {
      ctx.log('error', 'challenge-given-up', { shard, tries: ROLLUP_CHALLENGES_MAX })
      ctx.reached('shard-challenge-given-up')
      return
    }
    ctx.after('challenge', ROLLUP_CHALLENGE_WAIT_MS, () => this.start(challenge, sent))
    this.tryOut(encodeChallengeCall(challenge()), sent)
  }

  /** The chain has judged. */
  stop(): void {
    this.isOver = true
    this.ctx.cancel('challenge')
  }

  private failed(why: string): void {
    this.ctx.log('warn', 'challenge-not-sent', { shard: this.shard, why })
  }

  private tryOut(data: Uint8Array, sent: () => void): void {
    const { ctx, node, key } = this
    const gas = GAS + GAS_PER_BYTE * data.length
    const value = ROLLUP_CHALLENGE_BOND_WEI
    const call = { from: key.address, to: ROLLUP_ADDRESS, value, data, gas, gasPrice: 0n }
    ctx.ask(ArchiveMessages, node, 'Call', call, {
      within: ASK_MS,
      ok: ({ ok, code, output }) => {
        if (!ok) this.failed(`the call would fail: ${code}`)
        else if (!decodeArguments(CHALLENGE.outputs, output)[0]) this.failed('it would not hold')
        else this.send(data, gas, sent)
      },
      failed: ({ reason }) => this.failed(`the chain could not be read: ${reason}`),
    })
  }

  private send(data: Uint8Array, gas: number, sent: () => void): void {
    const { ctx, node, key } = this
    const failed = () => this.failed('the chain could not be read')
    ctx.ask(ArchiveMessages, node, 'Head', null, {
      within: ASK_MS,
      ok: ({ header }) => {
        const maxFee = 4n * decodeHeader(header).baseFeePerGas + TIP
        const body = { address: key.address }
        ctx.ask(ArchiveMessages, node, 'Account', body, {
          within: ASK_MS,
          ok: ({ nonce }) => this.submit(data, gas, maxFee, nonce, sent),
          failed,
        })
      },
      failed,
    })
  }

  private submit(data: Uint8Array, gas: number, maxFee: bigint, nonce: number, sent: () => void) {
    const { ctx, node, key, shard } = this
    const value = ROLLUP_CHALLENGE_BOND_WEI
    const { chainId, secretKey, secp256k1 } = key
    // Whoever has the nonce of before has been sent before: the dearer one takes its place.
    const tip = TIP * 2n ** BigInt(this.tries - 1)
    const call = { chainId, nonce, to: ROLLUP_ADDRESS, data, value, gas, maxFee: maxFee + tip, tip }
    const { raw, hash } = signCall(call, secretKey, secp256k1)
    const body = { transactions: [raw] }
    ctx.ask(MempoolMessages, node, 'Submit', body, {
      within: ASK_MS,
      ok: ([verdict]) => {
        if (verdict && verdict.code !== '') {
          this.failed(`${verdict.code}: ${verdict.message}`)
          return
        }
        ctx.log('warn', 'challenge-sent', { shard, hash, from: key.address })
        ctx.reached('shard-challenge-sent')
        sent()
      },
      failed: () => this.failed('the mempool did not answer'),
    })
  }
}
