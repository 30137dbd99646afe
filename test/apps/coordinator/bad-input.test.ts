// Bad input on every route: the right status and code in the one error form, and the coordinator
// serves on.

import { request as rawRequest } from 'node:http'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROUTES } from '../../../apps/coordinator/route-list.ts'
import { CASES, INVALID } from './bad-input-cases.ts'
import { ALICE, assertError, BODY, startWorld, type World } from './coordinator-world.ts'

let world: World
let token: string

test.before(async () => {
  world = await startWorld()
  await world.ready()
  token = await world.token(ALICE)
})
test.after(() => world.stop())

async function assertServes(): Promise<void> {
  assert.is((await world.call('POST', '/api/v1/jobs', { token, body: BODY })).status, 201)
  assert.is((await world.call('GET', '/api/v1/health')).json.status, 'ok')
  assert.not.ok(
    world.warnings.some((line) => line.includes('fault')),
    world.warnings.join('\n'),
  )
}

test('every case has its status and code', async () => {
  assert.ok(CASES.length >= 50)
  const wrong: string[] = []
  for (const [method, path, body, status, code] of CASES) {
    const answer = await world.call(method, path, { token, body })
    try {
      assertError(answer, status, code)
    } catch (error) {
      wrong.push(`${method} ${path} ${JSON.stringify(body)?.slice(0, 80)}: ${error}`)
    }
  }
  assert.equal(wrong, [])
  await assertServes()
})

test('every route is in the table or takes no input', () => {
  const seen = CASES.map(([method, path]) => `${method} ${path.split('?')[0]}`)
  for (const { method, path } of ROUTES) {
    if (path.includes('health')) continue
    const pattern = new RegExp(`^${method} ${path.replace(/:\w+/g, '[^/]+')}$`)
    assert.ok(
      seen.some((one) => pattern.test(one)),
      `${method} ${path}`,
    )
  }
})

test('bad headers are refused', async () => {
  for (const key of ['x'.repeat(101), 'a b', '\u00e9']) {
    const headers = { 'idempotency-key': key }
    const answer = await world.call('POST', '/api/v1/jobs', { token, body: BODY, headers })
    assertError(answer, 400, INVALID)
  }
  const { json } = await world.call('POST', '/api/v1/jobs', { token, body: BODY })
  for (const last of ['-1', 'x', '1.5', '9'.repeat(16)]) {
    const headers = { 'last-event-id': last }
    const answer = await world.call('GET', `/api/v1/jobs/${json.job_id}/events`, { token, headers })
    assertError(answer, 400, INVALID)
  }
  const named = await world.call('GET', '/api/v1/jobs/1', {
    token,
    headers: { 'x-request-id': 'mine-1' },
  })
  assert.is(named.json.request_id, 'mine-1')
  const evil = { 'x-request-id': '<script>' }
  assert.is.not(
    (await world.call('GET', '/api/v1/jobs/1', { token, headers: evil })).json.request_id,
    '<script>',
  )
})

test('bytes that are no text, and a client that leaves in the middle, do no harm', async () => {
  const body = Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d)
  assertError(await world.call('POST', '/api/v1/jobs', { token, body }), 400, INVALID)
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-length': '1000' }
    const half = rawRequest(`${world.url}/api/v1/jobs`, { method: 'POST', headers })
    half.on('error', () => resolve())
    half.write('{"type":', () => half.destroy())
    half.on('close', resolve)
  })
  await assertServes()
})

test.run()
