// What anybody hands in for a shard that has lied or is frozen, as the commands do it: from what a
// node shows to what the rollup module does.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { creditRefund, disputeOf, messageRefunds } from '../../../apps/cli/rollup-refunds.ts'
import type { RpcContext } from '../../../apps/gateway/method.ts'
import { getDispute } from '../../../apps/gateway/methods/rollup/get-dispute.ts'
import { getParcelProof } from '../../../apps/gateway/methods/rollup/get-parcel-proof.ts'
import type { RollupAccess } from '../../../apps/gateway/rollup/rollup-access.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { COHORT_SIZE, ROLLUP_CHALLENGE_BOND_WEI } from '../../../protocol/params.ts'
import { freezeAt } from '../../../protocol/rollup/freeze.ts'
import { encodeChallengeCall } from '../../../protocol/rollup/rollup-calls.ts'
import { AT, traceRoot } from '../../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import type { Ask } from '../../../sdk/light/light-rpc.ts'
import {
  challengeOf,
  copyOf,
  publishedCase,
  standingAt,
} from '../../protocol/rollup/published-case.ts'
import { account, RollupWorld, UNIT } from '../../protocol/rollup/rollup-world.ts'

const OWNER = account(9)
const SETTLED_MS = 12_000

/** The methods of a node whose shards say this. */
function asking(shards: number, rollup: Partial<RollupAccess>): Ask {
  const context = { rollup: { shards, ...rollup } } as RpcContext
  const methods = [getDispute, getParcelProof]
  return async (name, params) => methods.find((one) => one.name === name)?.run(context, params)
}

test('a credit on its way to a frozen shard goes back, by the path that the node gives', async () => {
  const world = new RollupWorld({
    shards: 2,
    accounts: 2 * COHORT_SIZE,
    balance: 1000n,
    owner: OWNER,
  })
  const [from, to] = [5, COHORT_SIZE + 3]
  const transfers = [7n, 8n].map((amount, i) => ({ from: from + i, to: to + i, amount }))
  const { executed, claim } = world.step({ transfers })
  const [box] = executed.outbox
  if (!box) throw new Error('nothing was sent')
  freezeAt(world.system, 1, 0, () => {})
  world.next(SETTLED_MS)
  const leaves = new Uint8Array(box.leaves.buffer)
  const parcel = async (shard: number, number: number, destination: number) => {
    assert.equal([shard, number, destination], [0, claim.number, 1])
    return { found: true, gone: false, leaves }
  }
  const ask = asking(2, { parcel })
  const found = await creditRefund(ask, 0, claim.number, 1, 1)
  assert.is(found?.amount, 8n)
  if (!found) return
  const before = world.balance(OWNER)
  assert.is(world.code(account(1), found.call), '')
  assert.is(world.balance(OWNER) - before, 8n * UNIT)
  assert.is(world.code(account(1), found.call), 'ALREADY_PAID')
  assert.is(await creditRefund(ask, 0, claim.number, 1, 2), undefined)
})

test('messages that a frozen shard never consumed go back: those that brought money', async () => {
  const world = new RollupWorld({ accounts: 20, balance: 1000n, owner: OWNER })
  world.deposit(3, 4, 50n)
  world.step({})
  world.deposit(3, 5, 60n)
  const index = world.register(7, 0n)
  world.deposit(3, index, 70n)
  freezeAt(world.system, 0, 1, () => {})
  world.next()
  const view = async (data: Uint8Array) => world.do(account(2), data)
  assert.equal(
    (await messageRefunds(view, 0, 1)).map(({ amount }) => amount),
    [60n],
  )
  assert.equal(await messageRefunds(view, 0, 0), [], 'consumed')
  const before = world.balance(OWNER) + world.balance(account(7))
  const refunds = await messageRefunds(view, 0, undefined)
  assert.equal(
    refunds.map(({ place, amount }) => [place, amount]),
    [
      [1, 60n],
      [3, 70n],
    ],
  )
  for (const { call } of refunds) assert.is(world.code(account(2), call), '')
  assert.is(world.balance(OWNER) + world.balance(account(7)) - before, 130n * UNIT)
  assert.equal(await messageRefunds(view, 0, undefined), [])
})

test('a challenge that a node has made holds for whoever hands it in', async () => {
  const world = new RollupWorld({ accounts: 20, balance: 1000n, owner: OWNER })
  world.step({ transfers: [{ from: 1, to: 2, amount: 5n }] })
  const before = { root: standingAt(world.head), table: copyOf(world.shard) }
  world.next()
  const batch = world.batch({ transfers: [{ from: 2, to: 3, amount: 5n }] })
  const { trace } = batch.executed
  trace[AT.toBalance] = (trace[AT.toBalance] as number) + 1
  const tree = new MerkleTree(hashPairsNoble)
  const root = bytesToHex(traceRoot(trace, batch.claim.entries, tree, hashPairsNoble))
  const claim = world.sign({ ...batch.claim, traceRoot: root })
  assert.is(world.order([claim]), '')
  const { bytes, kind } = challengeOf(publishedCase(before, [batch], [claim], undefined))
  const found = { number: 2, hash: root, sequencer: OWNER, code: 'BAD_CLAIM', detail: 'traceRoot' }
  const dispute = async () => ({ ...found, state: 'PROVED', kind, challenge: bytes })
  const { challenge, batch: number } = await disputeOf(asking(1, { dispute }), 0)
  assert.is(number, 2)
  const call = encodeChallengeCall(challenge)
  assert.is(world.code(account(3), call, ROLLUP_CHALLENGE_BOND_WEI), '')
  assert.ok(world.head.frozen)
  const nothing = async () => ({
    ...found,
    state: 'WITHHELD',
    kind: '',
    challenge: new Uint8Array(0),
  })
  for (const [shown, what] of [
    [async () => undefined, /nothing to challenge/],
    [nothing, /not proved \(WITHHELD\)/],
  ] as const) {
    const error = await disputeOf(asking(1, { dispute: shown }), 0).catch((caught) => caught)
    assert.match(error.message, what)
  }
})

test.run()
