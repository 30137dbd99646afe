// A lie in the first root after a change of the number of shards: it is proved against the roots of
// before, the shard freezes where it began, and its accounts leave by the roots of before.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { ROLLUP_CHALLENGE_BOND_WEI } from '../../../protocol/params.ts'
import { AccountTable } from '../../../protocol/rollup/account-table.ts'
import { encodeChallenge } from '../../../protocol/rollup/challenge.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import { encodeFraudProof } from '../../../protocol/rollup/fraud-proof.ts'
import type { PublishedCase } from '../../../protocol/rollup/fraud-search.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { placeBefore } from '../../../protocol/rollup/reshard-layout.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { loadEnded, loadRoot, loadShard } from '../../../protocol/rollup/shard-record.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { encodeMeta } from '../../../protocol/rollup/state-root.ts'
import { ReshardWorld } from './reshard-world.ts'
import { account } from './rollup-world.ts'

const NOTHING = new Uint32Array(0)
const BATCH = {
  ...{ trace: NOTHING, transfers: NOTHING, operations: NOTHING, exits: NOTHING },
  ...{ outbox: new Map(), parcels: [] },
}

/** Two shards that were one, or one that was two; before their first claims. */
function changedWorld(from: number, to: number): ReshardWorld {
  const world = new ReshardWorld(from)
  for (const index of [0, 1, 4096, 4097]) {
    const transfers = [{ from: index, to: index + 2, amount: BigInt(1 + (index % 9)) }]
    world.make(shardOf(index, from), { transfers })
  }
  world.want(to)
  world.turn()
  world.drain()
  world.next(15_000)
  assert.ok(world.turn())
  return world
}

/** What a challenger knows of a first claim. */
function publishedCase(world: ReshardWorld, claim: Claim, lie: ShardState): PublishedCase {
  const { shard } = claim
  const { system } = world
  const stated = loadRoot(system, shard, loadShard(system, shard).lastRoot - 1)
  const { root: stateRoot, ...point } = stated
  const from = world.before.length
  const origin = (index: number) => {
    const { shard: source, slot } = placeBefore(index, from)
    const { root, ...ended } = loadEnded(system, source)
    return { standing: { shard: source, firstEntry: 1, stateRoot: root, ...ended }, slot }
  }
  const { table, meta } = lie
  return {
    fraud: {
      place: { shard, shards: world.k },
      before: { shard, firstEntry: 1, stateRoot, ...point },
      origin,
      claims: [claim],
      message: () => undefined,
    },
    batches: [BATCH],
    before: AccountTable.create(),
    origin: (index) => (world.before[placeBefore(index, from).shard] as ShardState).table,
    after: { table, meta: encodeMeta(meta) },
  }
}

for (const [from, to] of [
  [1, 2],
  [2, 1],
] as const) {
  test(`${from} to ${to}: a record that is another is proved, and freezes the shard`, () => {
    const world = changedWorld(from, to)
    const shard = to - 1
    world.open(shard)
    const honest = world.opening(shard)
    const state = world.stateOf(shard)
    // The sequencer gives itself money in the root that it states, and takes it from another.
    const slot = 1
    const right = state.table.recordOf(slot)
    const words = new Uint32Array(Uint8Array.from(right).buffer)
    const [balance, , nonce, , touch] = [...words] as [number, number, number, number, number]
    state.table.put(slot, balance + 500, 0, nonce, touch, 0)
    const { signature: _, ...said } = honest
    const lie = world.sign({ ...said, stateRoot: state.root(hashPairsNoble) })
    world.next()
    assert.is(world.order([lie]), '')
    assert.not(world.headOf(shard).frozen)

    const published = publishedCase(world, lie, state)
    const proof = findFraud(published, hashPairsNoble)
    assert.is(proof?.kind, 'END_START')
    if (!proof) return
    const bytes = encodeChallenge({ claims: [lie], proof: encodeFraudProof(proof) })
    const wei = world.wei
    const output = world.do(account(5), calls.encodeChallengeCall(bytes), ROLLUP_CHALLENGE_BOND_WEI)
    assert.is(output.at(-1), 1)
    assert.is(world.wei, wei)
    const { frozen, number } = world.headOf(shard)
    assert.equal([frozen, number], [true, lie.number - 1])

    // Everybody of the shard leaves with what he had before the change, and not with the lie.
    const exitOf = (index: number, record?: Uint8Array) => {
      const at = placeBefore(index, from)
      const source = world.before[at.shard] as ShardState
      const shown = bytesToHex(record ?? source.table.recordOf(at.slot))
      return calls.encodeExitFrozen(index, shown, source.pages.proof(at.slot, hashPairsNoble))
    }
    const own = [...world.expected.keys()].filter((index) => shardOf(index, to) === shard)
    for (const index of own) {
      const at = placeBefore(index, from)
      const source = world.before[at.shard] as ShardState
      const units = source.table.balanceOf(at.slot)
      const before = world.balance(account(9))
      assert.is(world.code(account(1), exitOf(index)), units > 0n ? '' : 'NO_BALANCE')
      assert.is(world.balance(account(9)) - before, units * 10n ** 9n)
    }
    assert.is(
      world.code(account(1), exitOf(own[0] as number, state.table.recordOf(slot))),
      'ALREADY_PAID',
    )
  })
}

test('nothing that is right in a first claim can be proved false', () => {
  const world = changedWorld(2, 4)
  for (let shard = 0; shard < 4; shard++) {
    world.next()
    const claim = world.opening(shard)
    assert.is(world.order([claim]), '')
    const published = publishedCase(world, claim, world.stateOf(shard))
    assert.is(findFraud(published, hashPairsNoble), undefined)
    // Evidence that decides, of each account, against the claim as it is.
    const bytes = encodeChallenge({ claims: [claim], proof: new Uint8Array(3) })
    const call = calls.encodeChallengeCall(bytes)
    const output = world.do(account(5), call, ROLLUP_CHALLENGE_BOND_WEI)
    assert.is(output.at(-1), 0)
    assert.is(hexToBytes(claim.stateRoot ?? '0x').length, 32)
  }
})

test.run()
