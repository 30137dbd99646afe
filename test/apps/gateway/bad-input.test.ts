// Bad input over HTTP and WebSocket: every case gets the right code and says what was wrong, and
// the gateway serves on. The same cases run on both drivers.

import { once } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { ChainUnavailable } from '../../../apps/gateway/chain-access.ts'
import { RPC_BATCH_MAX, RPC_BODY_BYTES_MAX, TRANSACTION_BYTES_MAX } from '../../../config/limits.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { ACCEPTED, FakeChain, serveFake } from './fake-chain.ts'

const A = `0x${'ab'.repeat(20)}`
const H = `0x${'cd'.repeat(32)}`

const call = (method: string, ...params: unknown[]) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })

/** What is sent, the code, and words of the message. */
type Case = readonly [string, number, RegExp]

const ENVELOPES: Case[] = [
  ['', -32700, /JSON/],
  ['{', -32700, /JSON/],
  ['hello', -32700, /JSON/],
  ['{"jsonrpc":"2.0","id":1,"method":"eth_chainId"', -32700, /JSON/],
  ["{'jsonrpc':'2.0'}", -32700, /JSON/],
  ['\u0000', -32700, /JSON/],
  ['null', -32600, /object/],
  ['1', -32600, /object/],
  ['"eth_chainId"', -32600, /object/],
  ['true', -32600, /object/],
  ['{}', -32600, /jsonrpc/],
  ['[]', -32600, /empty batch/],
  ['{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', -32600, /jsonrpc/],
  ['{"jsonrpc":2.0,"id":1,"method":"eth_chainId"}', -32600, /jsonrpc/],
  ['{"jsonrpc":"2.0","id":1}', -32600, /method/],
  ['{"jsonrpc":"2.0","id":1,"method":5}', -32600, /method/],
  ['{"jsonrpc":"2.0","id":1,"method":null}', -32600, /method/],
  ['{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}', -32600, /id/],
  ['{"jsonrpc":"2.0","id":[1],"method":"eth_chainId"}', -32600, /id/],
  ['{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}', -32602, /list/],
  ['{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":"x"}', -32602, /list/],
  [
    `[${Array(RPC_BATCH_MAX + 1)
      .fill('1')
      .join()}]`,
    -32600,
    /batch too large/,
  ],
  ['['.repeat(100_000) + ']'.repeat(100_000), -32600, /object/],
  [call('eth_unknown'), -32601, /eth_unknown/],
  [call(''), -32601, /does not exist/],
  [call('__proto__'), -32601, /does not exist/],
  [call('constructor'), -32601, /does not exist/],
  [call('ETH_CHAINID'), -32601, /does not exist/],
  [call('x'.repeat(100_000)), -32601, /does not exist/],
]

