// Asks all shards of all nodes for their accounts, once all is quiet: what they say is compared
// with what must be.

import { ShardMessages, shardKey } from '../../../actors/messages/shard.ts'
import type { Hex } from '../../../lib/hex.ts'
import { nothing } from '../../../lib/schema.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import { messages, tell } from '../../../runtime/messages.ts'

export interface Said {
  readonly node: string
  readonly index: number
  readonly balance: bigint
  readonly nonce: number
  /** After which it is so. */
  readonly claim: Hex
}

/** What is written on by both sides. */
export interface Observed {
  /** From here on the observer asks. */
  isQuiet: boolean
  /** How many shards there are. */
  shards: number
  readonly said: Map<string, Said>
}

export interface ObserverProps {
  readonly nodes: readonly string[]
  readonly accounts: readonly number[]
  readonly observed: Observed
}

const EVERY_MS = 500

function look(ctx: Context, props: ObserverProps): void {
  const { nodes, accounts, observed } = props
  ctx.after('look', EVERY_MS, () => look(ctx, props))
  if (!observed.isQuiet) return
  for (const node of nodes) {
    for (const index of accounts) {
      const key = shardKey(node, shardOf(index, observed.shards))
      // Not `Account`, which tells of what an open draft has done as well.
      ctx.ask(
        ShardMessages,
        key,
        'AccountProof',
        { index, settled: false },
        {
          within: EVERY_MS,
          ok: (proof) => {
            if (!proof) return
            const record = new DataView(Uint8Array.from(proof.record).buffer)
            const [balance, nonce] = [record.getBigUint64(0, true), record.getUint32(8, true)]
            observed.said.set(`${node} ${index}`, {
              node,
              index,
              balance,
              nonce,
              claim: proof.claim,
            })
          },
          failed: () => {},
        },
      )
    }
  }
}

export const Observer = actor({
  messages: messages('observer', 1, { Nothing: tell(nothing) }),
  restart: 'permanent',
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, props: ObserverProps) {
    look(ctx, props)
    return { Nothing() {} }
  },
})
