// The state engine against a map of bigints: same balances, refusals and roots over random batches,
// whatever the hashing; and back again, batch by batch, to the very same bytes.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { EXIT_INDEX } from '../../../protocol/params.ts'
import { AccountTable } from '../../../protocol/rollup/account-table.ts'
import { executeBatch, executionPorts } from '../../../protocol/rollup/execute-batch.ts'
import { readOutgoing } from '../../../protocol/rollup/outgoing.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { rootOfProof } from '../../../protocol/rollup/transfer-tree.ts'
import type { Undo } from '../../../protocol/rollup/undo-log.ts'
import { PlainShard, plainRecord } from './plain-shard.ts'
import { type RandomBatch, randomBatch, runPlain, toExecute } from './shard-run.ts'

const PLACE = { shard: 0, shards: 1 }
const ports = executionPorts(hashPairsNative)
const seed = fc.string({ minLength: 8, maxLength: 8 })

/** The records that are in use, as text: equal means bitwise equal. */
function recordsOf(state: ShardState): string {
  const { table } = state
  return Buffer.from(table.words.buffer, 0, table.used * 32).toString('hex')
}

function executed(state: ShardState, batch: RandomBatch) {
  const result = executeBatch(state, toExecute(state, batch), ports)
  if (!result.ok) throw new Error(`${result.code} ${result.detail}`)
  return result.executed
}

function agrees(state: ShardState, plain: PlainShard): void {
  for (const [index, account] of plain.accounts) {
    assert.equal(state.table.recordOf(index), plainRecord(account), `account ${index}`)
  }
  assert.is(state.root(hashPairsNative), bytesToHex(plain.stateRoot()))
  assert.is(state.supply, plain.supply)
}

test('random batches give what plain arithmetic gives, and every one can be taken back', () => {
  fc.assert(
    fc.property(seed, fc.boolean(), (name, isShared) => {
      const random = prng(name)
      const state = new ShardState(PLACE, AccountTable.create(4096, isShared))
      const plain = new PlainShard()
      const past: { undo: Undo; records: string; root: string }[] = []
      for (let i = 0; i < 6; i++) {
        const batch = randomBatch(random, plain)
        past.push({
          undo: undefined as unknown as Undo,
          records: recordsOf(state),
          root: state.root(hashPairsNative),
        })
        const done = executed(state, batch)
        assert.is(runPlain(plain, batch), '')
        ;(past[i] as { undo: Undo }).undo = done.undo
        const exits = plain.exits.map((_, at) => readOutgoing(done.exits, at))
        assert.equal(
          exits.map(({ from, amount, entry }) => ({ from, amount, entry })),
          plain.exits,
        )
        const sum = plain.exits.reduce((total, exit) => total + exit.amount, 0n)
        assert.is(exits.at(-1)?.total ?? 0n, sum)
        agrees(state, plain)
      }
      const fresh = new ShardState(PLACE, new AccountTable(state.table.buffer, state.table.used))
      Object.assign(fresh, { entries: state.entries, supply: state.supply, inboxTo: state.inboxTo })
      assert.is(fresh.root(hashPairsNoble), bytesToHex(plain.stateRoot()))
      for (const { undo, records, root } of past.reverse()) {
        state.undo(undo)
        assert.is(recordsOf(state), records)
        assert.is(state.root(hashPairsNative), root)
      }
      assert.ok(state.table.words.every((word) => word === 0))
    }),
    { numRuns: 60 },
  )
})

const U64_MAX = 2n ** 64n - 1n
const edge = fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, U64_MAX)
const amount = fc.oneof(edge, fc.bigInt({ min: 0n, max: U64_MAX }), fc.bigInt(0n, 5n))
const less = fc.oneof(amount, fc.bigInt(0n, 3n), fc.bigInt(0n, 2n ** 40n))
const five = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 5, maxLength: 5 })
const known = fc.constantFrom(0, 1, 2, 3, 4, EXIT_INDEX)
const wish = fc.record({
  balances: five(amount),
  nonces: five(fc.constantFrom(0, 7, 8, 9, 10, 11, 12, 0xffff_fffe, 0xffff_ffff)),
  to: five(fc.oneof({ weight: 9, arbitrary: known }, fc.constantFrom(5, 9000, 2 ** 24))),
  amounts: fc.array(less, { minLength: 1, maxLength: 5 }),
  fee: fc.constantFrom(0, 1, 0xffff_ffff),
})

