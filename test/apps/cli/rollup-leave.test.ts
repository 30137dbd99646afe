// Out of a frozen shard as the command does it: from what a node shows to what the rollup module
// pays; and what it says where there is nothing to fetch.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nothingToFetch } from '../../../apps/cli/rollup-claims.ts'
import type { RollupDesk } from '../../../apps/cli/rollup-desk.ts'
import { frozenAccount } from '../../../apps/cli/rollup-leave.ts'
import { shardStands } from '../../../apps/cli/shard-stands.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { freezeAt } from '../../../protocol/rollup/freeze.ts'
import type { Ask } from '../../../sdk/light/light-rpc.ts'
import { account, RollupWorld, UNIT } from '../../protocol/rollup/rollup-world.ts'

const [OWNER, PAYER, PAYEE] = [account(9), 3, 4]

/** The payer has given all that it had; the shard is frozen after that. */
function frozenWorld(): RollupWorld {
  const world = new RollupWorld({ accounts: 20, balance: 1000n, owner: OWNER })
  world.step({ transfers: [{ from: PAYER, to: PAYEE, amount: 1000n }] })
  freezeAt(world.system, 0, 1, () => {})
  world.next(12_000)
  return world
}

/** A node that shows the world, or a head of a test's own. */
function asking(world: RollupWorld, heads: readonly object[] = []): Ask {
  return async (method, params = []) => {
    const index = Number((params as string[])[0] ?? 0)
    if (method === 'rollup_getHead') return heads[index]
    assert.is(method, 'rollup_getAccountProof')
    if (index >= 20) return null
    const { table, pages } = world.shard
    const path = pages.proof(index, hashPairsNoble)
    const proof: Hex[] = []
    for (let at = 0; at < path.length; at += 32) proof.push(bytesToHex(path.slice(at, at + 32)))
    return { record: bytesToHex(table.recordOf(index)), proof }
  }
}

test('the module pays what the account had where the shard stands, once', async () => {
  const world = frozenWorld()
  const ask = asking(world)
  const found = await frozenAccount(ask, PAYEE)
  assert.is(found?.amount, 2000n)
  if (!found) return
  const before = world.balance(OWNER)
  assert.is(world.code(account(1), found.call), '')
  assert.is(world.balance(OWNER) - before, 2000n * UNIT)
  assert.is(world.code(account(1), found.call), 'ALREADY_PAID')
  assert.is(await frozenAccount(ask, PAYER), undefined)
  assert.is(await frozenAccount(ask, 21), undefined)
})

const head = (over: object) => ({
  shards: '0x2',

  frozen: false,
  missed: null,
  ...over,
})

test('an account stands where its own shard does', async () => {
  const world = frozenWorld()
  const ask = asking(world, [head({}), head({ frozen: true })])
  assert.equal(await shardStands(ask, 12), { shard: 0, isFrozen: false })
  assert.equal(await shardStands(ask, 4096), { shard: 1, isFrozen: true })
})

test('where there is nothing to fetch, it says whether the node may lack something', async () => {
  const missed = { from: '0x1', to: '0x200' }
  const ask = asking(frozenWorld(), [head({}), head({ missed })])
  const desk = { ask: (method: string, ...params: unknown[]) => ask(method, params) } as RollupDesk
  assert.match((await nothingToFetch(desk, 12)).why, /all exits .* are paid/)
  const { why, hint } = await nothingToFetch(desk, 4096)
  assert.match(why, /has not executed batches 1 to 512 of shard 1: it took up a later state/)
  assert.match(hint, /ask a node that has been there from the start, with --rpc/)
})

test.run()
