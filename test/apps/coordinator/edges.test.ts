// The edges of the API: keys and nonces that expire, callers that ask too often, browsers, and
// streams whose scheduler is away.

import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ApiError } from '../../../apps/coordinator/errors.ts'
import { Nonces } from '../../../apps/coordinator/nonces.ts'
import { jobEvents } from '../../../apps/coordinator/routes/jobs-events.ts'
import { Tokens } from '../../../apps/coordinator/tokens.ts'
import { AUTH_PER_MINUTE, NONCE_SECONDS, NONCES_MAX } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import { ALICE, addressOf, assertError, BODY, startWorld, type World } from './coordinator-world.ts'

const GENESIS: Hex = `0x${'9e'.repeat(32)}`
const alice = addressOf(ALICE)
let world: World

test.before(async () => {
  world = await startWorld()
})
test.after(() => world.stop())

test('a nonce expires, and the newest are kept when too many are asked for', () => {
  const nonces = new Nonces(1337n)
  const realNow = Date.now
  try {
    const late = nonces.issue(alice)
    const inTime = nonces.issue(alice)
    Date.now = () => realNow() + NONCE_SECONDS * 1000 - 5000
    assert.ok(nonces.use(inTime.nonce, alice, inTime.message))
    Date.now = () => realNow() + NONCE_SECONDS * 1000 + 5000
    assert.is(nonces.latestMessage(alice), undefined)
    assert.not.ok(nonces.use(late.nonce, alice, late.message))
  } finally {
    Date.now = realNow
  }
  const first = nonces.issue(alice)
  let last = first
  for (let i = 0; i < NONCES_MAX; i++) last = nonces.issue(alice)
  assert.not.ok(nonces.use(first.nonce, alice, first.message))
  assert.ok(nonces.use(last.nonce, alice, last.message))
})

test('tokens outlive a restart, and end with their time, their chain and their key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-tokens-'))
  const file = join(folder, 'coordinator.jwt.key')
  try {
    const { token } = await new Tokens(folder, GENESIS).issue(alice)
    assert.is(statSync(file).mode & 0o777, 0o600)
    assert.is(await new Tokens(folder, GENESIS).account(token), alice)
    assert.is(await new Tokens(folder, `0x${'00'.repeat(32)}`).account(token), undefined)
    const seconds = Math.floor(Date.now() / 1000)
    const signed = (expires: number, subject: string) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(subject)
        .setIssuer('aitbc-coordinator')
        .setAudience(GENESIS)
        .setExpirationTime(expires)
        .sign(readFileSync(file))
    const tokens = new Tokens(folder, GENESIS)
    assert.is(await tokens.account(await signed(seconds + 60, alice)), alice)
    assert.is(await tokens.account(await signed(seconds - 60, alice)), undefined)
    assert.is(await tokens.account(await signed(seconds + 60, 'admin')), undefined)
    truncateSync(file, 5)
    const renewed = new Tokens(folder, GENESIS)
    assert.is(await renewed.account(token), undefined)
    assert.is(await renewed.account((await renewed.issue(alice)).token), alice)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('pages of this machine may call, others are not let in', async () => {
  const call = (method: string, origin: string) =>
    world.call(method, '/api/v1/jobs', {
      headers: { origin, 'access-control-request-method': 'POST' },
    })
  const asked = await call('OPTIONS', 'http://localhost:3000')
  assert.is(asked.status, 204)
  assert.is(asked.headers.get('access-control-allow-origin'), 'http://localhost:3000')
  assert.match(asked.headers.get('access-control-allow-methods') ?? '', /POST/)
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /idempotency-key/)
  const refused = await call('GET', 'http://127.0.0.1:8080')
  assert.is(refused.status, 401)
  assert.is(refused.headers.get('access-control-allow-origin'), 'http://127.0.0.1:8080')
  for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null']) {
    for (const method of ['OPTIONS', 'GET']) {
      const { headers } = await call(method, origin)
      assert.is(headers.get('access-control-allow-origin'), null)
    }
  }
})

test('refusals of the server itself carry the caller’s request id and what is allowed', async () => {
  const headers = { 'x-request-id': 'mine-2' }
  const wrong = await world.call('PUT', '/api/v1/jobs', { headers, body: '{}' })
  assertError(wrong, 405, 'METHOD_NOT_ALLOWED')
  assert.is(wrong.json.request_id, 'mine-2')
  assert.match(wrong.headers.get('allow') ?? '', /GET/)
  const nothing = await world.call('GET', '/api/v1/nothing', { headers })
  assertError(nothing, 404, 'NOT_FOUND')
  assert.is(nothing.json.request_id, 'mine-2')
})

test('a client whose token is refused signs in again by itself', async () => {
  const client = world.client(ALICE)
  await client.login()
  ;(client as unknown as { token: string }).token = 'expired'
  const job = await client.createJob(BODY)
  assert.is(job.status, 'pending')
})

test('published fields beside a quote’s text must say the same', async () => {
  const client = world.client(ALICE)
  const token = await world.token(ALICE)
  const { request } = await client.quote(BODY)
  const body = { ...BODY, request, escrow_tx: `0x${'e5'.repeat(32)}` }
  const other = await world.call('POST', '/api/v1/jobs', { token, body: { ...body, type: 'x' } })
  assertError(other, 400, 'VALIDATION_ERROR')
  const { request: _, ...without } = body
  const lone = await world.call('POST', '/api/v1/jobs', { token, body: without })
  assertError(lone, 400, 'VALIDATION_ERROR')
  assert.match(lone.json.error.message, /escrow_tx/)
})

test('a stream waits for a scheduler that is away, calmly, and goes on', async () => {
  const [jobId, consumer] = [GENESIS, alice]
  const replies = ['away', 'away', { last: 'no', events: [] }, { last: 'yes', events: [7, 8] }]
  let asked = 0
  const scheduler = async (verb: string) => {
    if (verb === 'Job') return { jobId, consumer }
    asked++
    const reply = replies.shift()
    if (typeof reply === 'string') throw new ApiError('SERVICE_UNAVAILABLE', reply)
    return { ...reply, events: reply?.events.map((seq) => ({ seq, event: 'state', data: '{}' })) }
  }
  const request = { params: { job_id: jobId }, headers: { 'last-event-id': '6' }, account: alice }
  const reply = await jobEvents.handle(request as never, { scheduler } as never)
  const written: string[] = []
  const { signal } = new AbortController()
  const startedAt = performance.now()
  await reply.events?.({ write: async (chunk) => written.push(String(chunk)) > 0, signal })
  assert.is(asked, 4)
  assert.ok(performance.now() - startedAt > 500, 'it does not ask without a pause')
  assert.equal(written.join('').match(/^id: .*$/gm), ['id: 7', 'id: 8'])
})

test('who asks too often waits', async () => {
  const path = `/api/v1/auth/nonce?address=${alice}`
  for (let i = 0; i <= AUTH_PER_MINUTE; i++) {
    const answer = await world.call('GET', path)
    if (answer.status === 200) continue
    assertError(answer, 429, 'RATE_LIMIT_EXCEEDED')
    const seconds = Number(answer.headers.get('retry-after'))
    assert.ok(seconds >= 1 && seconds <= 60)
    assert.is((await world.call('GET', '/api/v1/models')).status, 200, 'other calls go on')
    return
  }
  assert.unreachable('nobody was told to wait')
})

test.run()
