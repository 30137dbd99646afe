// Subscriptions: order, ends, limits, slow readers.

import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { ChainUnavailable } from '../../../apps/gateway/chain-access.ts'
import { WS_SUBSCRIPTIONS_MAX } from '../../../config/limits.ts'
import { FakeChain, serveFake } from './fake-chain.ts'

interface Message {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly code: number }
  readonly params?: { readonly subscription: string; readonly result: { readonly number: string } }
}

class Client {
  readonly messages: Message[] = []
  readonly ws: WebSocket
  private count = 0

  private constructor(ws: WebSocket) {
    this.ws = ws
    ws.on('message', (data) => this.messages.push(JSON.parse(data.toString())))
  }

  static async open(url: string): Promise<Client> {
    const ws = new WebSocket(url)
    await once(ws, 'open')
    return new Client(ws)
  }

  async ask(method: string, ...params: unknown[]): Promise<Message> {
    const id = this.count++
    this.ws.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    await until(() => this.messages.some((message) => message.id === id))
    return this.messages.find((message) => message.id === id) as Message
  }

  heads(subscription: unknown): string[] {
    return this.messages
      .filter(({ params }) => params?.subscription === subscription)
      .map(({ params }) => params?.result.number as string)
  }
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !what(); i++) await pause(10)
  assert.ok(what(), 'it happens in time')
}

const hex = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `0x${(from + i).toString(16)}`)

let chain: FakeChain
let gateway: Awaited<ReturnType<typeof serveFake>>
const said: string[] = []

test.before.each(async () => {
  chain = new FakeChain()
  said.length = 0
  gateway = await serveFake(chain, (line) => said.push(line))
  await pause(20)
})
test.after.each(async () => {
  chain.end()
  await gateway.stop()
  assert.equal(said, [])
})

test('newHeads: each block once and in order, also over an outage, until unsubscribed', async () => {
  const client = await Client.open(gateway.wsUrl)
  const { result: id } = await client.ask('eth_subscribe', 'newHeads')
  for (let i = 0; i < 200; i++) chain.grow()
  await until(() => client.heads(id).length === 200)
  chain.broken = new ChainUnavailable('down')
  for (let i = 0; i < 5; i++) chain.grow()
  await pause(50)
  chain.broken = undefined
  await until(() => client.heads(id).length === 205)
  assert.equal(client.heads(id), hex(1, 205))
  assert.is((await client.ask('eth_unsubscribe', id)).result, true)
  assert.is((await client.ask('eth_unsubscribe', id)).error?.code, -32001)
  chain.grow()
  await pause(50)
  assert.is(client.heads(id).length, 205)
  client.ws.terminate()
})

test('the id comes before the first notification', async () => {
  const client = await Client.open(gateway.wsUrl)
  const { result } = await client.ask('eth_subscribe', 'syncing')
  await until(() => client.messages.length === 2)
  assert.is(client.messages[0]?.result, result)
  assert.equal(client.messages[1]?.params, { subscription: result, result: false } as never)
  client.ws.terminate()
})

test('a connection has a limited number of subscriptions, and gets them back', async () => {
  const client = await Client.open(gateway.wsUrl)
  const ids: unknown[] = []
  for (let i = 0; i < WS_SUBSCRIPTIONS_MAX; i++) {
    ids.push((await client.ask('eth_subscribe', i % 2 ? 'newHeads' : 'logs')).result)
  }
  assert.is(new Set(ids).size, WS_SUBSCRIPTIONS_MAX)
  assert.is((await client.ask('eth_subscribe', 'newHeads')).error?.code, -32005)
  await client.ask('eth_unsubscribe', ids[0])
  assert.type((await client.ask('eth_subscribe', 'newHeads')).result, 'string')
  client.ws.terminate()
})

test('a client that never reads is closed with a reason; the others go on', async () => {
  const slow = await Client.open(gateway.wsUrl)
  const quick = await Client.open(gateway.wsUrl)
  for (let i = 0; i < WS_SUBSCRIPTIONS_MAX; i++) await slow.ask('eth_subscribe', 'newHeads')
  const { result: id } = await quick.ask('eth_subscribe', 'newHeads')
  const closed = once(slow.ws, 'close')
  slow.ws.pause()
  const blocks = 400
  for (let i = 0; i < blocks; i++) {
    chain.grow()
    if (i % 10 === 0) await pause(1)
  }
  await until(() => quick.heads(id).length === blocks)
  slow.ws.resume()
  const [code, reason] = await closed
  assert.is(code, 1013)
  assert.match(reason.toString(), 'slow')
  quick.ws.terminate()
})

test.run()
