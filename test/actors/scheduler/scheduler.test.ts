// The scheduler end to end under virtual time: money locked before work, one payee, one payment,
// refunds by rule, and help from nobody.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { encodeCancel, encodeOpenEscrow } from '../../../protocol/market/market-calls.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { consumer, coordinator, SchedulerWorld, stranger } from './scheduler-world.ts'
import type { WorkerProps } from './test-worker.ts'

function ready(...workers: number[]): SchedulerWorld {
  const world = new SchedulerWorld()
  for (const i of workers) world.startWorker(i)
  world.fund()
  return world
}

const worker = (world: SchedulerWorld, i: number) => world.workers[i] as WorkerProps

test('a job from the deposit: locked, assigned, streamed, settled, the rest refunded', () => {
  const world = ready(0)
  const quote = world.quote()
  assert.is(quote.code, '')
  assert.is(quote.priceWei, 10n * BigInt(16 + 64 + 10))
  const { code, job } = world.submit(quote.request)
  assert.is(code, '')
  assert.is(job?.state, 'pending')
  assert.ok((job?.escrowHeight ?? 0) > 0)
  assert.is(world.chain.market.balance(MARKET_ADDRESS), 10n ** 7n)
  const done = world.wait(quote.jobId)
  assert.is(done.state, 'completed')
  assert.is(done.paidWei, 130n)
  assert.is(done.refundedWei, quote.priceWei - 130n)
  assert.is(world.balance(2), 130n)
  assert.is(JSON.parse(done.output ?? '').text, ' w0 w1 w2 w3 w4 w5 w6 w7 w8 w9')
  assert.equal(worker(world, 0).verdicts, [''])
  const told = world.ask('EventsAfter', { jobId: quote.jobId, seq: 0 })
  assert.is(told?.last, 'yes')
  const states = told?.events
    .filter((e) => e.event === 'state')
    .map((e) => JSON.parse(e.data).state)
  assert.equal(states, ['pending', 'pending', 'assigned', 'running', 'completed'])
  const tokens = told?.events
    .filter((e) => e.event === 'token')
    .map((e) => JSON.parse(e.data).index)
  assert.equal(tokens, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const receipt = told?.events.find((e) => e.event === 'receipt')
  assert.is(JSON.parse(receipt?.data ?? '').receipt_hash, done.receiptHash)
  const changes = world.ask('ChangesAfter', { seq: 0, max: 100 })
  assert.equal(
    changes?.map((change) => change.job.state),
    ['completed'],
  )
  assert.equal(world.hosts.errors, [])
})

test("a job from the consumer's own escrow, and submitting it again changes nothing", () => {
  const world = ready(0)
  const quote = world.quote()
  const deadline = BigInt(quote.deadlineSeconds)
  const { jobId, requestHash, modelRoot, priceWei } = quote
  const terms = { jobId, requestHash, modelRoot, priceCap: priceWei, deadline }
  const early = world.submit(quote.request, { escrowTx: requestHash })
  assert.is(early.code, 'ESCROW_NOT_FOUND')
  const data = encodeOpenEscrow({ ...terms, coordinator: coordinator.address })
  const escrowTx = world.send(data, priceWei)
  assert.is(world.submit(quote.request, { escrowTx }).code, '')
  assert.is(world.submit(quote.request, { escrowTx }).job?.jobId, jobId)
  const before = world.balance(0)
  const done = world.wait(jobId)
  assert.is(done.state, 'completed')
  assert.is(world.balance(0) - before, done.refundedWei)
  assert.is(world.submit(quote.request).job?.state, 'completed')
})

test('too little money: no job, no transaction', () => {
  const world = new SchedulerWorld()
  world.startWorker(0)
  world.fund(300n, 10n ** 9n)
  const quote = world.quote()
  const refused = world.submit(quote.request)
  assert.is(refused.code, 'INSUFFICIENT_FUNDS')
  assert.match(refused.message, /needs 900 wei; the market deposit holds 300/)
  assert.is(world.ask('Job', { jobId: quote.jobId }), undefined)
  assert.is(world.chain.nonces.get(coordinator.address), undefined)
})

test('an idempotency key names one job', () => {
  const world = ready(0)
  const [first, second] = [world.quote(), world.quote()]
  assert.is.not(first.jobId, second.jobId)
  assert.is(world.submit(first.request, { idempotencyKey: 'k' }).job?.jobId, first.jobId)
  assert.is(world.submit(second.request, { idempotencyKey: 'k' }).job?.jobId, first.jobId)
  const other = world.quote({}, 'another prompt')
  assert.is(world.submit(other.request, { idempotencyKey: 'k' }).code, 'IDEMPOTENCY_CONFLICT')
})

test('refusals say what is wrong', () => {
  const world = ready(0)
  assert.is(world.submit('{}').code, 'INVALID_REQUEST')
  const unknown = JSON.stringify({ model_id: 'gpt-5', input_data: 'x' })
  const asked = { consumer: consumer.address, request: unknown, payment: 'market' }
  const quote = world.ask('Quote', asked)
  assert.is(quote?.code, 'MODEL_UNAVAILABLE')
  assert.match(quote?.message ?? '', /offered: stories15m/)
  assert.is(world.quote({ max_price: '5' }).code, 'PRICE_TOO_LOW')
  assert.is(world.quote({ provider: stranger.address }).code, 'NO_PROVIDER')
})

test('a provider that dies is replaced after its lease, and only the second is paid', () => {
  const world = ready(0, 1)
  const quote = world.quote({ max_tokens: 100 })
  world.submit(quote.request)
  assert.is(world.runWhile(quote.jobId, ['pending', 'assigned']).worker, 'gpu0')
  world.hosts.run(1000)
  world.hosts.kill('gpu0')
  const done = world.wait(quote.jobId)
  assert.is(done.state, 'completed')
  assert.is(done.worker, 'gpu1')
  assert.is(done.attempts, 2)
  assert.is(world.balance(2), 0n)
  assert.is(world.balance(3), done.paidWei)
  assert.ok(world.hosts.marks.has('scheduler-worker-lost'))
})

test('a provider that restarts at once goes on with the same assignment', () => {
  const world = ready(0)
  const quote = world.quote({ max_tokens: 100 })
  world.submit(quote.request)
  world.runWhile(quote.jobId, ['pending', 'assigned'])
  world.hosts.kill('gpu0')
  world.startWorker(0)
  const done = world.wait(quote.jobId)
  assert.is(done.state, 'completed')
  assert.is(done.attempts, 1)
  // A third start is not allowed.
  const again = world.quote({ max_tokens: 100 })
  world.submit(again.request)
  for (let i = 0; i < 2; i++) {
    world.runWhile(again.jobId, ['pending', 'assigned'])
    world.hosts.kill('gpu0')
    world.startWorker(0)
    world.hosts.run(6000)
  }
  const refunded = world.wait(again.jobId)
  assert.is(refunded.state, 'failed')
  assert.is(refunded.errorCode, 'PROVIDER_LOST')
  assert.is(refunded.refundedWei, refunded.priceWei)
})

test('no provider ever finishes: everything goes back at the deadline', () => {
  const world = ready(0)
  worker(world, 0).behaviour = 'hangs'
  const quote = world.quote({ deadline_seconds: 40 })
  world.submit(quote.request)
  const done = world.wait(quote.jobId)
  assert.is(done.state, 'expired')
  assert.is(done.refundedWei, quote.priceWei)
  assert.is(world.balance(2), 0n)
})

test('a failed job is refunded at once, with its reason', () => {
  const world = ready(0)
  worker(world, 0).behaviour = 'fails'
  const quote = world.quote()
  world.submit(quote.request)
  const done = world.wait(quote.jobId, 5000)
  assert.is(done.state, 'failed')
  assert.is(done.errorCode, 'INVALID_INPUT')
  assert.is(done.refundedWei, quote.priceWei)
})

test('cancelled while it waits: refunded; while it runs: stopped, and what was made is paid', () => {
  const world = ready()
  world.startWorker(0)
  world.hosts.run(50)
  const busy = [world.quote({ max_tokens: 200 }), world.quote({ max_tokens: 200 })]
  for (const { request } of busy) world.submit(request)
  const waiting = world.quote({ max_tokens: 5 })
  world.submit(waiting.request)
  world.hosts.run(500)
  const by = consumer.address
  assert.is(world.ask('Cancel', { jobId: waiting.jobId, by: stranger.address })?.code, 'FORBIDDEN')
  assert.is(world.ask('Cancel', { jobId: waiting.jobId, by })?.code, '')
  const cancelled = world.wait(waiting.jobId, 5000)
  assert.is(cancelled.state, 'cancelled')
  assert.is(cancelled.refundedWei, waiting.priceWei)

  const { jobId, priceWei } = busy[0] as (typeof busy)[0]
  world.runWhile(jobId, ['pending', 'assigned'])
  world.hosts.run(1000)
  assert.is(world.ask('Cancel', { jobId, by })?.code, '')
  const partial = world.wait(jobId, 5000)
  assert.is(partial.state, 'cancelled')
  assert.ok(partial.paidWei > 0n && partial.paidWei < priceWei)
  assert.is(partial.paidWei + partial.refundedWei, priceWei)
  assert.is(JSON.parse(partial.receipt ?? '').status, 'cancelled')
  assert.is(world.ask('Cancel', { jobId, by })?.code, '')
  assert.is(world.wait(busy[1]?.jobId as Hex).state, 'completed')
  assert.is(world.ask('Cancel', { jobId: busy[1]?.jobId, by })?.code, 'NOT_CANCELABLE')
})

test('the consumer cancels on chain: the scheduler follows', () => {
  const world = new SchedulerWorld()
  world.startWorker(0)
  world.hosts.run(100)
  const quote = world.quote()
  world.hosts.kill('gpu0')
  world.hosts.run(4000)
  const deadline = BigInt(world.chain.timestamp + 600)
  const { jobId, requestHash, modelRoot, priceWei } = quote
  const terms = { jobId, requestHash, modelRoot, priceCap: priceWei, deadline }
  const data = encodeOpenEscrow({ ...terms, coordinator: coordinator.address })
  const escrowTx = world.send(data, priceWei)
  assert.is(world.submit(quote.request, { escrowTx }).job?.state, 'pending')
  assert.is(world.job(jobId).waiting, 'no_capacity')
  world.send(encodeCancel(jobId))
  assert.is(world.wait(jobId, 5000).state, 'cancelled')
})

test('lies are refused with evidence, and the next provider gets the job', () => {
  for (const behaviour of ['wrong-output', 'wrong-signer'] as const) {
    const world = ready(0, 1)
    worker(world, 0).behaviour = behaviour
    const quote = world.quote()
    world.submit(quote.request)
    const done = world.wait(quote.jobId)
    assert.is(done.state, 'completed')
    assert.is(done.worker, 'gpu1')
    assert.is(world.balance(2), 0n)
    const expected = behaviour === 'wrong-output' ? 'WRONG_OUTPUT' : 'BAD_SIGNATURE'
    assert.is(worker(world, 0).verdicts[0], expected)
    assert.ok(world.hosts.lines.some((line) => line.includes('result-refused')))
  }
})

test('results by others are refused; the same twice is welcome; another is evidence', () => {
  const world = ready(0)
  const quote = world.quote()
  world.submit(quote.request)
  const done = world.wait(quote.jobId)
  const { jobId, receipt = '', output = '' } = done
  const body = { worker: 'gpu0', jobId, attempt: 1, receipt, output }
  assert.is(world.ask('Finished', body)?.code, '')
  assert.is(world.ask('Finished', { ...body, worker: 'gpu1' })?.code, 'NOT_ASSIGNEE')
  assert.is(world.ask('Finished', { ...body, attempt: 2 })?.code, 'NOT_ASSIGNEE')
  const altered = receipt.replace('"device":"cpu"', '"device":"gpu"')
  assert.is(world.ask('Finished', { ...body, receipt: altered })?.code, 'ALREADY_FINISHED')
  assert.ok(world.hosts.lines.some((line) => line.includes('result-from-non-assignee')))
  assert.ok(world.hosts.marks.has('scheduler-second-result'))
  assert.is(world.balance(2), done.paidWei)
})

test.run()
