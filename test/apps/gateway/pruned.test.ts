// Blocks that a node has pruned: an error that says so, as geth says it, and never null as if they
// had not been.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeChain, serveFake } from './fake-chain.ts'

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

test('a pruned block is an error with the code 4444; the genesis and kept blocks are there', async () => {
  const chain = new FakeChain()
  const gateway = await serveFake(chain, () => {}, 'node')
  for (let i = 0; i < 6; i++) chain.grow()
  chain.oldest = 4
  const rpc = async (method: string, ...params: unknown[]): Promise<Answer> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    return (await (await fetch(gateway.url, { method: 'POST', body })).json()) as Answer
  }
  const pruned = await rpc('eth_getBlockByNumber', '0x3', false)
  assert.is(pruned.error?.code, 4444)
  assert.match(pruned.error?.message ?? '', /^pruned history unavailable/)
  for (const method of ['eth_getBlockReceipts', 'eth_getBlockTransactionCountByNumber']) {
    assert.is((await rpc(method, '0x1')).error?.code, 4444, method)
  }
  for (const [fromBlock, toBlock, code] of [
    ['0x1', '0x5', 4444],
    ['earliest', 'latest', 4444],
    ['0x4', 'latest', undefined],
  ] as const) {
    assert.is((await rpc('eth_getLogs', { fromBlock, toBlock })).error?.code, code, fromBlock)
  }
  for (const tag of ['0x0', 'earliest', '0x4', 'latest']) {
    assert.ok((await rpc('eth_getBlockByNumber', tag, false)).result, tag)
  }
  assert.is((await rpc('eth_getBlockByNumber', '0x99', false)).result, null)
  chain.end()
  await gateway.stop()
})

test.run()
