// Polling over HTTP: each process by itself, none twice at once, and what is wrong has a reason.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findProcesses } from '../../../apps/inspector/poll/find-processes.ts'
import { Poller } from '../../../apps/inspector/poll/poller.ts'
import { screenQuery } from '../../../apps/inspector/query/screen-query.ts'
import type { Snapshot } from '../../../apps/inspector/snapshot.ts'
import { withPane } from '../../../apps/inspector/state/selection.ts'
import { FakeAdmin } from './fake-admin.ts'
import { actor, heardState, recorded } from './recorded.ts'

const QUERY = { view: 'actors', sort: 'depth', limit: 10 } as const

async function world(answerMs = 5000) {
  const admins = ['node0', 'node1'].map((name) => new FakeAdmin(name, [actor(`worker/${name}`)]))
  const targets = []
  for (const admin of admins) targets.push({ name: admin.process, url: await admin.listen() })
  const heard: [string, Snapshot][] = []
  const failures: [string, string][] = []
  let number = 0
  const poller = new Poller(
    {
      answered: ({ process }, snapshot) => heard.push([process, snapshot]),
      failed: ({ process }, why) => failures.push([process, why]),
    },
    () => ++number,
    answerMs,
  )
  const stop = () => {
    poller.stop()
    for (const admin of admins) admin.close()
  }
  const [first, second] = admins as [FakeAdmin, FakeAdmin]
  return { first, second, targets, heard, failures, poller, stop }
}

test('all processes are asked, over connections that stay', async () => {
  const { first, targets, heard, poller, stop } = await world()
  for (let i = 0; i < 3; i++) await poller.poll(targets, QUERY, false)
  assert.equal(heard.map(([process]) => process).sort(), [
    ...['node0', 'node0', 'node0'],
    ...['node1', 'node1', 'node1'],
  ])
  assert.is(first.connections, 1)
  assert.is(first.asked[0], 'GET /inspector/snapshot?view=actors&sort=depth&limit=10')
  stop()
})

test('a silent process is not asked again while it owes an answer; the others go on', async () => {
  const { first, second, targets, heard, failures, poller, stop } = await world(300)
  first.silent = true
  const slow = poller.poll(targets, QUERY, false)
  while (second.asked.length < 1 || heard.length < 1) await new Promise((r) => setTimeout(r, 5))
  await poller.poll(targets, QUERY, false)
  assert.is(first.asked.length, 1)
  assert.is(second.asked.length, 2)
  await slow
  assert.equal(failures, [['node0', 'no answer within 300 ms']])
  first.silent = false
  await poller.poll(targets, QUERY, false)
  assert.is(heard.filter(([process]) => process === 'node0').length, 1)
  stop()
})

test('asked anew, the answer to the old question is not taken', async () => {
  const { first, targets, heard, failures, poller, stop } = await world()
  first.silent = true
  const old = poller.poll(targets.slice(0, 1), QUERY, false)
  while (first.asked.length < 1) await new Promise((r) => setTimeout(r, 5))
  first.silent = false
  await poller.poll(targets.slice(0, 1), { view: 'log', limit: 5 }, true)
  await old
  assert.equal(
    heard.map(([, snapshot]) => snapshot.view),
    ['log'],
  )
  assert.equal(failures, [])
  stop()
})

test('what is wrong has a reason', async () => {
  const { first, second, targets, failures, poller, stop } = await world()
  first.nonsense = true
  second.close()
  await poller.poll(targets, QUERY, false)
  assert.match(new Map(failures).get('node0') ?? '', /its answer is no actors snapshot: no head/)
  assert.match(new Map(failures).get('node1') ?? '', /nothing listens there/)
  stop()
})

test('a screen asks for what it shows', () => {
  const many = Array.from({ length: 50 }, (_, i) => actor(`worker/${i}`))
  const state = heardState({ node0: recorded('node0', many) })
  const size = { width: 80, height: 24 }
  assert.equal(screenQuery(state, size), {
    view: 'actors',
    sort: 'depth',
    filter: '',
    limit: 18,
    also: undefined,
  })
  const moved = withPane(state, { reverse: true, filter: ' mb>2 ', selected: 'worker/9' })
  assert.equal(screenQuery(moved, size), {
    view: 'actors',
    sort: '-depth',
    filter: 'mb>2',
    limit: 36,
    also: 'worker/9',
  })
  assert.is(screenQuery(withPane(state, { filter: 'size>1' }), size).filter, '')
  assert.equal(screenQuery({ ...state, view: 'storage' }, size), { view: 'storage', limit: 200 })
  const log = withPane({ ...state, view: 'log' }, { filter: 'node:node0 actor:worker' })
  assert.equal(screenQuery(log, size), {
    view: 'log',
    sort: 'at',
    filter: 'node:node0 actor:worker',
    limit: 18,
    also: undefined,
  })
  assert.is(screenQuery(withPane(state, { scroll: 9000 }), size).limit, 500)
})

test('processes come from endpoints.json, each once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inspector-'))
  assert.is(findProcesses(folder), undefined)
  const write = (nodes: unknown) =>
    writeFileSync(join(folder, 'endpoints.json'), JSON.stringify({ ready: true, pids: [1], nodes }))
  write(undefined)
  assert.equal(findProcesses(folder), [])
  const node = (name: string, process: string) => ({ name, process, admin: `http://${process}` })
  write([node('node0', 'dev'), node('node1', 'dev'), node('node2', 'node2'), { name: 'odd' }])
  assert.equal(findProcesses(folder), [
    { name: 'dev', nodes: ['node0', 'node1'], url: 'http://dev' },
    { name: 'node2', nodes: ['node2'], url: 'http://node2' },
  ])
  rmSync(folder, { recursive: true })
})

test.run()
