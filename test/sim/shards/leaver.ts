// The owner of all accounts, as he takes his money out of a shard that is not served any more: he
// orders a withdrawal on the base chain, freezes the shard when nobody has served it, and fetches
// what is owed to him, by what any node proves. Everything is tried again until a final block shows
// it, and some of it again then: it must not be paid twice.

import { BlockBuilderMessages } from '../../../actors/messages/block-builder.ts'
import { MempoolMessages } from '../../../actors/messages/mempool.ts'
import { ShardMessages, shardKey } from '../../../actors/messages/shard.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { EXIT_INDEX, ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { isHeld } from '../../../protocol/rollup/lock-record.ts'
import {
  encodeClaimExit,
  encodeDepositTo,
  encodeExitFrozen,
  encodeForceTransfer,
  encodeFreeze,
  encodeRefundMessage,
  encodeSettleFrozen,
} from '../../../protocol/rollup/rollup-calls.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import { messages } from '../../../runtime/messages.ts'
import { OWNER, OWNER_SECRET } from '../rollup/rollup-chain.ts'
import { NODES } from '../rollup/rollup-nodes.ts'
import { simSecp256k1 } from '../sim-crypto.ts'

/** What he wants, as the course of the seed has it. */
export interface Wishes {
  readonly shard: number
  /** `force`, `deposit`, `freeze`, or as leaving-model.ts names what is paid. */
  wanted: readonly string[]
  /** Of the last block. */
  height: number
  /** Claim at whose root the shard stands. */
  number: number
}

interface LeaverProps {
  readonly wishes: Wishes
  /** Account of the shard that is withdrawn from, and paid. */
  readonly account: number
}

interface Call {
  readonly data: Uint8Array
  readonly value: bigint
}

const WITHIN_MS = 1000
const EVERY_MS = 400
const AT_ONCE = 24
/** Share of the calls that are made twice. */
const AGAIN = 4
const FORCED = 5n
const DEPOSITED = 7n
const HASH: Hex = `0x${'66'.repeat(32)}`

class Owner {
  private readonly ctx: Context
  private readonly props: LeaverProps
  /** By what is wanted; what was once proved against the root of a frozen shard is for ever. */
  private readonly calls = new Map<string, Call>()

  constructor(ctx: Context, props: LeaverProps) {
    this.ctx = ctx
    this.props = props
    this.again()
  }

  private again(): void {
    this.ctx.after('again', EVERY_MS, () => this.act())
  }

  private node(): string {
    return NODES[this.ctx.random(NODES.length)] as string
  }

  private act(): void {
    const { ctx, props } = this
    const wanted = props.wishes.wanted.slice(0, AT_ONCE)
    if (wanted.length === 0) {
      this.again()
      return
    }
    for (const what of wanted) if (!this.calls.has(what)) this.prepare(what)
    const at = this.node()
    const failed = () => this.again()
    const body = { address: OWNER, slots: [] }
    ctx.ask(BlockBuilderMessages, at, 'Prove', body, {
      within: WITHIN_MS,
      failed,
      ok: ({ account }) => {
        const calls = wanted.flatMap((what) => this.calls.get(what) ?? [])
        const twice = calls.flatMap((one) => (ctx.random(AGAIN) === 0 ? [one, one] : [one]))
        const transactions = twice.map((one, i) => this.sign(account.nonce + i, one))
        if (transactions.length === 0) {
          failed()
          return
        }
        ctx.ask(
          MempoolMessages,
          at,
          'Submit',
          { transactions },
          {
            within: WITHIN_MS,
            failed,
            ok: () => this.again(),
          },
        )
      },
    })
  }

  private sign(nonce: number, { data, value }: Call): Uint8Array {
    const transaction = {
      type: 2 as const,
      chainId: 1337n,
      nonce,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
      gasLimit: 1_000_000,
      to: ROLLUP_ADDRESS,
      value,
      data,
      accessList: [],
    }
    return signTransaction(transaction, OWNER_SECRET, simSecp256k1)
  }

  private prepare(what: string): void {
    const { account, wishes } = this.props
    const [kind, name = ''] = what.split(' ')
    const call = (data: Uint8Array, value = 0n) => void this.calls.set(what, { data, value })
    if (kind === 'force') call(encodeForceTransfer(account, EXIT_INDEX, FORCED))
    else if (kind === 'deposit') call(encodeDepositTo(account), DEPOSITED * ROLLUP_UNIT_WEI)
    else if (kind === 'freeze') call(encodeFreeze(wishes.shard))
    else if (kind === 'message') call(encodeRefundMessage(wishes.shard, Number(name)))
    else if (kind === 'exit') this.proveExit(name, call)
    else this.proveRecord(Number(name), call)
  }

  private proveExit(place: string, call: (data: Uint8Array) => void): void {
    const [shard, number, position] = place.split('/').map(Number) as [number, number, number]
    const body = { shard, number, position, near: false }
    this.ctx.ask(ShardMessages, shardKey(this.node(), shard), 'ExitProof', body, {
      within: WITHIN_MS,
      failed: () => {},
      ok: (found) => found && call(encodeClaimExit({ shard, number, position, ...found })),
    })
  }

  /** An account's, or a lock's: for the payee until its deadline, then for who has locked it. */
  private proveRecord(index: number, call: (data: Uint8Array) => void): void {
    const { wishes } = this.props
    const body = { index, settled: false }
    this.ctx.ask(ShardMessages, shardKey(this.node(), wishes.shard), 'AccountProof', body, {
      within: WITHIN_MS,
      failed: () => {},
      ok: (found) => {
        // Some nodes are behind.
        if (found?.number !== wishes.number) return
        const { record, proof: path } = found
        const proof = Uint8Array.from(path.flatMap((node) => [...hexToBytes(node)]))
        const words = new DataView(record.buffer, record.byteOffset)
        const isOpen = wishes.height < words.getUint32(24, true)
        if (!isHeld(words.getUint32(12, true)) || !isOpen) {
          call(encodeExitFrozen(index, bytesToHex(record), proof))
          return
        }
        const amount = words.getBigUint64(0, true) / 2n
        call(encodeSettleFrozen(index, { amount, hash: HASH }, bytesToHex(record), proof))
      },
    })
  }
}

export const Leaver = actor({
  messages: messages('leaver', 1, {}),
  restart: 'permanent',
  mailbox: { capacity: 256, overflow: 'reject' },
  setup(ctx, props: LeaverProps) {
    new Owner(ctx, props)
    return {}
  },
})
