// What the steps of batches took at the validators of this process: those of its sequencers, and
// until its shards held a batch and it was final.

import { RollupSequencerMessages } from '../../../../actors/messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../../../../actors/messages/shard.ts'
import { ADMIN_ASK_MS } from '../../../../config/limits.ts'
import type { AdminOptions } from '../admin-options.ts'
import type { Family } from '../open-metrics.ts'
import { secondsOf } from './chain-metrics.ts'

async function readShard({ host: { edge } }: AdminOptions, node: string, shard: number) {
  const within = { within: ADMIN_ASK_MS }
  const key = shardKey(node, shard)
  const [made, held, dispute] = await Promise.all([
    edge.ask(RollupSequencerMessages, key, 'Figures', null, within),
    edge.ask(ShardMessages, key, 'Figures', null, within),
    edge.ask(ShardMessages, key, 'Dispute', null, within),
  ])
  const label = { node, shard: `${shard}` }
  return {
    made: made.steps.map(({ name, us }) => secondsOf({ ...label, step: name }, us)),
    held: held.steps.map(({ name, us }) => secondsOf({ ...label, step: name }, us)),
    disputed: { labels: label, value: dispute ? 1 + STATES.indexOf(dispute.state) : 0 },
  }
}

/** How far it is, from 1. */
const STATES = ['OPENING', 'WITHHELD', 'PROVED', 'SENT']

/** A shard that does not answer has no samples. */
export async function rollupFamilies(options: AdminOptions): Promise<Family[]> {
  const shards = options.validators.length > 0 ? await options.shards() : 0
  const asked = options.validators.flatMap((node) =>
    Array.from({ length: shards }, (_, shard) => readShard(options, node, shard)),
  )
  const answers = await Promise.allSettled(asked)
  const read = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const rest = { unit: 'seconds', type: 'histogram' } as const
  return [
    {
      name: 'aitbc_rollup_made_step_seconds',
      help: 'What the steps of own batches took at the sequencer, of those that are final.',
      ...rest,
      samples: read.flatMap(({ made }) => made),
    },
    {
      name: 'aitbc_rollup_held_step_seconds',
      help: 'From the coming of a batch until it was checked and durable here, and until final.',
      ...rest,
      samples: read.flatMap(({ held }) => held),
    },
    {
      name: 'aitbc_rollup_disputed',
      help: 'A final claim that is false here: 0 none, 1 being opened, 2 withheld, 3 proved, 4 sent.',
      type: 'gauge',
      samples: read.map(({ disputed }) => disputed),
    },
  ]
}
