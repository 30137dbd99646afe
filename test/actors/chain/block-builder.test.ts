// Block-builder and archive on one store: build, check elsewhere, finalise several at once,
// restart on the same root, forks that die, and what a reader sees.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EMPTY } from '../../../lib/bytes.ts'
import { hexToBytes } from '../../../lib/hex.ts'
import { encodeCall } from '../../../protocol/abi/function.ts'
import { type Block, encodeBlock } from '../../../protocol/block/block.ts'
import { decodeHeader } from '../../../protocol/block/header-codec.ts'
import { DEPOSIT, DEPOSIT_OF } from '../../../protocol/market/market-abi.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { sign, testGenesis, WALLETS, type Wallet } from '../../protocol/chain-world.ts'
import { ChainNode, stopChainNodes } from './chain-node.ts'

const [ann, ben] = WALLETS as [Wallet, Wallet]
const genesis = testGenesis()
const deposit = encodeCall(DEPOSIT, [])

function calls(nonce: number) {
  return [
    sign(ann, { nonce, to: ben.address, value: 5n }),
    sign(ben, { nonce, to: MARKET_ADDRESS, value: 7n, data: deposit, gasLimit: 200_000 }),
  ]
}

async function built(node: ChainNode, parent: Block): Promise<Block> {
  const { decoded, code } = await node.build(parent, true)
  assert.ok(decoded, code)
  return decoded
}

test('a block built here is checked there, final on both, and read back', async () => {
  const here = new ChainNode('a', new MemoryStore())
  const there = new ChainNode('b', new MemoryStore())
  assert.equal(
    (await here.submit(calls(0))).map(({ code }) => code),
    ['', ''],
  )
  const one = await built(here, genesis.block)
  assert.is(one.transactions.length, 2)
  // Nothing is offered twice while it is not final.
  assert.is((await here.build(one)).block, undefined)
  assert.is(await here.hasCandidates(one.hash), false)
  assert.is(await here.hasCandidates(genesis.block.hash), true)
  assert.is(await here.hasCandidates(`0x${'77'.repeat(32)}`), true, 'nobody can say')
  await here.submit(calls(1))
  const two = await built(here, one)
  assert.is(two.transactions.length, 2)
  for (const block of [one, two]) {
    assert.equal(await there.check(encodeBlock(block)), { ok: true, hash: block.hash, code: '' })
  }
  assert.is(there.checked, 4)
  const poll = there.archive('BlocksAfter', { height: 0, max: 10 })
  for (const node of [here, there]) {
    assert.equal(await node.finalise(two.hash), { height: 2, code: '', following: EMPTY })
    assert.equal(await node.finalise(one.hash), { height: 2, code: '', following: EMPTY })
  }
  const blocks = await poll
  assert.equal(
    blocks.map(({ height, hash }) => [height, hash]),
    [
      [1, one.hash],
      [2, two.hash],
    ],
  )
  assert.equal(blocks[0]?.certificate, Uint8Array.of(7))
  const head = await there.archive('Head', null)
  assert.equal(decodeHeader(head.header), two.header)
  assert.is(head.genesisHash, genesis.block.hash)
  const place = await there.archive('TransactionAt', {
    hash: (calls(1)[1] as { transaction: { hash: `0x${string}` } }).transaction.hash,
  })
  assert.is(place?.height, 2)
  const account = await there.archive('Account', { address: MARKET_ADDRESS })
  assert.is(account.balance, 14n)
  const view = await there.archive('Call', {
    from: ann.address,
    to: MARKET_ADDRESS,
    value: 0n,
    data: encodeCall(DEPOSIT_OF, [ben.address]),
    gas: 1_000_000,
    gasPrice: 0n,
  })
  assert.is(BigInt(`0x${Buffer.from(view.output).toString('hex')}`), 14n)
  const all = { addresses: [], topics: [], fromHeight: 0, toHeight: 100 }
  const { logs } = await there.archive('Logs', all)
  assert.equal(
    logs.map(({ height, logIndex }) => [height, logIndex]),
    [
      [1, 0],
      [2, 0],
    ],
  )
  const topic = logs[0]?.topics[0] as `0x${string}`
  assert.is((await there.archive('Logs', { ...all, topics: [[topic]] })).logs.length, 2)
  assert.is((await there.archive('Logs', { ...all, topics: [[one.hash]] })).logs.length, 0)
  assert.is((await there.archive('Logs', { ...all, addresses: [ann.address] })).logs.length, 0)
  assert.is((await there.archive('Logs', { ...all, toHeight: 20_000 })).code, '')
  assert.equal([...here.errors, ...there.errors], [])
})

