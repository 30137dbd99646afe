// What the tags of blocks mean: latest, safe and pending are the last final block, finalized is
// the last one that the stake has certified.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeChain, serveFake } from './fake-chain.ts'

async function rpc(url: string, method: string, params: readonly unknown[]) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await fetch(url, { method: 'POST', body })
  return (await answer.json()) as { result?: { number: string } | string; error?: { code: number } }
}

test('finalized lags behind latest until the stake has signed', async () => {
  const chain = new FakeChain()
  const gateway = await serveFake(chain, () => {}, 'node')
  for (let i = 0; i < 4; i++) chain.grow()
  const heightOf = async (tag: string) => {
    const { result } = await rpc(gateway.url, 'eth_getBlockByNumber', [tag, false])
    return Number((result as { number: string }).number)
  }
  for (const tag of ['latest', 'safe', 'pending']) assert.is(await heightOf(tag), 4)
  assert.is(await heightOf('finalized'), 0)
  chain.checkpointHeight = 3
  assert.is(await heightOf('finalized'), 3)
  // Only the state after the latest block is kept, and nothing else is given in its place.
  const address = `0x${'11'.repeat(20)}`
  const balance = await rpc(gateway.url, 'eth_getBalance', [address, 'finalized'])
  assert.ok(balance.error)
  chain.checkpointHeight = 4
  assert.is((await rpc(gateway.url, 'eth_getBalance', [address, 'finalized'])).error, undefined)
  chain.end()
  await gateway.stop()
})

test.run()