const PARAMETERS: Case[] = [
  [call('eth_chainId', 1), -32602, /too many/],
  [call('eth_getBalance'), -32602, /missing.*0.*address/],
  [call('eth_getBalance', null), -32602, /missing.*address/],
  [call('eth_getBalance', 'bob'), -32602, /address.*bob/],
  [call('eth_getBalance', A.slice(2)), -32602, /address/],
  [call('eth_getBalance', A.slice(0, -1)), -32602, /address/],
  [call('eth_getBalance', `${A}00`), -32602, /address/],
  [call('eth_getBalance', [A]), -32602, /address/],
  [call('eth_getBalance', A, 'newest'), -32602, /latest/],
  [call('eth_getBalance', A, 5), -32602, /quantity/],
  [call('eth_getBalance', A, '5'), -32602, /quantity/],
  [call('eth_getBalance', A, '0x05'), -32602, /quantity/],
  [call('eth_getBalance', A, '0x'), -32602, /quantity/],
  [call('eth_getBalance', A, `0x1${'0'.repeat(64)}`), -32602, /quantity/],
  [call('eth_getBalance', A, { blockNumber: '0x1', blockHash: H }), -32602, /block/],
  [call('eth_getBalance', A, { blockHash: '0x12' }), -32602, /block/],
  [call('eth_getBalance', A, { block: '0x1' }), -32602, /block/],
  [call('eth_getBalance', A, '0x0'), -32000, /missing trie node.*block 0 is not kept/],
  [call('eth_getBalance', A, 'earliest'), -32000, /not kept/],
  [call('eth_getBalance', A, '0xffffff'), -32000, /header not found/],
  [call('eth_getBalance', A, `0x${'f'.repeat(63)}`), -32000, /header not found/],
  [call('eth_getBalance', A, H), -32000, /header not found/],
  [call('eth_getBlockByNumber', '0x1', 'yes'), -32602, /true or false/],
  [call('eth_getBlockByNumber', '0x1', true, 1), -32602, /at most 2/],
  [call('eth_getBlockByHash', '0x12'), -32602, /hash/],
  [call('eth_getTransactionReceipt', 12), -32602, /hash/],
  [call('eth_getTransactionByBlockNumberAndIndex', 'latest', 0), -32602, /quantity/],
  [call('eth_getTransactionByBlockNumberAndIndex', 'latest', '-0x1'), -32602, /quantity/],
  [call('eth_getStorageAt', A, '0xzz'), -32602, /slot/],
  [call('eth_getProof', A), -32602, /missing.*1.*storage slots/],
  [call('eth_getProof', A, H), -32602, /list of at most 64/],
  [call('eth_getProof', A, ['0xzz']), -32602, /list of at most 64/],
  [call('eth_getProof', A, Array(65).fill('0x0')), -32602, /list of at most 64/],
  [call('eth_getProof', A, [], '0x0'), -32000, /missing trie node.*block 0 is not kept/],
  [call('eth_getProof', A, [], '0xffffff'), -32000, /header not found/],
  [call('eth_call'), -32602, /transaction object/],
  [call('eth_call', 'x'), -32602, /transaction object/],
  [call('eth_call', []), -32602, /transaction object/],
  [call('eth_call', { to: 'x' }), -32602, /to must be an address/],
  [call('eth_call', { to: A, data: '0x1' }), -32602, /data must be/],
  [call('eth_call', { to: A, data: '0x12', input: '0x13' }), -32602, /differ/],
  [call('eth_call', { to: A, value: '1' }), -32602, /value must be/],
  [call('eth_call', { to: A, value: -1 }), -32602, /value must be/],
  [call('eth_call', { to: A, gas: `0x${'f'.repeat(20)}` }), -32602, /gas must be/],
  [call('eth_call', { to: A, gasPrice: '0x1', maxFeePerGas: '0x1' }), -32602, /both gasPrice/],
  [call('eth_call', { to: A }, 'latest', {}), -32602, /at most 2/],
  [call('rollup_getAccount'), -32602, /missing.*index of a rollup account/],
  [call('rollup_getAccount', 5), -32602, /index of a rollup account/],
  [call('rollup_getAccount', '0x1000000'), -32602, /below 16777216/],
  [call('rollup_getHead', '0x1'), -32602, /no shard 1/],
  [call('rollup_getClaim', '0x1', '0x40'), -32602, /no shard 64/],
  [call('rollup_getBody', 'latest'), -32602, /quantity/],
  [call('rollup_indexOf', '0x1'), -32602, /address/],
  [call('rollup_getTransfer', '0x1'), -32602, /missing.*1/],
  [call('rollup_sendTransfer', `0x${'00'.repeat(87)}`), -32602, /signed transfer.*176/],
  [call('rollup_sendTransfer', `0x${'ff'.repeat(88)}`), -32000, /not registered/],
  [call('rollup_sendOperation', `0x${'00'.repeat(136)}`), -32602, /lock or a settle.*272/],
  [call('rollup_getOperation', '0x1', '0x0', 'transfer'), -32602, /lock, settle, refund/],
  [call('rollup_getLock', '0x1000000'), -32602, /below 16777216/],
  [call('eth_sendRawTransaction', '0xzz'), -32602, /data/],
  [call('eth_sendRawTransaction', 'f86c'), -32602, /data/],
  [
    call('eth_sendRawTransaction', `0x${'00'.repeat(TRANSACTION_BYTES_MAX + 1)}`),
    -32000,
    /oversized/,
  ],
  [call('eth_sendRawTransaction', '0x02'), -32000, /nonce too low/],
  [call('eth_getLogs', 'all'), -32602, /filter/],
  [call('eth_getLogs', { address: 'x' }), -32602, /address/],
  [call('eth_getLogs', { topics: H }), -32602, /topics/],
  [call('eth_getLogs', { topics: ['x'] }), -32602, /topics\[0\]/],
  [call('eth_getLogs', { topics: [null, null, null, null, null] }), -32602, /topics/],
  [call('eth_getLogs', { address: Array(300).fill(A) }), -32602, /more than/],
  [call('eth_getLogs', { fromBlock: 'x' }), -32602, /fromBlock/],
  [call('eth_getLogs', { fromBlock: '0x2', toBlock: '0x1' }), -32602, /range/],
  [call('eth_getLogs', { blockHash: H, fromBlock: '0x1' }), -32602, /both/],
  [call('eth_getLogs', { blockHash: H }), -32000, /unknown block/],
  [call('eth_feeHistory', '0x2', 'latest', [50, 10]), -32602, /percentiles/],
  [call('eth_feeHistory', '0x2', 'latest', [101]), -32602, /percentiles/],
  [call('eth_feeHistory', '0x2', '0xffffff'), -32000, /beyond head/],
  [call('eth_feeHistory', 1.5, 'latest'), -32602, /quantity/],
  [call('web3_sha3', 'hello'), -32602, /data/],
  [call('eth_subscribe', 'everything'), -32602, /newHeads/],
  [call('eth_subscribe'), -32602, /missing/],
  [call('eth_unsubscribe', 5), -32602, /id/],
]

