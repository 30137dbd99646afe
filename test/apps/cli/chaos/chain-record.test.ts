// The checker finds what it is there to find: a block that changed or is gone, two gateways that
// contradict each other, an acknowledged transaction that left its block, money out of nothing, an
// escrow that nobody ends. Against gateways of a few lines each.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ChainRecord } from '../../../../apps/cli/chaos/check/chain-record.ts'
import { escrowsInTime } from '../../../../apps/cli/chaos/check/escrows.ts'
import { Supply } from '../../../../apps/cli/chaos/check/supply.ts'
import { agreement } from '../../../../apps/cli/chaos/check/validator-heads.ts'
import { Rpc, type RpcCall } from '../../../../apps/cli/chaos/rpc.ts'
import type { Hex } from '../../../../lib/hex.ts'

const servers: Server[] = []
test.after(() => {
  for (const server of servers) server.close()
})

interface Chain {
  /** Hash and transactions by height, from 1. */
  blocks: { hash: string; transactions: string[] }[]
  balances: Record<string, bigint>
  /** What the state says that there is. */
  supply: bigint
}

const ALICE = `0x${'aa'.repeat(20)}` as Hex
const BOB = `0x${'bb'.repeat(20)}` as Hex

function answer(chain: Chain, { method, params }: RpcCall): unknown {
  const block = (at: number) => {
    const found = chain.blocks[at - 1]
    if (!found) return null
    const full = params[1] === true
    const transactions = full
      ? found.transactions.map(() => ({ from: ALICE, to: BOB }))
      : found.transactions
    const number = `0x${at.toString(16)}`
    return { number, hash: found.hash, stateRoot: `r${found.hash}`, miner: ALICE, transactions }
  }
  if (method === 'eth_blockNumber') return `0x${chain.blocks.length.toString(16)}`
  if (method === 'eth_getBlockByNumber') return block(Number(params[0]))
  if (method === 'eth_getBlockByHash') {
    return block(chain.blocks.findIndex(({ hash }) => hash === params[0]) + 1)
  }
  if (method === 'eth_getBalance')
    return `0x${(chain.balances[String(params[0])] ?? 0n).toString(16)}`
  if (method === 'eth_getStorageAt') return `0x${chain.supply.toString(16)}`
  if (method === 'eth_getLogs') return []
  throw new Error(`no ${method} here`)
}

async function gateway(chain: Chain): Promise<Rpc> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      const calls = JSON.parse(body) as (RpcCall & { id: number })[]
      response.end(
        JSON.stringify(calls.map((call) => ({ id: call.id, result: answer(chain, call) }))),
      )
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return new Rpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

function chainOf(...hashes: string[]): Chain {
  const blocks = hashes.map((hash) => ({ hash, transactions: [`t${hash}`] }))
  return { blocks, balances: {}, supply: 100n }
}

test('blocks and transactions that stay are fine, also at a gateway that comes later', async () => {
  const chain = chainOf('a', 'b')
  const one = await gateway(chain)
  const record = new ChainRecord()
  await record.look('one', one)
  chain.blocks.push({ hash: 'c', transactions: [] })
  await record.look('one', one)
  assert.is(record.height, 3)
  const both = new Map([
    ['one', one],
    ['two', await gateway(chain)],
  ])
  assert.ok((await record.unchanged(both)).ok)
  assert.ok((await record.kept(both)).ok)
})

test('a block that changed, or is gone, is found', async () => {
  const chain = chainOf('a', 'b', 'c')
  const one = await gateway(chain)
  const record = new ChainRecord()
  await record.look('one', one)
  const gateways = new Map([['one', one]])
  ;(chain.blocks[1] as { hash: string }).hash = 'other'
  assert.match((await record.unchanged(gateways)).detail, 'block 2 was b, is other at one')
  chain.blocks.length = 1
  const { ok, detail } = await record.unchanged(gateways)
  assert.equal([ok, detail.includes('is gone')], [false, true])
})

test('gateways that show different blocks while one looks are found, though they agree later', async () => {
  const fork = chainOf('a', 'x')
  const [one, two] = [await gateway(chainOf('a', 'b')), await gateway(fork)]
  const record = new ChainRecord()
  await record.look('one', one)
  await record.look('two', two)
  fork.blocks = chainOf('a', 'b').blocks
  const { ok, detail } = await record.unchanged(
    new Map([
      ['one', one],
      ['two', two],
    ]),
  )
  assert.equal([ok, detail], [false, 'block 2 is b at one and x at two'])
})

test('a transaction that was acknowledged and is not in its block is found', async () => {
  const chain = chainOf('a', 'b')
  const one = await gateway(chain)
  const record = new ChainRecord()
  await record.look('one', one)
  record.acknowledge('mine', 'b')
  const { ok, detail } = await record.kept(new Map([['one', one]]))
  assert.equal([ok, detail], [false, 'mine was final in b, is not at one'])
})

test('a validator on another chain, with another state, or silent is found', async () => {
  const rpc = await gateway(chainOf('a', 'b'))
  const head = { node: 'n', height: 2, blockHash: 'b', stateRoot: 'rb' }
  const oks = async (heads: (typeof head)[], expected = 1) =>
    (await agreement(heads, expected, rpc)).map(({ ok }) => ok)
  assert.equal(await oks([head]), [true, true])
  assert.equal(await oks([{ ...head, blockHash: 'x' }]), [false, true])
  assert.equal(await oks([{ ...head, stateRoot: 'x' }]), [true, false])
  assert.equal(await oks([head], 2), [false, true])
})

test('money that appears or vanishes is found, also at an account that the chain only names', async () => {
  const chain = chainOf('a')
  chain.balances = { [ALICE]: 60n, [BOB]: 40n }
  const rpc = await gateway(chain)
  const supply = new Supply(new Map([[ALICE, { balance: 100n }]]))
  assert.ok((await supply.conserved(rpc))?.ok)
  chain.balances[BOB] = 41n
  assert.match((await supply.conserved(rpc))?.detail ?? '', '101 wei, the state says 100')
})

test('an escrow that stays open beyond its deadline, or ends twice, is found', () => {
  const book = (deadline: number, endings: number) =>
    escrowsInTime({ escrows: new Map([['j', { deadline, endings }]]), paid: 0, now: 1000 })
  assert.equal(
    [book(900, 0), book(990, 0), book(900, 1), book(900, 2)].map(({ ok }) => ok),
    [false, true, true, false],
  )
})

test.run()
