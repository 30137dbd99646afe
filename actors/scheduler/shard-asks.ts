// Questions to the shards of the rollup, by the nodes that also serve the chain.

import type { Hex } from '../../lib/hex.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import type { AskOutcome } from '../../runtime/context.ts'
import type { AskNames, Body, Reply } from '../../runtime/messages.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { archiveOf, type Desk } from './desk.ts'

type Verbs = (typeof ShardMessages)['verbs']

const READ_WITHIN_MS = 5000

/** The shard of an account or of a lock. */
export function shardAt({ props }: Desk, index: number): number {
  return shardOf(index, props.shards)
}

/** `failed` when the node is silent; the next question goes to another one. */
export function askShard<N extends AskNames<Verbs>>(
  desk: Desk,
  shard: number,
  verb: N,
  body: Body<Verbs, N>,
  { ok, failed }: Pick<AskOutcome<Reply<Verbs, N>>, 'ok'> & { failed: () => void },
): void {
  desk.ctx.ask(ShardMessages, shardKey(archiveOf(desk), shard), verb, body, {
    within: READ_WITHIN_MS,
    ok,
    failed: () => {
      desk.archive++
      failed()
    },
  })
}

/** An owner's account that this key signs for; undefined where no shard knows one. */
export function findAccount(
  desk: Desk,
  owner: Hex,
  spendKey: Hex,
  found: (index: number | undefined) => void,
  shard = 0,
): void {
  if (shard >= desk.props.shards) {
    found(undefined)
    return
  }
  const failed = () => found(undefined)
  const next = () => findAccount(desk, owner, spendKey, found, shard + 1)
  askShard(
    desk,
    shard,
    'IndexOf',
    { owner },
    {
      ok: (index) => {
        if (index === undefined) next()
        else {
          const ok = (account: Reply<Verbs, 'Account'>) => {
            if (account?.spendKey === spendKey) found(index)
            else next()
          }
          askShard(desk, shard, 'Account', { index }, { ok, failed })
        }
      },
      failed,
    },
  )
}
