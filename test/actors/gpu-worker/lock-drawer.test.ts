// What a provider signs about locks that pay him: what his receipt says, and never against himself.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LockDrawer } from '../../../actors/gpu-worker/lock-drawer.ts'
import { GPU_WORKER_SIGNED_MAX } from '../../../config/shard-limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import { ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { settleOf } from '../../../protocol/receipt/rollup-settlement.ts'
import { decodeSentOperation } from '../../../protocol/rollup/sent-operation.ts'
import type { HeldLock } from '../../../protocol/rollup/sign-operation.ts'
import { job } from '../../protocol/receipt/bundle-fixture.ts'

const GENESIS: Hex = `0x${'11'.repeat(32)}`
const PLACE = { lock: 9000, use: 3, payee: 7 }
const { receipt } = job(PLACE)
const price = BigInt(receipt.price)
const held: HeldLock = { owner: 5, ...PLACE, amount: price / ROLLUP_UNIT_WEI, deadline: 900 }
const keys = {
  genesisHash: GENESIS,
  spendKey: GENESIS,
  sign: (digest: Uint8Array) => Uint8Array.from([...digest, ...digest]),
}
const releasedBy = (drawer: LockDrawer, lock = held) => drawer.release(lock).code

test('a job is begun only for a lock that covers its price', () => {
  const drawer = new LockDrawer(keys)
  assert.is(drawer.whyNot(held, price), undefined)
  const less = { ...held, amount: held.amount - 1n }
  assert.match(drawer.whyNot(less, price) ?? '', /lock 9000 holds \d+ units, the price is/)
  assert.match(drawer.whyNot(held, price - 1n) ?? '', /not in whole units/)
  assert.match(new LockDrawer(undefined).whyNot(held, price) ?? '', /no keys for the rollup/)
})

test('a settle is that of the receipt, and what was settled is not given back', () => {
  const drawer = new LockDrawer(keys)
  const sent = decodeSentOperation(drawer.settle(held, receipt) ?? new Uint8Array(0))
  const { operation, hash } = settleOf(receipt, held)
  assert.equal([sent?.terms, sent?.hash], [operation, hash])
  assert.is(releasedBy(drawer), 'SETTLE_SIGNED')
  assert.is(releasedBy(drawer, { ...held, use: 4 }), '')
  drawer.refused(held)
  const { code, operation: release } = drawer.release(held)
  assert.equal([code, decodeSentOperation(release)?.terms.amount], ['', 0n])
  assert.is(releasedBy(new LockDrawer(undefined)), 'NO_ROLLUP')
})

test('it remembers so many, the last ones', () => {
  const drawer = new LockDrawer({ ...keys, sign: () => new Uint8Array(64) })
  const use = (i: number) => ({ ...held, use: i })
  for (let i = 0; i <= GPU_WORKER_SIGNED_MAX; i++) {
    const place = { ...PLACE, use: i }
    const billing = { ...receipt.billing, rollup: place }
    drawer.settle(use(i), { ...receipt, billing })
  }
  assert.equal([releasedBy(drawer, use(0)), releasedBy(drawer, use(1))], ['', 'SETTLE_SIGNED'])
})

test.run()
