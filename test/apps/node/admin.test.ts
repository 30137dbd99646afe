// The admin server over HTTP: metrics that a strict reader accepts, views, clear refusals, actions
// only with the token and never without a line in the log, and a truthful answer about readiness.

import { statSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { adminTokenFile } from '../../../apps/node/admin/admin-token.ts'
import { ADMIN_BODY_BYTES_MAX, ADMIN_ROWS_MAX } from '../../../config/limits.ts'
import { Probe } from '../../kit/hosts.ts'
import { readOpenMetrics } from '../../kit/read-open-metrics.ts'
import { startAdminWorld } from './admin-world.ts'

const world = await startAdminWorld()
const { host, get, post, token } = world
const SLOW = { host: 'node0/chain', actor: 'probe/slow' }

const settle = () => new Promise((resolve) => setTimeout(resolve, 50))

test('metrics are OpenMetrics, and times are recorded once somebody reads', async () => {
  const sample = async (name: string) => {
    const { status, type, text } = await get('/metrics')
    assert.is(status, 200)
    assert.is(type, 'application/openmetrics-text; version=1.0.0; charset=utf-8')
    const family = readOpenMetrics(text).get(name.replace(/_(?:count|sum|total)$/, ''))
    const found = family?.samples.filter((one) => one.name === name && one.labels.kind === 'probe')
    assert.is(found?.length, 1, name)
    return found?.[0]?.value ?? Number.NaN
  }
  host.edge.tell(Probe, 'slow', 'Note', 'before anybody reads')
  await settle()
  assert.is(await sample('aitbc_handling_seconds_count'), 0)
  for (let i = 0; i < 5; i++) host.edge.tell(Probe, 'slow', 'Note', 'x')
  await settle()
  assert.is(await sample('aitbc_handling_seconds_count'), 5)
  assert.ok((await sample('aitbc_handling_seconds_sum')) >= 0.01)
  assert.is(await sample('aitbc_messages_handled_total'), 6)
  assert.is(await sample('aitbc_actors'), 2)
  host.edge.tell(Probe, 'nobody', 'Note', 'x')
  const letters = readOpenMetrics((await get('/metrics')).text).get('aitbc_dead_letters')
  const lost = letters?.samples.find(({ labels }) => labels.reason === 'no-such-actor')
  assert.is(lost?.value, 1)
})

test('actors are chosen, sorted and limited by the server', async () => {
  const view = async (query: string) => {
    const { status, json } = await get(`/inspector/snapshot?view=actors&${query}`)
    assert.is(status, 200)
    assert.is(json.view, 'actors')
    return json.body
  }
  const all = await view('sort=handled')
  assert.equal(
    all.actors.map((row: { id: string }) => row.id),
    ['probe/slow', 'probe/idle'],
  )
  assert.is(all.actors[0].state, 'running')
  assert.ok(all.actors[0].p99Us >= 2000)
  assert.equal([all.matched, all.total], [2, 2])
  const one = await view('filter=handled%3E3&limit=1')
  assert.equal([one.actors.length, one.matched, one.total], [1, 1, 2])
  const also = await view('filter=nothing-like-it&also=probe/idle')
  assert.equal([also.actors.length, also.matched], [1, 0])
})

test('every view answers', async () => {
  for (const view of ['cluster', 'jobs', 'chain', 'storage', 'log']) {
    const { status, json } = await get(`/inspector/snapshot?view=${view}`)
    assert.is(status, 200, view)
    assert.is(json.head.process, 'test')
  }
  const { json } = await get('/inspector/snapshot?view=storage')
  const [store] = json.body.stores
  assert.equal([store.node, store.store, store.rows], ['node0', 'chain', 0])
  assert.ok(json.body.diskFreeBytes > 0)
})

const BAD: Readonly<Record<string, RegExp>> = {
  'view=acters': /did you mean actors/,
  'veiw=actors': /unknown parameter veiw; did you mean view/,
  'limit=0': /1 to/,
  [`limit=${ADMIN_ROWS_MAX + 1}`]: /1 to/,
  'limit=ten': /whole number/,
  'limit=1&limit=2': /twice/,
  'sort=nothing': /no column nothing/,
  'filter=size%3E1': /no number is called size/,
  'view=storage&sort=depth': /no column depth/,
  'view=log&filter=xyz:1': /no field is called xyz/,
  [`filter=${'x'.repeat(500)}`]: /at most/,
}

for (const [query, says] of Object.entries(BAD)) {
  test(`refused: ${query.slice(0, 40)}`, async () => {
    const { status, type, json } = await get(`/inspector/snapshot?${query}`)
    assert.is(status, 400)
    assert.is(type, 'application/problem+json')
    assert.is(json.code, 'BAD_REQUEST')
    assert.match(json.detail, says)
  })
}

test('a trace is asked for by a whole id', async () => {
  for (const query of ['', 'trace=1', `trace=${'0'.repeat(32)}`, 'job=0x1', 'trace=a&job=b']) {
    assert.is((await get(`/inspector/trace?${query}`)).status, 400, query)
  }
  const trace = 'ab'.repeat(16)
  const cause = { trace, span: 'cd'.repeat(8), hop: 0 }
  host.edge.tell(Probe, 'slow', 'Note', 'x', { cause })
  await settle()
  const { json } = await get(`/inspector/trace?trace=${trace}`)
  assert.is(json.spans.length, 1)
  const [span] = json.spans
  assert.equal([span.name, span.actor, span.parent], ['Note', 'probe/slow', cause.span])
  assert.ok(span.ms >= 2 && Math.abs(span.startMs - Date.now()) < 10_000)
})

test('acting needs the token', async () => {
  const body = { ...SLOW, action: 'kill' }
  const without = await post('/inspector/act', body)
  assert.equal([without.status, without.json.code], [401, 'UNAUTHORIZED'])
  const wrong = await post('/inspector/act', body, 'f'.repeat(64))
  assert.equal([wrong.status, wrong.json.code], [403, 'FORBIDDEN'])
  assert.is((await post('/inspector/tap', { ...SLOW, max: 1, ms: 1 })).status, 401)
  assert.is(statSync(adminTokenFile(world.dataDirectory)).mode & 0o777, 0o600)
  assert.is(world.log.entries().length, 0)
  assert.is(host.snapshot().actors.filter((one) => one.restarts > 0).length, 0)
})

test('an actor is paused and goes on; each act is told before and logged', async () => {
  const stateOf = (id: string) => host.snapshot().actors.find((one) => one.id === id)?.state
  const act = (action: string, dry = false) =>
    post('/inspector/act', { ...SLOW, action, dry }, token)
  const dry = await act('pause', true)
  assert.equal([dry.status, dry.json.done, stateOf('probe/slow')], [200, false, 'running'])
  assert.match(dry.json.consequence, /until it is resumed/)
  assert.is(world.log.entries().length, 0)
  assert.is((await act('pause')).json.done, true)
  assert.is(stateOf('probe/slow'), 'paused')
  const [line] = world.log.entries()
  assert.equal([line?.event, line?.level], ['admin act', 'warn'])
  assert.match(line?.fields ?? '', /"actor":"probe\/slow","action":"pause"/)
  await act('resume')
  assert.is(stateOf('probe/slow'), 'running')
})

test('a tap shows the messages of one actor and stops by itself', async () => {
  const tapped = post('/inspector/tap', { ...SLOW, max: 2, ms: 5000 }, token)
  // The tap is open some time after it was asked for; what comes later is not shown.
  for (let i = 0; i < 20; i++) {
    await settle()
    host.edge.tell(Probe, 'slow', 'Note', `n${i}`)
  }
  const { status, json } = await tapped
  assert.is(status, 200)
  assert.equal([json.ended, json.messages.length], ['count', 2])
  assert.is(json.messages[0].verb, 'Note')
})

test('what cannot be done is refused with its reason', async () => {
  const refused = async (body: unknown, status: number, says: RegExp) => {
    const answer = await post('/inspector/act', body, token)
    assert.is(answer.status, status, JSON.stringify(body))
    assert.match(answer.json.detail, says)
  }
  await refused('{', 400, /not JSON/)
  await refused([], 400, /not a JSON object/)
  await refused({ ...SLOW, action: 'stop' }, 400, /pause, resume, restart, kill/)
  await refused({ ...SLOW, action: 'kill', now: true }, 400, /unknown field now/)
  await refused({ ...SLOW, action: 'kill', dry: 'no' }, 400, /dry/)
  await refused({ ...SLOW, host: 'node9', action: 'kill' }, 404, /no host node9/)
  await refused({ ...SLOW, actor: 'probe/none', action: 'kill' }, 404, /no actor probe\/none/)
  await refused('x'.repeat(ADMIN_BODY_BYTES_MAX + 1), 413, /at most/)
  const tap = await post('/inspector/tap', { ...SLOW, max: 1e9, ms: 1 }, token)
  assert.is(tap.status, 400)
  assert.is((await get('/inspector/act')).status, 405)
  assert.is((await get('/nothing')).json.code, 'NOT_FOUND')
})

test('not ready, with the reason, when a thread is gone; live all the same', async () => {
  const before = await get('/health/ready')
  assert.is(before.status, 200, before.text)
  await world.worker.terminate()
  const after = await get('/health/ready')
  assert.is(after.status, 503)
  assert.is(after.json.ready, false)
  const bad = after.json.checks.filter((check: { ok: boolean }) => !check.ok)
  assert.equal(
    bad.map((check: { name: string }) => check.name),
    ['thread node1/chain'],
  )
  assert.is((await get('/health/live')).status, 200)
  const { json } = await get('/inspector/snapshot?view=cluster')
  const states = json.body.threads.map((row: { host: string; state: string }) => row.state)
  assert.equal(states, ['running', 'stopped'])
  assert.equal(world.warnings, [])
  await world.stop()
})

test.run()
