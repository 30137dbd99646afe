// Every verdict on a bank history fires on the history it exists for, and none on a good one.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../../lib/hex.ts'
import { type BankHistory, judgeHistory } from './judge-history.ts'
import type { Transfer } from './transfer.ts'

const ALICE: Hex = '0xa11ce'
const BOB: Hex = '0xb0b'
const FEE = 21n

function transfer(nonce: number, height: number | undefined): Transfer {
  const hash: Hex = `0xf${nonce}`
  const final = { node: 'node0', atMs: 9, height: height ?? 0, blockHash: `0xblock${height}` }
  return {
    from: ALICE,
    to: BOB,
    nonce,
    value: 100n,
    hash,
    raw: '0x',
    intendedMs: 0,
    sendings: [{ node: 'node0', atMs: 1, outcome: 'acknowledged' }],
    ...(height !== undefined && { final }),
  }
}

const placed = ({ hash, from, to, nonce, value }: Transfer) => {
  return { hash, from, to, nonce, value, feeWei: FEE, success: true }
}

const FIRST = transfer(0, 1)
const SECOND = transfer(1, 2)

const GOOD: BankHistory = {
  transfers: [FIRST, SECOND],
  readings: [
    { client: ALICE, node: 'node0', nonce: 1 },
    { client: ALICE, node: 'node1', nonce: 0 },
    { client: ALICE, node: 'node0', nonce: 2 },
  ],
  before: new Map([
    [ALICE, { balance: 1000n, nonce: 0 }],
    [BOB, { balance: 0n, nonce: 0 }],
  ]),
  after: new Map([
    [ALICE, { balance: 1000n - 200n - 2n * FEE, nonce: 2 }],
    [BOB, { balance: 200n, nonce: 0 }],
  ]),
  blocks: [
    { height: 1, hash: '0xblock1', transactions: [placed(FIRST)] },
    { height: 2, hash: '0xblock2', transactions: [placed(SECOND)] },
  ],
}

const broken = (history: BankHistory) =>
  judgeHistory(history)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name)

test('a good history passes', () => {
  assert.equal(broken(GOOD), [])
})

test('a transfer that never became final', () => {
  const history = { ...GOOD, transfers: [...GOOD.transfers, transfer(2, undefined)] }
  assert.equal(broken(history), ['transfers-become-final'])
})

test('a transfer shown as final that is gone: its effect is missing as well', () => {
  const [first] = GOOD.blocks
  const blocks = first ? [first] : []
  assert.equal(broken({ ...GOOD, blocks }), ['nothing-final-lost', 'balances-add-up'])
})

test('a transfer shown as final in another block', () => {
  const [first, second] = GOOD.blocks
  const blocks = first && second ? [first, { ...second, hash: '0xother' }] : []
  assert.equal(broken({ ...GOOD, blocks }), ['nothing-final-lost'])
})

test('an effect that comes twice', () => {
  const again = { height: 3, hash: '0xblock3', transactions: [placed(SECOND)] }
  assert.equal(broken({ ...GOOD, blocks: [...GOOD.blocks, again] }), [
    'nothing-twice',
    'order-kept',
    'balances-add-up',
  ])
})

test('two transfers of an account in the wrong order', () => {
  const blocks = [
    { height: 1, hash: '0xblock1', transactions: [placed(SECOND), placed(FIRST)] },
    { height: 2, hash: '0xblock2', transactions: [] },
  ]
  const transfers = [FIRST, transfer(1, 1)]
  assert.equal(broken({ ...GOOD, transfers, blocks }), ['order-kept'])
})

test('a wei too much', () => {
  const after = new Map([...GOOD.after, [BOB, { balance: 201n, nonce: 0 }] as const])
  assert.equal(broken({ ...GOOD, after }), ['balances-add-up'])
})

test('a reader sent back in time by one node, not by another', () => {
  const readings = [...GOOD.readings, { client: ALICE, node: 'node0', nonce: 1 }]
  assert.equal(broken({ ...GOOD, readings }), ['reads-monotonic'])
})

test.run()
