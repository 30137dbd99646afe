// Jobs that a lock of the rollup pays: nothing begins before the money is locked for it, the
// provider is paid what his receipt says, and everything else goes back.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { encodeLog } from '../../../protocol/abi/event.ts'
import { ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import type { ReceiptV2 } from '../../../protocol/receipt/receipt-v2.ts'
import { receiptDigest } from '../../../protocol/receipt/sign-receipt.ts'
import { LEFT, LOCK_SETTLED } from '../../../protocol/rollup/rollup-abi.ts'
import {
  CONSUMER,
  FUNDS,
  LOCK,
  LockWorld,
  OTHER_LOCK,
  PROVIDERS,
  STRANGERS,
  UNIT_PRICE,
} from './lock-world.ts'
import { consumer } from './scheduler-world.ts'
import type { WorkerProps } from './test-worker.ts'

const [PROVIDER, SECOND] = PROVIDERS
const ready = (...workers: number[]) => new LockWorld().ready(...workers)
/** Three tokens of the prompt and ten made. */
const PRICE = 13n * UNIT_PRICE
const MOST = BigInt(16 + 64 + 10) * UNIT_PRICE

test('a job by a lock: priced, locked, run, settled, the rest back; nothing on the base chain', () => {
  const world = ready(0)
  const supply = world.rollup.supply()
  const quote = world.priced()
  assert.is(quote.code, '')
  assert.is(quote.priceWei, MOST * ROLLUP_UNIT_WEI)
  assert.is(quote.lock?.payee, PROVIDER)
  const place = world.locked(quote)
  const { code, message, job } = world.submit(quote.request, { lock: place })
  assert.is(code, '', message)
  assert.equal([job?.rollup?.lock, job?.rollup?.payee], [LOCK, PROVIDER])
  assert.is(job?.escrowTx, undefined)
  const done = world.wait(quote.jobId)
  assert.is(done.state, 'completed')
  assert.equal(
    [done.paidWei, done.refundedWei],
    [PRICE * ROLLUP_UNIT_WEI, (MOST - PRICE) * ROLLUP_UNIT_WEI],
  )
  assert.equal([world.units(PROVIDER), world.units(CONSUMER)], [PRICE, FUNDS - PRICE])
  const receipt = JSON.parse(done.receipt ?? '') as ReceiptV2
  assert.equal(receipt.billing.rollup, { ...place, payee: PROVIDER })
  const paid = world.rollup.finals.find(({ terms }) => terms.kind === 'settle')
  assert.is(paid?.hash, bytesToHex(receiptDigest(receipt)))
  assert.equal(done.rollup?.ended, { batch: paid?.number, position: 0 })
  assert.is(done.settleHeight, paid?.height)
  assert.equal(world.chain.market.logs, [])
  assert.is(world.rollup.supply(), supply)
  assert.equal(world.hosts.errors, [])
  // Submitted again, it is the same job.
  assert.is(world.submit(quote.request, { lock: place }).job?.state, 'completed')
})

test('each lock that does not pay this job is refused with its reason', () => {
  const world = ready(0)
  const refused = (
    code: string,
    why: RegExp,
    lock: { lock: number; use: number },
    request?: string,
  ) => {
    const answer = world.submit(request ?? world.priced().request, { lock })
    assert.equal([answer.code, answer.job], [code, undefined], answer.message)
    assert.match(answer.message, why)
  }
  refused('LOCK_NOT_FOUND', /no final batch .* lock 3, use 0/, { lock: LOCK, use: 0 })
  refused('LOCK_NOT_FOUND', /lock 77/, { lock: 77, use: 0 })
  const tried = (
    code: string,
    why: RegExp,
    over: Parameters<LockWorld['locked']>[1],
    requirements = {},
  ) => {
    const quote = world.priced(requirements)
    const place = world.locked(quote, over)
    refused(code, why, place, quote.request)
    // It goes back, and the lock is free for the next.
    const lock = world.rollup.locks.get(place.lock)
    if (lock) Object.assign(lock, { held: undefined, use: place.use + 1 })
  }
  const other = world.priced({}, 'another prompt')
  tried('WRONG_LOCK', /made for another job/, {
    jobId: other.jobId,
    requestHash: other.requestHash,
  })
  tried('WRONG_LOCK', /for other weights/, { modelRoot: other.requestHash })
  tried('WRONG_LOCK', /which is not yours/, { lock: STRANGERS })
  tried('NO_PROVIDER', /account 11, which is no provider's/, { payee: SECOND })
  tried('WRONG_LOCK', /holds too little: .*asks 900000000000 wei/, { amount: MOST - 1n })
  tried('WRONG_LOCK', /is too near/, { deadline: world.chain.blocks.length + 900 })
  const quote = world.priced()
  const place = world.locked(quote)
  const escrowTx = quote.jobId
  assert.is(world.submit(quote.request, { lock: place, escrowTx }).code, 'INVALID_REQUEST')
  assert.is(world.submit(quote.request, { lock: place }).code, '')
  // The same lock again, for another job: before and after it was paid out.
  const second = world.priced()
  refused('WRONG_LOCK', /made for another job/, place, second.request)
  assert.is(world.wait(quote.jobId).state, 'completed')
  refused('LOCK_USED', /paid out or given back since use/, place, second.request)
  world.rollup.isFrozen = true
  refused(
    'SHARD_FROZEN',
    /lock 4 is frozen/,
    world.locked(second, { lock: OTHER_LOCK }),
    second.request,
  )
})

test('a provider without an account, or with a price in parts of a unit, is not offered', () => {
  const world = new LockWorld()
  world.workers[0] = { ...(world.workers[0] as WorkerProps), unitPriceWei: ROLLUP_UNIT_WEI + 1n }
  const { rollup: _, ...second } = world.workers[1] as WorkerProps
  world.workers[1] = second
  world.ready(0, 1)
  const quote = world.priced()
  assert.is(quote.code, 'NO_PROVIDER')
  assert.match(quote.message, /not in whole units of the rollup .*; gpu1 has no account/)
  assert.is(world.quote().code, '')
})

test('who registers his account later is paid by locks from then on', () => {
  const world = new LockWorld()
  const account = world.rollup.accounts.get(PROVIDER)
  world.rollup.accounts.delete(PROVIDER)
  world.ready(0)
  assert.is(world.priced().code, 'NO_PROVIDER')
  if (account) world.rollup.accounts.set(PROVIDER, account)
  world.hosts.run(2000)
  assert.is(world.priced().lock?.payee, PROVIDER)
  const views = world.ask('Providers', null)
  assert.is(views?.[0]?.account, PROVIDER)
})

test('the job waits for the provider of its lock, though another is free', () => {
  const world = ready(0, 1)
  const quote = world.priced()
  const place = world.locked(quote, { payee: SECOND })
  world.hosts.kill('gpu1')
  assert.is(world.submit(quote.request, { lock: place }).code, '')
  world.hosts.run(5000)
  world.startWorker(1)
  const done = world.wait(quote.jobId)
  assert.equal([done.state, done.worker], ['completed', 'gpu1'])
  assert.equal([world.units(PROVIDER), world.units(SECOND)], [0n, PRICE])
})

test('what fails or is cancelled goes back at once, by the provider', () => {
  const world = ready(0)
  const worker = world.workers[0] as WorkerProps
  worker.behaviour = 'fails'
  const failing = world.priced()
  world.submit(failing.request, { lock: world.locked(failing) })
  const failed = world.wait(failing.jobId)
  assert.equal([failed.state, failed.errorCode, failed.paidWei], ['failed', 'INVALID_INPUT', 0n])
  assert.is(failed.refundedWei, MOST * ROLLUP_UNIT_WEI)
  worker.behaviour = 'honest'
  const running = world.priced({ max_tokens: 200 })
  world.submit(running.request, { lock: world.locked(running) })
  world.runWhile(running.jobId, ['pending', 'assigned'])
  world.hosts.run(600)
  world.ask('Cancel', { jobId: running.jobId, by: consumer.address })
  const stopped = world.wait(running.jobId)
  assert.is(stopped.state, 'cancelled')
  assert.ok(stopped.paidWei > 0n && stopped.paidWei < running.priceWei)
  assert.is(JSON.parse(stopped.receipt ?? '').status, 'cancelled')
  const queued = world.priced()
  world.hosts.kill('gpu0')
  world.hosts.run(5000)
  world.submit(queued.request, { lock: world.locked(queued) })
  world.ask('Cancel', { jobId: queued.jobId, by: consumer.address })
  world.startWorker(0)
  const off = world.wait(queued.jobId)
  assert.equal([off.state, off.refundedWei], ['cancelled', queued.priceWei])
  const paid = stopped.paidWei / ROLLUP_UNIT_WEI
  assert.equal([world.units(CONSUMER), world.units(PROVIDER)], [FUNDS - paid, paid])
})

test('without the provider the deadline of the lock gives the money back', () => {
  const world = ready(0)
  const quote = world.priced({ deadline_seconds: 10 })
  const place = world.locked(quote)
  world.hosts.kill('gpu0')
  world.submit(quote.request, { lock: place })
  world.hosts.run(60_000)
  assert.is(world.job(quote.jobId).state, 'pending', 'its money is still locked')
  const done = world.wait(quote.jobId)
  assert.equal([done.state, done.errorCode], ['expired', 'EXPIRED'])
  assert.equal([done.paidWei, done.refundedWei], [0n, quote.priceWei])
  assert.is(world.rollup.finals.at(-1)?.terms.kind, 'refund')
  assert.is(world.units(CONSUMER), FUNDS)
})

test('a result without a settle that holds is worth nothing, and the money goes back', () => {
  for (const [behaviour, code] of [
    ['no-settle', 'PROVIDER_LOST'],
    ['wrong-settle', 'BAD_SIGNATURE'],
  ] as const) {
    const world = ready(0)
    ;(world.workers[0] as WorkerProps).behaviour = behaviour
    const quote = world.priced()
    world.submit(quote.request, { lock: world.locked(quote) })
    const done = world.wait(quote.jobId)
    assert.equal([done.state, done.errorCode, done.paidWei], ['failed', code, 0n])
    assert.equal([done.output, done.receipt], [undefined, undefined])
    assert.is(world.units(CONSUMER), FUNDS)
  }
})

/** A job whose result is there, in a shard that takes nothing any more. */
function stranded(world: LockWorld) {
  const quote = world.priced({ deadline_seconds: 10 })
  const place = world.locked(quote)
  const { job } = world.submit(quote.request, { lock: place })
  world.rollup.isFrozen = true
  world.hosts.run(3000)
  const { state, receipt, rollup } = world.job(quote.jobId)
  assert.equal([state, job?.rollup?.lock], ['running', LOCK])
  return { quote, receipt: JSON.parse(receipt ?? '') as ReceiptV2, rollup }
}

const settledLog = (use: number, amount: bigint, rest: bigint, hash: Hex) =>
  encodeLog(
    ROLLUP_ADDRESS,
    LOCK_SETTLED,
    [BigInt(LOCK), BigInt(PROVIDER)],
    [BigInt(use), amount, rest, hash],
  )

test('in a frozen shard the base chain says what became of the money', () => {
  const world = ready(0)
  const { quote, receipt } = stranded(world)
  const hash = bytesToHex(receiptDigest(receipt))
  world.chain.foreign.push(settledLog(7, 1n, 1n, hash), settledLog(0, PRICE, MOST - PRICE, hash))
  const paid = world.wait(quote.jobId)
  assert.equal([paid.state, paid.paidWei], ['completed', PRICE * ROLLUP_UNIT_WEI])
  assert.is(paid.refundedWei, (MOST - PRICE) * ROLLUP_UNIT_WEI)
  const other = ready(0)
  const second = stranded(other)
  other.chain.foreign.push(settledLog(0, MOST, 0n, second.quote.jobId))
  const taken = other.wait(second.quote.jobId)
  assert.equal([taken.state, taken.errorCode], ['failed', 'SHARD_FROZEN'])
  assert.is(taken.paidWei, MOST * ROLLUP_UNIT_WEI)
})

test('in a frozen shard the money is the owner’s after the deadline', () => {
  const world = ready(0)
  const { quote } = stranded(world)
  const left = encodeLog(ROLLUP_ADDRESS, LEFT, [BigInt(LOCK), consumer.address], [MOST])
  world.chain.foreign.push(left)
  world.hosts.run(60_000)
  assert.is(world.job(quote.jobId).state, 'running', 'before the deadline nobody can take it so')
  const done = world.wait(quote.jobId)
  assert.equal([done.state, done.errorCode], ['expired', 'SHARD_FROZEN'])
  assert.equal([done.paidWei, done.refundedWei], [0n, MOST * ROLLUP_UNIT_WEI])
  assert.equal(world.hosts.errors, [])
})

test.run()
