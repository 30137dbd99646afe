// A job's life over HTTP: created once, listed by pages, cancelled, followed, and seen by nobody
// else.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { CoordinatorError } from '../../../sdk/coordinator/coordinator-client.ts'
import { ALICE, assertError, BOB, BODY, startWorld, type World } from './coordinator-world.ts'

let world: World
let alice: string
let bob: string

test.before(async () => {
  world = await startWorld()
  await world.ready()
  alice = await world.token(ALICE)
  bob = await world.token(BOB)
})
test.after(() => world.stop())

const create = (body: unknown, headers: Record<string, string> = {}, token = alice) =>
  world.call('POST', '/api/v1/jobs', { token, body, headers })

/** The list, as soon as it has caught up. */
async function listed(query: string, ready: (jobs: { job_id: Hex }[]) => boolean) {
  for (let tries = 0; tries < 400; tries++) {
    const answer = await world.call('GET', `/api/v1/jobs?${query}`, { token: alice })
    assert.is(answer.status, 200)
    if (ready(answer.json.data)) return answer.json
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the list does not catch up')
}

test('a job is created, read and cancelled once', async () => {
  const made = await create(BODY)
  assert.is(made.status, 201)
  const { job_id: id } = made.json
  assert.is(made.headers.get('location'), `/api/v1/jobs/${id}`)
  assert.is(made.json.payment_status, 'escrowed')
  const path = `/api/v1/jobs/${id}`
  assert.equal((await world.call('GET', path, { token: alice })).json, made.json)
  const early = await world.call('GET', `${path}/result`, { token: alice })
  assertError(early, 425, 'JOB_NOT_READY')
  assert.ok(early.headers.get('retry-after'))
  const gone = await world.call('DELETE', path, { token: alice })
  assert.is(gone.status, 202)
  assert.is(gone.json.status, 'cancelled')
  assert.is(gone.json.payment_status, 'refunded')
  assertError(await world.call('DELETE', path, { token: alice }), 409, 'CONFLICT')
  assertError(await world.call('GET', `${path}/result`, { token: alice }), 409, 'CONFLICT')
})

test('a quote for the rollup is submitted with the lock that pays it', async () => {
  const client = world.client(ALICE)
  assert.is((await client.quote(BODY)).lock, null)
  const quote = await client.quote(BODY, 'rollup')
  assert.equal(quote.lock, { payee: 7, deadline: 9000 })
  const rollup_lock = { lock: 4, use: 2 }
  const job = await client.createJob({ request: quote.request, rollup_lock })
  assert.equal([job.job_id, job.payment, job.escrow_tx], [quote.job_id, 'rollup', null])
  const none = { batch: null, position: null }
  assert.equal(job.rollup, { ...rollup_lock, owner: 5, payee: 7, deadline: 9000, ...none })
  const lone = await create({ ...BODY, rollup_lock })
  assertError(lone, 400, 'VALIDATION_ERROR')
  assert.match(lone.json.error.message, /rollup_lock: send it with the request/)
  for (const code of ['LOCK_NOT_FOUND', 'WRONG_LOCK', 'LOCK_USED', 'SHARD_FROZEN']) {
    const refused = await client.quote({ ...BODY, model_id: `submit-${code}` }, 'rollup')
    const answer = await create({ request: refused.request, rollup_lock })
    assertError(answer, 402, 'PAYMENT_ERROR')
    assert.is(answer.json.error.details[0].code, code)
  }
})

test('a quote is submitted as it is, with its own escrow', async () => {
  const client = world.client(ALICE)
  const quote = await client.quote(BODY)
  const escrowTx: Hex = `0x${'e5'.repeat(32)}`
  const job = await client.createJob({ request: quote.request, escrow_tx: escrowTx })
  assert.is(job.job_id, quote.job_id)
  assert.is(job.escrow_tx, escrowTx)
})

test('one idempotency key makes one job', async () => {
  const before = world.desk.submitted
  const key = { 'idempotency-key': 'key-1' }
  const all = await Promise.all([1, 2, 3].map(() => create(BODY, key)))
  assert.is(world.desk.submitted, before + 1)
  assert.is(new Set(all.map(({ json }) => json.job_id)).size, 1)
  assert.equal(all.map(({ status }) => status).sort(), [200, 200, 201])
  const again = await create(BODY, key)
  assert.is(again.headers.get('idempotency-replayed'), 'true')
  assertError(await create({ ...BODY, model_id: 'other' }, key), 409, 'CONFLICT')
  const other = await create(BODY, key, bob)
  assert.is(other.status, 201, 'a key is of one account')
  assert.is.not(other.json.job_id, again.json.job_id)
  const refused = { 'idempotency-key': 'key-2' }
  const model = { ...BODY, model_id: 'submit-INSUFFICIENT_FUNDS' }
  assertError(await create(model, refused), 402, 'PAYMENT_ERROR')
  assert.is((await create(BODY, refused)).status, 201, 'a refused call leaves its key free')
})

test('refusals of the scheduler keep their meaning', async () => {
  const cases: [string, number, string][] = [
    ['submit-INSUFFICIENT_FUNDS', 402, 'PAYMENT_ERROR'],
    ['submit-WRONG_ESCROW', 402, 'PAYMENT_ERROR'],
    ['submit-BUSY', 409, 'CONFLICT'],
    ['submit-TOO_MANY_JOBS', 429, 'RATE_LIMIT_EXCEEDED'],
    ['submit-UNAVAILABLE', 503, 'SERVICE_UNAVAILABLE'],
    ['quote-NO_PROVIDER', 503, 'NO_ELIGIBLE_MINER'],
    ['quote-UNSUPPORTED_TYPE', 400, 'VALIDATION_ERROR'],
  ]
  for (const [model_id, status, code] of cases) {
    assertError(await create({ ...BODY, model_id }), status, code)
  }
  const error = await world
    .client(ALICE)
    .createJob({ ...BODY, model_id: 'submit-INSUFFICIENT_FUNDS' })
    .catch((thrown) => thrown)
  assert.instance(error, CoordinatorError)
  assert.is(error.status, 402)
  assert.match(error.hint, /deposit/)
})

test('lists are paged, newest first, and filtered by published names', async () => {
  const own = [...world.desk.jobs.values()].filter(
    (job) => job.consumer === world.desk.changes[0]?.job.consumer,
  )
  const newest = own.sort((a, b) => b.createdAtMs - a.createdAtMs).map(({ jobId }) => jobId)
  await listed('', (jobs) => jobs.length === newest.length)
  const seen: Hex[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor ? `limit=2&cursor=${cursor}` : 'limit=2'
    const page = await listed(query, () => true)
    assert.ok(page.data.length <= 2)
    assert.is(page.has_more, page.next_cursor !== null)
    seen.push(...page.data.map((job: { job_id: Hex }) => job.job_id))
    cursor = page.next_cursor
  } while (cursor)
  assert.equal(seen, newest)
  const cancelled = own.filter(({ state }) => state === 'cancelled').length
  for (const name of ['cancelled', 'canceled', 'CANCELED']) {
    await listed(`status=${name}`, (jobs) => jobs.length === cancelled)
  }
  await listed('status=QUEUED', (jobs) => jobs.length === newest.length - cancelled)
})

test('another account finds nothing', async () => {
  const { json } = await create(BODY)
  const path = `/api/v1/jobs/${json.job_id}`
  const absent = `/api/v1/jobs/0x${'77'.repeat(32)}`
  for (const [method, tail] of [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/result'],
    ['GET', '/events'],
  ] as const) {
    const foreign = await world.call(method, path + tail, { token: bob })
    assertError(foreign, 404, 'NOT_FOUND')
    const none = await world.call(method, absent + tail, { token: bob })
    assert.equal(foreign.json.error, none.json.error, 'it looks like no job at all')
    assertError(await world.call(method, path + tail), 401, 'AUTHENTICATION_ERROR')
  }
  for (const tail of ['', '/bundle']) {
    const answer = await world.call('GET', `/api/v1/receipts/${json.job_id}${tail}`, { token: bob })
    assertError(answer, 404, 'NOT_FOUND')
  }
  const list = await world.call('GET', '/api/v1/jobs', { token: bob })
  assert.not.ok(list.json.data.some((job: { job_id: Hex }) => job.job_id === json.job_id))
  assert.is(world.desk.jobs.get(json.job_id)?.state, 'pending')
})

test('events come as they happen and resume after the last one seen', async () => {
  const client = world.client(ALICE)
  const { job_id: id } = await client.createJob(BODY)
  const seen: string[] = []
  for await (const { id: seq, event, data } of client.events(id)) {
    seen.push(`${seq} ${event}`)
    if (seq === '1') world.desk.event(id, 'token', { text: 'a\nb' })
    if (seq === '2') {
      assert.is(data.text, 'a\nb')
      world.desk.change(id, { state: 'completed', output: '{"text":"ab"}', paidWei: 100n })
    }
  }
  assert.equal(seen, ['1 state', '2 token', '3 state'])
  const response = await fetch(`${world.url}/api/v1/jobs/${id}/events`, {
    headers: { authorization: `Bearer ${alice}`, 'last-event-id': '2' },
  })
  assert.match(response.headers.get('content-type') ?? '', 'text/event-stream')
  assert.equal((await response.text()).match(/^id: .*$/gm), ['id: 3'])
  const result = await world.call('GET', `/api/v1/jobs/${id}/result`, { token: alice })
  assert.equal(result.json.result, { text: 'ab' })
})

test.run()
