// Bugs on purpose, to see that the checkers see: the real shard with one thing wrong.

import { RollupSequencerMessages } from '../../../actors/messages/rollup-sequencer.ts'
import { ShardMessages } from '../../../actors/messages/shard.ts'
import { readClaim } from '../../../actors/shard/held-batch.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { ShardProps } from '../../../actors/shard/shard-props.ts'
import { type Actor, actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Store } from '../../../runtime/store.ts'
import { withContext } from './with-context.ts'

/**
 * vote-unheld: says of every claim that its batch is here; unwritten: says of batches that they
 * are durable and writes none; early-final: says that a batch is final when it is made;
 * other-balance: says of accounts that they have one unit more.
 */
export const SHARD_PLANTS = ['vote-unheld', 'unwritten', 'early-final', 'other-balance'] as const
export type ShardPlant = (typeof SHARD_PLANTS)[number]

type Planted = Actor<(typeof ShardMessages)['verbs'], ShardProps>

function unwritten(ctx: Context): Context {
  const { store } = ctx
  const deaf: Store = {
    get: (table, key) => store.get(table, key),
    range: (table, options) => store.range(table, options),
    usedBytes: () => store.usedBytes(),
    commit: (_, done) => done(),
  }
  return withContext(ctx, { store: deaf })
}

function earlyFinal(ctx: Context, { node }: ShardProps): Context {
  const tell: Context['tell'] = (vocabulary, key, verb, message) => {
    ctx.tell(vocabulary, key, verb, message)
    if (vocabulary.kind !== 'shard' || verb !== 'Batch') return
    const read = readClaim((message as { claim: Uint8Array }).claim)
    if (!read) return
    const { number } = read.claim
    const sequencer = `0x${'00'.repeat(20)}` as const
    const place = { height: 1, blockHash: read.hash, timestampMs: ctx.wallTime() }
    // Sealed batches are entered when the seal is answered, in a turn after this one.
    ctx.after(`early-${number}`, 1, () => {
      const news = { number, claim: read.hash, ...place, sequencer }
      ctx.tell(RollupSequencerMessages, node, 'Final', news)
    })
  }
  return withContext(ctx, { tell })
}

export function plantedShard(plant: ShardPlant): Planted {
  return actor({
    ...ShardActor,
    messages: ShardMessages,
    setup(ctx, props: ShardProps) {
      if (plant === 'unwritten') return ShardActor.setup(unwritten(ctx), props)
      if (plant === 'early-final') return ShardActor.setup(earlyFinal(ctx, props), props)
      const honest = ShardActor.setup(ctx, props)
      if (plant === 'other-balance') {
        return {
          ...honest,
          Account(asked, reply) {
            honest.Account(asked, (found) => {
              reply(found && { ...found, balance: found.balance + 1n })
            })
          },
        }
      }
      return { ...honest, Hold: (_, reply) => reply({ code: '', detail: '' }) }
    },
  })
}
