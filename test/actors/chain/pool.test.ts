// The pool against a plain model over random histories: what is pending, what is queued, what a
// block gets, and limits that hold at every step.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Pool, tipAt } from '../../../actors/mempool/pool.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { Transaction } from '../../../protocol/transaction/transaction.ts'

const hex = (value: number, bytes: number): Hex =>
  `0x${value.toString(16).padStart(bytes * 2, '0')}`

let serial = 0

function transaction(nonce: number, maxFee: bigint, tip: bigint, gasLimit = 21_000): Transaction {
  return {
    type: 2,
    chainId: 1n,
    nonce,
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: tip,
    gasLimit,
    to: hex(1, 20),
    value: 0n,
    data: new Uint8Array(0),
    accessList: [],
    hash: hex(++serial, 32),
    raw: new Uint8Array(0),
    signature: new Uint8Array(65),
  }
}

const from = { own: true, at: 0 }
const none = new Set<Hex>()
const RICH = { nonce: 0, balance: 10n ** 30n }

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      sender: fc.nat(3),
      nonce: fc.nat(6),
      fee: fc.bigInt(1n, 40n),
      tip: fc.bigInt(0n, 40n),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('finalise' as const),
      sender: fc.nat(3),
      by: fc.nat(3),
      balance: fc.bigInt(0n, 3_000_000n),
    }),
  },
)

test('over random histories the pool keeps its limits, rows and prices', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pool = new Pool({ total: 8, perSender: 5 })
      const accounts = [0, 1, 2, 3].map(() => ({ nonce: 0, balance: 10n ** 9n }))
      for (const s of steps) {
        const account = accounts[s.sender] as { nonce: number; balance: bigint }
        const sender = hex(s.sender, 20)
        if (s.kind === 'add') {
          const tip = s.tip < s.fee ? s.tip : s.fee
          pool.add(transaction(s.nonce, s.fee, tip), sender, account, from)
        } else {
          account.nonce += s.by
          account.balance = s.balance
          pool.finalised([], [{ address: sender, ...account }], 7n)
        }
        check(pool, accounts)
      }
    }),
    { numRuns: 300 },
  )
})

function check(pool: Pool, accounts: { nonce: number; balance: bigint }[]): void {
  const entries = [...pool.entries()]
  assert.ok(entries.length <= 8)
  let pending = 0
  for (const [i, account] of accounts.entries()) {
    const own = entries.filter(({ sender }) => sender === hex(i, 20))
    assert.ok(own.length <= 5)
    const nonces = own.map(({ transaction: { nonce } }) => nonce)
    assert.is(new Set(nonces).size, nonces.length, 'one transaction a nonce')
    assert.ok(nonces.every((nonce) => nonce >= account.nonce))
    const cost = own.reduce((sum, { transaction: t }) => sum + 21_000n * t.maxFeePerGas, 0n)
    assert.ok(cost <= account.balance, 'everything that waits is covered')
    let next = account.nonce
    while (nonces.includes(next)) next++
    if (own.length > 0) assert.is(pool.pendingNonce(hex(i, 20)), next)
    assert.is(pool.isExecutable(hex(i, 20)), nonces.includes(account.nonce))
    pending += next - account.nonce
  }
  assert.equal(pool.counts(), { pending, queued: entries.length - pending })
  const choice = { gasLimit: 10 ** 9, baseFee: 5n, max: 100, exclude: none }
  const best = pool.best(choice)
  for (const gasLimit of [20_999, 21_000, 10 ** 9]) {
    const chosen = pool.best({ ...choice, gasLimit })
    assert.is(pool.hasAny({ ...choice, gasLimit }), chosen.length > 0)
  }
  const expected = [0, 1, 2, 3].map((i) => accounts[i]?.nonce ?? 0)
  let open = new Map<number, bigint>()
  for (const { transaction: t, sender } of best) {
    const i = Number(sender)
    assert.is(t.nonce, expected[i], 'in nonce order')
    expected[i] = t.nonce + 1
    assert.ok(tipAt(t, 5n) >= 0n)
    // Nobody who could have been next pays more.
    open = heads(
      entries,
      expected.map((n, j) => (j === i ? t.nonce : n)),
    )
    for (const tip of open.values()) assert.ok(tipAt(t, 5n) >= tip)
  }
  assert.is(heads(entries, expected).size, 0, 'nothing that pays is left out')
}

function heads(entries: { transaction: Transaction; sender: Hex }[], next: number[]) {
  const tips = new Map<number, bigint>()
  for (const { transaction: t, sender } of entries) {
    if (t.nonce !== next[Number(sender)] || tipAt(t, 5n) < 0n) continue
    tips.set(Number(sender), tipAt(t, 5n))
  }
  return tips
}

test('a replacement must pay ten per cent more on both fees', () => {
  const pool = new Pool({ total: 10, perSender: 10 })
  const sender = hex(9, 20)
  const add = (maxFee: bigint, tip: bigint) => {
    const added = pool.add(transaction(0, maxFee, tip), sender, RICH, from)
    return added.ok ? 'ok' : added.code
  }
  assert.is(add(100n, 10n), 'ok')
  assert.is(add(100n, 10n), 'REPLACEMENT_UNDERPRICED')
  assert.is(add(109n, 20n), 'REPLACEMENT_UNDERPRICED')
  assert.is(add(200n, 10n), 'REPLACEMENT_UNDERPRICED')
  assert.is(add(110n, 11n), 'ok')
  assert.is(pool.size, 1)
})

test('a full pool drops what waits behind a gap first, then the cheapest', () => {
  const pool = new Pool({ total: 3, perSender: 3 })
  const add = (sender: number, nonce: number, tip: bigint) => {
    const added = pool.add(transaction(nonce, 100n, tip), hex(sender, 20), RICH, from)
    return added.ok ? 'ok' : added.code
  }
  assert.is(add(1, 0, 5n), 'ok')
  assert.is(add(2, 0, 2n), 'ok')
  assert.is(add(3, 7, 9n), 'ok')
  assert.is(add(4, 0, 9n), 'UNDERPRICED')
  assert.is(add(4, 0, 10n), 'ok')
  assert.is(pool.knowsSender(hex(3, 20)), false)
  assert.is(add(5, 0, 2n), 'UNDERPRICED')
  assert.is(add(5, 0, 3n), 'ok')
  assert.is(pool.knowsSender(hex(2, 20)), false)
})

test('what is in blocks that are not final is passed over, and gas and count bound a choice', () => {
  const pool = new Pool({ total: 10, perSender: 10 })
  const sender = hex(9, 20)
  const rows = [0, 1, 2, 3].map((nonce) => transaction(nonce, 100n, 1n, 30_000))
  for (const row of rows) pool.add(row, sender, RICH, from)
  const choice = {
    gasLimit: 75_000,
    baseFee: 1n,
    max: 100,
    exclude: new Set([rows[0]?.hash as Hex]),
  }
  const nonces = (over: object) =>
    pool.best({ ...choice, ...over }).map(({ transaction: { nonce } }) => nonce)
  assert.equal(nonces({}), [1, 2])
  assert.equal(nonces({ max: 1 }), [1])
  assert.equal(nonces({ baseFee: 101n }), [])
  pool.finalised([rows[0]?.hash as Hex], [{ address: sender, nonce: 1, balance: 10n ** 30n }], 1n)
  assert.equal(nonces({ exclude: none }), [1, 2])
})

test.run()
