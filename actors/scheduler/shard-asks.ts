// Questions to the shards of the rollup, by the nodes that also serve the chain.

import type { Hex } from '../../lib/hex.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import type { AskOutcome } from '../../runtime/context.ts'
import type { AskNames, Body, Reply } from '../../runtime/messages.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { archiveOf, type Desk } from './desk.ts'

type Verbs = (typeof ShardMessages)['verbs']

const READ_WITHIN_MS = 5000
/** So long it is believed how many shards there are. */
const SHARDS_KNOWN_MS = 2000

/** Governance may change how many shards there are: what is said counts for the next question. */
function lookAtShards(desk: Desk): void {
  const { ctx, shards } = desk
  if (ctx.now() - shards.askedAt < SHARDS_KNOWN_MS) return
  shards.askedAt = ctx.now()
  ctx.ask(ShardMessages, shardKey(archiveOf(desk), 0), 'Head', null, {
    within: READ_WITHIN_MS,
    ok: (head) => {
      shards.count = head.shards
    },
    failed: () => {},
  })
}

/** The shard of an account or of a lock; whoever finds nothing there asks again. */
export function shardAt(desk: Desk, index: number): number {
  lookAtShards(desk)
  return shardOf(index, desk.shards.count)
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
  lookAtShards(desk)
  if (shard >= desk.shards.count) {
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