test('all of 64 bits: the same transfers are paid and refused, and a refusal leaves no trace', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(wish, ({ balances, nonces, to, amounts, fee }) => {
      // No shard holds more than 64 bits of units, so no more can leave it.
      const leaving = amounts.filter((_, i) => to[i] === EXIT_INDEX)
      fc.pre(leaving.reduce((sum, value) => sum + value, 0n) <= U64_MAX)
      const state = new ShardState(PLACE)
      const plain = new PlainShard()
      for (const [i, balance] of balances.entries()) {
        const nonce = nonces[i] as number
        plain.accounts.set(i, { balance, nonce, touch: i + 1 })
        const [lo, hi] = [Number(balance & 0xffff_ffffn), Number(balance >> 32n)]
        state.table.put(i, lo, hi, nonce, i + 1, 0)
      }
      state.table.used = 5
      // Entry numbers whose low word overflows in the middle of the batch.
      state.entries = plain.entries = 2 ** 33 - 3
      state.supply = plain.supply = 2n ** 64n
      const root = state.root(hashPairsNative)
      const before = recordsOf(state)
      const transfers = amounts.map((value, i) => ({ from: i, to: to[i] as number, amount: value }))
      const batch = { inbox: [], transfers, fee, feeAccount: 0 }
      const allowed = plain.copy()
      let position = 0
      let code = ''
      while (position < amounts.length && code === '') {
        code = allowed.transfer(transfers[position] as (typeof transfers)[0], fee)
        if (code === '') position++
      }
      const fees = BigInt(amounts.length) * BigInt(fee)
      const has = allowed.accounts.get(0)?.balance ?? 0n
      if (code === '' && has + fees >= 2n ** 64n) code = 'FEE_ACCOUNT_UNKNOWN'
      const result = executeBatch(state, toExecute(state, batch), ports)
      seen.add(code)
      assert.is(result.ok ? '' : result.code, code)
      if (!result.ok) {
        assert.is(result.position, position)
        assert.is(recordsOf(state), before)
        assert.is(state.root(hashPairsNative), root)
      } else if (fees > 0n) allowed.credit(0, fees)
      if (result.ok) {
        for (const [index, account] of allowed.accounts) {
          assert.equal(state.table.recordOf(index), plainRecord(account))
        }
      }
    }),
    { numRuns: 3000 },
  )
  const codes = ['', 'UNPAYABLE', 'RECEIVER_UNKNOWN', 'NONCES_USED_UP', 'BALANCE_OVERFLOW']
  for (const code of codes) assert.ok(seen.has(code), `no case of ${code || 'a good batch'}`)
})

test('batches for other shards and other entries, and bad messages, are refused', () => {
  const state = new ShardState(PLACE)
  const first = { index: 3, amount: 10n }
  executed(state, { inbox: [{ kind: 'register', ...first }], transfers: [], fee: 0, feeAccount: 0 })
  const root = state.root(hashPairsNative)
  const batch = (inbox: RandomBatch['inbox']) =>
    toExecute(state, { inbox, transfers: [], fee: 0, feeAccount: 0 })
  const fresh = { kind: 'register', index: 5000, amount: 1n } as const
  const refused = [
    [{ ...batch([]), firstEntry: 1 }, 'WRONG_FIRST_ENTRY'],
    [{ ...batch([]), body: { ...batch([]).body, shard: 1 } }, 'WRONG_SHARD'],
    [batch([fresh, { kind: 'register', ...first }]), 'WRONG_INBOX'],
    [batch([fresh, { kind: 'deposit', index: 4, amount: 1n }]), 'WRONG_INBOX'],
    [batch([fresh, { kind: 'deposit', index: 3, amount: 2n ** 64n - 11n }]), 'BALANCE_OVERFLOW'],
  ] as const
  for (const [one, code] of refused) {
    const result = executeBatch(state, one, ports)
    assert.is(result.ok ? '' : result.code, code)
    assert.is(state.root(hashPairsNative), root)
  }
})

test('a proof of a record leads to the root, in a table that grew', () => {
  const state = new ShardState(PLACE)
  const registers = [7, 70, 4095, 4096, 20_000].map((index) => ({ index, amount: 5n }))
  for (const one of registers) {
    const inbox = [{ kind: 'register' as const, ...one }]
    executed(state, { inbox, transfers: [], fee: 0, feeAccount: 0 })
    const { depth } = state.table
    const treeRoot = state.pages.root(hashPairsNative)
    for (const slot of [0, 7, one.index, 2 ** depth - 1]) {
      const proof = state.pages.proof(slot, hashPairsNoble)
      const record = state.table.recordOf(slot)
      const found = rootOfProof(record, slot, 2 ** depth, proof, hashPairsNoble)
      assert.equal(found, treeRoot)
    }
  }
})

test('hashing in slices gives the same root', () => {
  const state = new ShardState(PLACE, AccountTable.create(2 ** 16))
  for (let slot = 0; slot < 50_000; slot += 7) state.table.put(slot, slot, 0, 0, slot + 1, 0)
  state.table.used = 50_000
  const other = new ShardState(PLACE, new AccountTable(state.table.buffer.slice(0), 50_000))
  let slices = 1
  while (!state.pages.refresh(hashPairsNative, 100)) slices++
  assert.ok(slices > 5)
  assert.is(state.root(hashPairsNative), other.root(hashPairsNoble))
})

test.run()