const CASES = [...ENVELOPES, ...PARAMETERS]
const GOOD = call('eth_chainId')

const post = (url: string, body: string) => fetch(url, { method: 'POST', body })

interface Answer {
  readonly id?: number
  readonly result?: string
  readonly error?: { readonly code: number; readonly message: string }
}

function check([sent, code, words]: Case, answer: string): void {
  const shown = sent.slice(0, 120)
  const parsed = JSON.parse(answer)
  // The answer to a batch of one is a list of one.
  const { jsonrpc, error, result } = Array.isArray(parsed) ? parsed[0] : parsed
  assert.equal([jsonrpc, result], ['2.0', undefined], shown)
  assert.is(error.code, code, `${shown}: ${answer.slice(0, 300)}`)
  assert.match(error.message, words, shown)
  assert.ok(answer.length < 1000, `${shown}: what was sent is not thrown back whole`)
}

for (const driver of ['uws', 'node'] as const) {
  const with_ = async (
    work: (gateway: { url: string; wsUrl: string }, chain: FakeChain) => Promise<void>,
  ) => {
    const chain = new FakeChain()
    chain.grow()
    const said: string[] = []
    const gateway = await serveFake(chain, (line) => said.push(line), driver)
    try {
      await work(gateway, chain)
      assert.equal(said, [], 'no fault of the gateway itself')
    } finally {
      chain.end()
      await gateway.stop()
    }
  }

  test(`${driver}: ${CASES.length} bad requests over HTTP`, () =>
    with_(async ({ url }) => {
      for (const one of CASES) {
        const response = await post(url, one[0])
        assert.is(response.status, 200)
        check(one, await response.text())
      }
      assert.match(await (await post(url, GOOD)).text(), '0x539')
    }))

  test(`${driver}: the same over one WebSocket`, () =>
    with_(async ({ wsUrl }) => {
      const ws = new WebSocket(wsUrl)
      await once(ws, 'open')
      for (const one of CASES) {
        ws.send(one[0])
        const [data] = await once(ws, 'message')
        check(one, data.toString())
      }
      ws.send(GOOD)
      assert.match((await once(ws, 'message'))[0].toString(), '0x539')
      ws.terminate()
    }))

  test(`${driver}: ids, notifications and batches as JSON-RPC 2.0 has them`, () =>
    with_(async ({ url }) => {
      const ids = [0, 1, -5, 1.5, '', 'x', '🤖', null, true]
      for (const id of ids) {
        const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'net_version' })
        const answer = await (await post(url, body)).json()
        assert.equal(answer, { jsonrpc: '2.0', id, result: '1337' })
      }
      const note = '{"jsonrpc":"2.0","method":"net_version"}'
      for (const silent of [note, `[${note},${note}]`, '{"jsonrpc":"2.0","method":"nothing"}']) {
        const response = await post(url, silent)
        assert.equal([response.status, await response.text()], [204, ''])
      }
      const sent = `[${GOOD},${note},7,${call('x')},${GOOD}]`
      const batch = (await (await post(url, sent)).json()) as Answer[]
      const codes = batch.map((one) => one.result ?? one.error?.code)
      assert.equal(codes, ['0x539', -32600, -32601, '0x539'])
      const most = `[${Array(RPC_BATCH_MAX).fill(GOOD).join()}]`
      const full = (await (await post(url, most)).json()) as Answer[]
      assert.is(full.length, RPC_BATCH_MAX)
    }))

  test(`${driver}: transactions of a batch go together, and each has its own answer`, () =>
    with_(async ({ url }) => {
      const raws = [1, 2, 3].map((n) => Uint8Array.of(ACCEPTED, n))
      const send = (id: number, raw: unknown) =>
        JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] })
      const [first, second, third] = raws.map(bytesToHex)
      const note = send(0, first).replace('"id":0,', '')
      const sent = [send(1, first), send(2, '0x0'), note, send(3, '0x05'), send(4, second)]
      const other = [
        GOOD,
        send(5, third),
        send(6, bytesToHex(new Uint8Array(TRANSACTION_BYTES_MAX + 1))),
      ]
      const answers = (await (await post(url, `[${[...sent, ...other]}]`)).json()) as Answer[]
      const [a, b, c] = raws.map(keccakHex)
      assert.equal(
        answers.map(({ id, result, error }) => [id, result ?? error?.code]),
        [
          [1, a],
          [2, -32602],
          [3, -32000],
          [4, b],
          [1, '0x539'],
          [5, c],
          [6, -32000],
        ],
      )
    }))

  test(`${driver}: other doors: large bodies, methods, paths, web pages`, () =>
    with_(async ({ url }) => {
      const large = await post(url, ' '.repeat(RPC_BODY_BYTES_MAX + 1))
      assert.is(large.status, 413)
      assert.is(((await large.json()) as Answer).error?.code, -32600)
      assert.is((await fetch(url, { method: 'DELETE' })).status, 405)
      assert.is((await fetch(`${url}/elsewhere`, { method: 'POST', body: GOOD })).status, 404)
      assert.match(await (await fetch(url)).text(), 'JSON-RPC')
      const preflight = await fetch(url, { method: 'OPTIONS' })
      assert.is(preflight.headers.get('access-control-allow-origin'), '*')
      const over = await post(url, call('eth_subscribe', 'newHeads'))
      assert.is(((await over.json()) as Answer).error?.code, -32601)
    }))

  test(`${driver}: a chain that cannot be reached is said to be so, and heals`, () =>
    with_(async ({ url }, chain) => {
      chain.broken = new ChainUnavailable('node0 is down')
      const down = (await (await post(url, call('eth_blockNumber'))).json()) as Answer
      assert.is(down.error?.code, -32002)
      assert.match(down.error?.message ?? '', 'node0 is down')
      assert.match(await (await post(url, GOOD)).text(), '0x539', 'what needs no node still works')
      chain.broken = undefined
      assert.match(await (await post(url, call('eth_blockNumber'))).text(), '0x1')
    }))
}

