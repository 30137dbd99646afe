// The gateway asks how many shards there are, so that accounts are looked for where they are now.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NodeRollup } from '../../../apps/gateway/rollup/node-rollup.ts'
import { COHORT_SIZE } from '../../../protocol/params.ts'
import type { Edge } from '../../../runtime/edge.ts'

/** Nodes that say how many shards there are, and remember which of them was asked what. */
function nodes(count: { shards: number }) {
  const asked: string[] = []
  const edge = {
    tell: () => {},
    ask: async (_: unknown, key: string, verb: string) => {
      asked.push(`${verb} ${key}`)
      return verb === 'Head' ? { shards: count.shards } : { index: 1 }
    },
  }
  return { asked, edge: edge as unknown as Edge }
}

test('an account is asked for at its shard of now', async () => {
  const count = { shards: 2 }
  const { asked, edge } = nodes(count)
  const rollup = new NodeRollup(edge, ['one'], 1)
  const index = 3 * COHORT_SIZE
  await rollup.account(index)
  assert.equal(asked, ['Head one', 'Account one.1'])
  assert.is(rollup.shards, 2)
  // What was just learnt is believed for a while; any head says it too.
  await rollup.lock(index)
  assert.is(asked.at(-1), 'Lock one.1')
  count.shards = 4
  await rollup.head(1)
  assert.is(await rollup.shardOf(index), 3)
  await rollup.account(index)
  assert.equal(asked.slice(-2), ['Head one.1', 'Account one.3'])
})

test('what is not found is looked for again where the number has just changed', async () => {
  const index = 3 * COHORT_SIZE
  const count = { shards: 2 }
  const { asked, edge } = nodes(count)
  const rollup = new NodeRollup(edge, ['one'], 2)
  await rollup.account(index)
  count.shards = 4
  // The shard that has the number of before has not the account any more.
  const ask = edge.ask as unknown as (words: unknown, key: string, verb: string) => Promise<unknown>
  const now = async (words: unknown, key: string, verb: string) => {
    const found = await ask(words, key, verb)
    return verb !== 'Head' && key === 'one.1' ? undefined : found
  }
  Object.assign(edge, { ask: now })
  await new Promise((resolve) => setTimeout(resolve, 120))
  assert.is((await rollup.account(index))?.index, 1)
  assert.equal(asked.slice(-3), ['Account one.1', 'Head one', 'Account one.3'])
})

test.run()