test('a restarted node lands on the same root and goes on', async () => {
  const store = new MemoryStore()
  const before = new ChainNode('a', store)
  await before.submit(calls(0))
  const one = await built(before, genesis.block)
  await before.finalise(one.hash)
  await before.host.stop()
  const after = new ChainNode('a', store)
  const tip = await after.tip()
  assert.is(tip.hash, one.hash)
  assert.is(tip.view, 1)
  assert.equal(tip.certificate, Uint8Array.of(7))
  await after.submit(calls(1))
  const two = await built(after, one)
  assert.is(two.transactions.length, 2)
  assert.equal(await after.finalise(two.hash), { height: 2, code: '', following: EMPTY })
  assert.equal(after.errors, [])
})

test('a store with a changed balance is refused', async () => {
  const store = new MemoryStore()
  const before = new ChainNode('a', store)
  await before.finalise((await built(before, genesis.block)).hash)
  await before.host.stop()
  const key = hexToBytes(ann.address)
  const row = Uint8Array.from(store.get('accounts', key) as Uint8Array)
  row[10] = (row[10] as number) ^ 1
  store.apply([{ table: 'accounts', key, value: row }])
  const after = new ChainNode('a', store)
  const failure = await after.tip(500).then(
    () => 'answered',
    () => 'failed',
  )
  assert.is(failure, 'failed')
  assert.ok(
    after.errors.some((line) => line.includes('another root')),
    after.errors.join(),
  )
  await after.host.stop()
})

test('forks die when another block becomes final, and what cannot be built on is refused', async () => {
  const node = new ChainNode('a', new MemoryStore())
  await node.submit(calls(0))
  const kept = await built(node, genesis.block)
  await node.submit([sign(ann, { nonce: 1 })])
  const other = new ChainNode('b', new MemoryStore())
  await other.submit([sign(ben, { nonce: 0, value: 3n })])
  const dead = await built(other, genesis.block)
  const onDead = await built(other, dead)
  assert.is((await node.check(encodeBlock(onDead))).code, 'UNKNOWN_PARENT')
  assert.is((await node.check(encodeBlock(dead))).code, '')
  assert.is((await node.check(encodeBlock(onDead))).code, '')
  assert.is((await node.finalise(`0x${'12'.repeat(32)}`)).code, 'UNKNOWN_BLOCK')
  await node.finalise(kept.hash)
  assert.is((await node.finalise(onDead.hash)).code, 'UNKNOWN_BLOCK')
  assert.is((await node.check(encodeBlock(dead))).code, 'STALE')
  assert.is((await node.check(encodeBlock(kept))).code, '')
  assert.is((await node.build(dead)).code, 'UNKNOWN_PARENT')
  const next = await built(node, kept)
  assert.is(next.transactions.length, 1)
  const wrong = { ...next, header: { ...next.header, gasUsed: 21_001 } }
  assert.is((await node.check(encodeBlock(wrong))).code, 'WRONG_HEADER')
  assert.is((await node.check(Uint8Array.of(1, 2, 3))).code, 'UNDECODABLE')
  assert.equal(node.errors, [])
})

test('a failed write is answered, and the block can be finalised again', async () => {
  const store = new MemoryStore()
  let fails = 0
  const disk = {
    get: store.get.bind(store),
    range: store.range.bind(store),
    usedBytes: store.usedBytes.bind(store),
    commit: (puts: Parameters<MemoryStore['commit']>[0], done: (error?: Error) => void) => {
      if (fails-- > 0) setImmediate(() => done(new Error('no space left')))
      else store.commit(puts, done)
    },
  }
  const node = new ChainNode('a', disk)
  await node.submit(calls(0))
  const one = await built(node, genesis.block)
  fails = 1
  assert.equal(await node.finalise(one.hash), { height: 0, code: 'STORE_FAILED', following: EMPTY })
  assert.is((await node.archive('Head', null)).height, 0)
  assert.equal(await node.finalise(one.hash), { height: 1, code: '', following: EMPTY })
  assert.is((await node.archive('Head', null)).height, 1)
})

test.after(stopChainNodes)

test.run()