test('a proof is of the block that was asked for, or there is none', async () => {
  const chain = new FakeChain()
  const gateway = await serveFake(chain, () => {})
  const ask = async (ref: string) => {
    const body = call('eth_getProof', A, [], ref)
    return (await (await fetch(gateway.url, { method: 'POST', body })).json()) as Answer
  }
  assert.is(((await ask('0x0')).result as unknown as { blockNumber: string }).blockNumber, '0x0')
  const { proof } = chain
  chain.proof = (address, slots) => {
    // A block becomes final between the question for the latest and the one for the proof.
    chain.grow()
    return proof(address, slots)
  }
  assert.match((await ask('0x0')).error?.message ?? '', /block 0 is not kept/)
  assert.is(((await ask('latest')).result as unknown as { blockNumber: string }).blockNumber, '0x2')
  chain.end()
  await gateway.stop()
})

test('a fault of ours is told to the operator, not to the client', async () => {
  const chain = new FakeChain()
  const said: string[] = []
  const gateway = await serveFake(chain, (line) => said.push(line))
  chain.storage = () => Promise.reject(new TypeError('a secret'))
  const body = call('eth_getStorageAt', A, '0x0')
  const text = await (await fetch(gateway.url, { method: 'POST', body })).text()
  assert.is(JSON.parse(text).error.code, -32603)
  assert.not.match(text, 'secret')
  assert.match(said.join(), 'a secret')
  chain.end()
  await gateway.stop()
})

test.run()
