// A node that is away while the shards come to rest and their number changes: peers give it the
// batches that it lacks of shards that they do not have any more, and it hands over by itself.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ShardMessages, shardKey } from '../../actors/messages/shard.ts'
import { prng } from '../../lib/prng.ts'
import type { AskNames, Body, Reply } from '../../runtime/messages.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import type { World } from '../../runtime/sim/world.ts'
import { reshardChain } from './reshard/reshard-chain.ts'
import { startReshardWorld } from './reshard/reshard-cluster.ts'
import { answer } from './rollup/rollup-owner.ts'

const LATE = 'v3'
/** Shards close at four seconds, and their number changes at 49. */
const AWAY_MS = 2000
const BACK_MS = 51_000
const AFTER_MS = 8000
/** Then the last roots are stated. */
const QUIET_MS = 4000

type Verbs = (typeof ShardMessages)['verbs']

async function ask<N extends AskNames<Verbs>>(
  world: World,
  node: string,
  shard: number,
  verb: N,
  body: Body<Verbs, N>,
): Promise<Reply<Verbs, N>> {
  const edge = world.host(node)?.edge
  return answer(
    world,
    edge?.ask(ShardMessages, shardKey(node, shard), verb, body, { within: 1000 }),
  )
}

async function come(from: number, to: number): Promise<string[]> {
  const events: string[] = []
  const observed = { isQuiet: false, shards: from, said: new Map() }
  const chain = reshardChain(from, to)
  const { world } = startReshardWorld(`reshard-late/${from}`, NO_FAULTS, {
    chain,
    observed,
    random: prng(`reshard-late/${from}`),
    onLog: ({ host, event }) => {
      if (host === LATE) events.push(event)
    },
  })
  world.runFor(AWAY_MS)
  world.crash(LATE)
  world.runFor(BACK_MS - AWAY_MS)
  observed.shards = to
  world.start(LATE)
  world.runFor(AFTER_MS)
  world.crash('senders')
  world.runFor(QUIET_MS)
  for (let shard = 0; shard < to; shard++) {
    const { ready, shards, number, hash } = await ask(world, LATE, shard, 'Head', null)
    assert.equal([ready, shards], [true, to], `shard ${shard}`)
    const known = await ask(world, 'v0', shard, 'ClaimAt', { number })
    assert.is(known?.hash, hash, `claim ${number} of shard ${shard}`)
  }
  return events
}

for (const [from, to] of [
  [1, 2],
  [2, 1],
] as const) {
  test(`from ${from} to ${to}: it fetches what it lacks, and hands over`, async () => {
    const events = await come(from, to)
    assert.is(events.filter((one) => one === 'shard-handed-over').length, to)
    assert.not.ok(events.includes('shards-not-handed-over'))
  })
}

test.run()
