// A price taken out of a lock of a frozen shard: from what a node shows to what the rollup module
// pays, and everything that is refused before a transaction is sent.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { frozenLock, frozenSettle } from '../../../apps/cli/frozen-lock.ts'
import type { JobReceipt } from '../../../apps/cli/rollup-job-receipt.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import type { ReceiptV2 } from '../../../protocol/receipt/receipt-v2.ts'
import type { Ask } from '../../../sdk/light/light-rpc.ts'
import { ANN, frozenWorld, OWNER, PAYEE } from '../../protocol/rollup/lock-world.ts'
import { UNIT } from '../../protocol/rollup/rollup-world.ts'

const HASH: Hex = `0x${'dd'.repeat(32)}`
const LOCK = 11
const DEADLINE = 2000
const world = frozenWorld(DEADLINE)
const place = { lock: LOCK, use: 0, payee: PAYEE }

/** A node that shows the world, but for what a test puts in its place. */
function ask(over: { frozen?: boolean; none?: boolean } = {}): Ask {
  return async (method, params) => {
    if (method === 'rollup_getHead') return { shards: '0x1', frozen: over.frozen ?? true }
    assert.is(method, 'rollup_getAccountProof')
    if (over.none) return null
    const index = Number((params as string[])[0])
    const { table, pages } = world.shard
    const path = pages.proof(index, hashPairsNoble)
    const proof: Hex[] = []
    for (let at = 0; at < path.length; at += 32) proof.push(bytesToHex(path.slice(at, at + 32)))
    return { record: bytesToHex(table.recordOf(index)), proof }
  }
}

const job = (price: bigint): JobReceipt => ({
  receipt: {} as ReceiptV2,
  rollup: place,
  price,
  hash: HASH,
})

async function refused(work: () => unknown, why: RegExp): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { message, why: because } = error as { message: string; why: string }
    assert.match(`${message}: ${because}`, why)
    return
  }
  assert.unreachable(`not refused: ${why}`)
}

test('what cannot be paid is refused before anything is sent', async () => {
  await refused(
    () => frozenLock(ask({ frozen: false }), place),
    /is not frozen: shard 0 of lock 11/,
  )
  await refused(() => frozenLock(ask({ none: true }), place), /there is no lock 11/)
  await refused(() => frozenLock(ask(), { ...place, use: 1 }), /holds nothing for use 1/)
  await refused(() => frozenLock(ask(), { ...place, lock: 12 }), /lock 12 holds nothing for use 0/)
  await refused(() => frozenLock(ask(), { ...place, payee: 4 }), /for account 3, not for 4/)
  const held = await frozenLock(ask(), place)
  await refused(() => frozenSettle(held, job(201n), 1), /too little: it holds 0.0000002 AITBC/)
  await refused(() => frozenSettle(held, job(1n), DEADLINE + 1), /with block 2000.* at 2001/)
})

test('the module pays price and rest', async () => {
  const held = await frozenLock(ask(), place)
  assert.equal([held.amount, held.deadline], [200n, DEADLINE])
  const before = [world.balance(OWNER), world.balance(ANN)] as const
  world.do(OWNER, frozenSettle(held, job(150n), DEADLINE))
  assert.is(world.balance(OWNER) - before[0], 150n * UNIT)
  assert.is(world.balance(ANN) - before[1], 50n * UNIT)
})

test.run()
