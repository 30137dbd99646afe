// The mempool actor: verdicts in order, told to peers, gone when final, unknown senders asked for
// once.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MempoolMessages } from '../../../actors/messages/mempool.ts'
import { BASE_FEE_INITIAL } from '../../../protocol/params.ts'
import type { Link } from '../../../runtime/ports.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { memoryLinks } from '../../../transport/memory/memory-link.ts'
import {
  FUNDS,
  sign,
  testGenesis,
  WALLETS,
  type Wallet,
  wallet,
} from '../../protocol/chain-world.ts'
import { ChainNode, stopChainNodes } from './chain-node.ts'

const [ann, ben] = WALLETS as [Wallet, Wallet]
const genesis = testGenesis()
const WITHIN = { within: 3000 }

function pair() {
  const a = new ChainNode('a', new MemoryStore(), ['b'])
  const b = new ChainNode('b', new MemoryStore(), ['a'])
  const [toB, toA] = memoryLinks()
  a.host.attach('b', toB)
  b.host.attach('a', toA)
  return { a, b }
}

const size = (node: ChainNode) =>
  node.host.edge.ask(MempoolMessages, node.name, 'Size', null, WITHIN)

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200 && !(await what()); i++) await new Promise((r) => setTimeout(r, 10))
  assert.ok(await what())
}

test('each transaction gets its verdict, in order, in the words of geth', async () => {
  const { a } = pair()
  const good = sign(ann, {})
  const verdicts = await a.submit([
    good,
    sign(ann, { nonce: 2 }),
    sign(ann, { chainId: 5n }),
    sign(ann, { gasLimit: 20_000 }),
    sign(ann, { nonce: 1, value: FUNDS }),
    sign(wallet(4242), {}),
    good,
  ])
  assert.equal(
    verdicts.map(({ code, message }) => `${code} ${message}`.trim()),
    [
      '',
      '',
      'WRONG_CHAIN invalid chain id for signer',
      'INTRINSIC_GAS_TOO_LOW intrinsic gas too low',
      'INSUFFICIENT_FUNDS insufficient funds for gas * price + value',
      'INSUFFICIENT_FUNDS insufficient funds for gas * price + value',
      'ALREADY_KNOWN already known',
    ],
  )
  assert.is(verdicts[0]?.hash, good.transaction.hash)
  const raw = Uint8Array.from(good.transaction.raw)
  raw[raw.length - 1] = (raw[raw.length - 1] as number) ^ 1
  const bad = { transactions: [Uint8Array.of(5), raw] }
  const more = await a.host.edge.ask(MempoolMessages, 'a', 'Submit', bad, WITHIN)
  assert.is(more[0]?.code, 'UNDECODABLE')
  assert.is.not(more[1]?.code, '')
  assert.equal(await size(a), { pending: 1, queued: 1 })
  const next = await a.host.edge.ask(
    MempoolMessages,
    'a',
    'PendingNonce',
    { address: ann.address },
    WITHIN,
  )
  assert.is(next, 1)
  assert.ok(a.counts.waiting >= 1)
})

test('a transaction reaches the peer, is built there, and leaves both when final', async () => {
  const { a, b } = pair()
  const sent = [0, 1, 2].map((nonce) => sign(ann, { nonce })).concat(sign(ben, {}))
  await a.submit(sent)
  await until(async () => (await size(b)).pending === 4)
  assert.ok(b.counts.waiting >= 1)
  const { decoded: block, block: bytes } = await b.build(genesis.block)
  assert.is(block?.transactions.length, 4)
  const checkedBefore = a.checked
  await a.check(bytes as Uint8Array)
  assert.is(a.checked, checkedBefore, 'the mempool knew the senders')
  for (const node of [a, b]) await node.finalise(block?.hash as `0x${string}`)
  for (const node of [a, b]) await until(async () => (await size(node)).pending === 0)
  const again = await a.submit(sent.slice(0, 1))
  assert.is(again[0]?.code, 'NONCE_TOO_LOW')
})

test('one that came before its former one was final here wakes the validator once it is', async () => {
  const a = new ChainNode('a', new MemoryStore())
  const b = new ChainNode('b', new MemoryStore())
  await a.submit([sign(ann, {})])
  const { block, hash } = await a.build(genesis.block)
  await b.submit([sign(ann, { nonce: 1 })])
  await b.check(block as Uint8Array)
  assert.equal([await size(b), b.counts.waiting], [{ pending: 0, queued: 1 }, 0])
  await b.finalise(hash as `0x${string}`)
  await until(async () => b.counts.waiting === 1)
  assert.equal(await size(b), { pending: 1, queued: 0 })
})

test('what was lost on the way is told again', async () => {
  const a = new ChainNode('a', new MemoryStore(), ['b'])
  const b = new ChainNode('b', new MemoryStore(), ['a'])
  const [toB, toA] = memoryLinks()
  let lost = 0
  const lossy: Link = {
    send: (frame, lane) => (lost === 0 && ++lost > 0) || toB.send(frame, lane),
    onFrame: (receive) => toB.onFrame(receive),
    onDrain: (drained) => toB.onDrain(drained),
    onDown: (down) => toB.onDown(down),
    close: () => toB.close(),
  }
  a.host.attach('b', lossy)
  b.host.attach('a', toA)
  await a.submit([sign(ann, {})])
  await until(async () => lost === 1)
  assert.is((await size(b)).pending, 0)
  for (let i = 0; i < 700 && (await size(b)).pending === 0; i++) {
    await new Promise((r) => setTimeout(r, 10))
  }
  assert.is((await size(b)).pending, 1)
  await Promise.all([a.host.stop(), b.host.stop()])
})

test('a hundred senders at once are all checked and asked for', async () => {
  const { a } = pair()
  const sent = WALLETS.flatMap((w) => Array.from({ length: 12 }, (_, nonce) => sign(w, { nonce })))
  const verdicts = await Promise.all(sent.map((one) => a.submit([one])))
  assert.ok(verdicts.every(([verdict]) => verdict?.code === ''))
  assert.equal(await size(a), { pending: sent.length, queued: 0 })
  const body = { gasLimit: 30_000_000, baseFee: BASE_FEE_INITIAL, max: 1000, exclude: [] }
  const taken = await a.host.edge.ask(MempoolMessages, 'a', 'TakeForBlock', body, WITHIN)
  assert.is(taken.transactions.length, sent.length)
})

test.after(stopChainNodes)

test.run()
