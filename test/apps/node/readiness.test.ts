// Whether a node says the truth of itself when its peers are gone, and when it lags behind them.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { READY_LAG_BLOCKS } from '../../../config/limits.ts'
import type { Host } from '../../../runtime/host.ts'
import { ref } from '../../../runtime/ref.ts'
import { MAIN } from '../gateway/real-chain.ts'
import { startChainAdmin, until } from './chain-admin.ts'

const world = await startChainAdmin()
const { chain, rpc } = world

async function ready(): Promise<{ status: number; checks: { name: string; ok: boolean }[] }> {
  const answer = await fetch(`${world.url}/health/ready`)
  return { status: answer.status, ...((await answer.json()) as { checks: [] }) }
}

test('a node that lags is not ready until it has caught up', async () => {
  await until('ready', async () => (await ready()).status === 200)
  const main = chain.hosts.get(MAIN) as Host
  const host = chain.hosts.get('node3/chain') as Host
  host.pause(ref('block-builder', 'node3'))
  const within = { within: 5000 }
  const lag = async () =>
    (await main.edge.ask(ValidatorMessages, 'node3', 'Status', null, within)).lagBlocks
  await until('it lags', async () => (await lag()) > READY_LAG_BLOCKS)
  const bad = (await ready()).checks.find(({ name }) => name === 'head of node3')
  assert.is(bad?.ok, false)
  assert.match(String((bad as { detail?: string }).detail), /blocks behind/)
  const others = (await ready()).checks.find(({ name }) => name === 'head of node0')
  assert.is(others?.ok, true)
  host.resume(ref('block-builder', 'node3'))
  await until('ready again', async () => (await ready()).status === 200)
})

test('a node that is cut off is not ready, says why no block is made, and comes back', async () => {
  await until('ready', async () => (await ready()).status === 200)
  assert.is(await rpc('eth_syncing'), false)
  chain.cut('node3/chain')
  chain.cut('node2/chain')
  const { status, checks } = await ready()
  assert.is(status, 503)
  const bad = checks.filter(({ ok }) => !ok).map(({ name }) => name)
  assert.ok(bad.includes('links of node3'), bad.join())
  const said = () => chain.logs.filter(({ event }) => event === 'no block is made')
  await until('the reason', () => said().length > 0)
  assert.match(String(said()[0]?.fields?.why), /./)
  await until('an old head', async () => (await rpc('eth_syncing')) !== false)
  const old = (await ready()).checks.find(({ name }) => name === 'head of node1')
  assert.is(old?.ok, false)
  chain.join('node3/chain')
  chain.join('node2/chain')
  await until('ready again', async () => (await ready()).status === 200)
  assert.is(await rpc('eth_syncing'), false)
  await until('the end of it', () =>
    chain.logs.some(({ event }) => event === 'blocks are made again'),
  )
})

test.after(() => world.stop())

test.run()
