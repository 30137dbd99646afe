// A node whose shards have lost their disk and take up checkpoints: what was consumed since then
// comes from peers, one of whom says other credits. All nodes end on the same roots.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ShardMessages } from '../../actors/messages/shard.ts'
import { ShardActor } from '../../actors/shard/shard.ts'
import type { ShardProps } from '../../actors/shard/shard-props.ts'
import { prng } from '../../lib/prng.ts'
import { type Actor, actor } from '../../runtime/actor.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { shardsChain } from './shards/shards-chain.ts'
import { startShardsWorld } from './shards/shards-cluster.ts'

type Liar = Actor<(typeof ShardMessages)['verbs'], ShardProps>

const KEEPING = {
  checkpointBatches: 2,
  checkpointMs: 1000,
  settledSeconds: 10,
  pages: 64,
  batches: 2,
  batchesMin: 2,
  bytes: 2 ** 50,
  missing: 3,
}

/** Amount of the first credit, in what a batch has consumed and in a parcel. */
const forged = (leaves: Uint8Array) => {
  const other = Uint8Array.from(leaves)
  other[8] = (other[8] as number) ^ 1
  return other
}

const liar: Liar = actor({
  ...ShardActor,
  setup(ctx, props: ShardProps) {
    const honest = ShardActor.setup(ctx, props)
    return {
      ...honest,
      Inputs: (of, reply) =>
        honest.Inputs(of, (inputs) => {
          const parcels = inputs.parcels.map((one) => ({ ...one, leaves: forged(one.leaves) }))
          reply({ ...inputs, parcels })
        }),
    }
  },
})

test('a node without its shards ends on the roots of the others, whatever one of them says', () => {
  const loads = new Map<string, { number: number; root: string }>()
  const { world } = startShardsWorld('shards-sync', NO_FAULTS, {
    chain: shardsChain(2),
    random: prng('shards-sync'),
    keeping: KEEPING,
    shardAt: (node) => (node === 'v0' ? liar : undefined),
    onLog: ({ host, event, fields }) => {
      if (event === 'shard-loaded') loads.set(`${host} ${fields?.shard}`, fields as never)
    },
  })
  world.runFor(2000)
  world.crash('senders')
  // What crossed shards has arrived, and a checkpoint is of the last root before that.
  world.runFor(13_000)
  const marks = (name: string) => world.marks.get(name) ?? 0
  assert.ok(marks('shard-parcel-consumed') > 0)
  world.start('senders')
  world.runFor(1500)
  world.crash('senders')
  world.runFor(500)
  world.crash('v3')
  world.platter('v3', 'shards').wipe()
  world.start('v3')
  world.runFor(3000)
  assert.is(marks('shard-synced'), 2)
  assert.ok(marks('shard-sync-liar') > 0)
  loads.clear()
  for (const node of ['v1', 'v3']) {
    world.crash(node)
    world.start(node)
  }
  world.runFor(1500)
  for (const shard of [0, 1]) {
    const [one, other] = [loads.get(`v1 ${shard}`), loads.get(`v3 ${shard}`)]
    assert.ok(one && one.number > 5)
    assert.is(other?.number, one.number)
    assert.is(other?.root, one.root)
  }
})

test.run()
