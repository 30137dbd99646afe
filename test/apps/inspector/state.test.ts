// What keys and replies do to the inspector's state.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ActorView } from '../../../apps/inspector/snapshot.ts'
import type { InspectorState } from '../../../apps/inspector/state/model.ts'
import { type Effect, onKey } from '../../../apps/inspector/state/on-key.ts'
import { answered, failed, located, sampled } from '../../../apps/inspector/state/replies.ts'
import { viewRows } from '../../../apps/inspector/tables/view-rows.ts'
import { KeyParser } from '../../../apps/inspector/terminal/key-parser.ts'
import { frame } from '../../../apps/inspector/views/frame.ts'
import { actor, head, heardState, recorded } from './recorded.ts'

const SIZE = { width: 120, height: 40 }

/** The state and all effects after the keys of a typed text. */
function type(state: InspectorState, text: string): { state: InspectorState; effects: Effect[] } {
  const parser = new KeyParser()
  const keys = [...parser.push(Buffer.from(text)), ...parser.flush()]
  const effects: Effect[] = []
  let next = state
  for (const key of keys) {
    const step = onKey(next, key, SIZE)
    next = step.state
    effects.push(...step.effects.filter((effect) => effect.type !== 'poll'))
  }
  return { state: next, effects }
}

const ROWS = ['a', 'b', 'c', 'd'].map((name, i) => actor(`worker/${name}`, { depth: 40 - i * 10 }))

let sequence = 1000
function told(state: InspectorState, actors: ActorView[], at = state.now): InspectorState {
  const body = { actors, matched: actors.length, total: actors.length, gone: [] }
  const answer = { process: 'node0', view: 'actors', sequence: ++sequence } as const
  return answered(state, answer, { head: head('node0', { at }), view: 'actors', body }, at)
}

const world = (options = {}) => heardState({ node0: recorded('node0', ROWS) }, options)

test('a late answer is dropped, also a late failure', () => {
  const answer = (number: number) =>
    ({ process: 'node0', view: 'actors', sequence: number }) as const
  const snapshot = (depth: number) => {
    const body = { actors: [actor('worker/a', { depth })], matched: 1, total: 1, gone: [] }
    return { head: head('node0'), view: 'actors', body } as const
  }
  const first = answered(world(), answer(50), snapshot(5), 1)
  assert.is(answered(first, answer(49), snapshot(99), 2), first)
  assert.is(failed(first, answer(48), 'no answer', 2), first)
  assert.is(answered(first, { ...answer(60), process: 'gone' }, snapshot(1), 2), first)
  const lost = failed(first, answer(51), 'no answer', 7)
  assert.is(lost.processes[0]?.link, 'unreachable')
  assert.is(failed(lost, answer(52), 'no answer', 9).processes[0]?.since, 7, 'since the first one')
  const back = answered(lost, answer(53), snapshot(6), 11)
  assert.equal([back.processes[0]?.link, back.processes[0]?.since], ['up', 11])
})

test('the selection goes with its actor, not with its line', () => {
  let { state } = type(world(), 'jj')
  assert.is(state.panes.actors.selected, 'worker/b')
  state = told(
    state,
    ROWS.map((row) => (row.id === 'worker/b' ? { ...row, depth: 1 } : row)),
  )
  assert.is(viewRows(state, 10).rows.at(-1)?.id, 'worker/b')
  assert.is(state.panes.actors.selected, 'worker/b')
  assert.is(type(state, 'k').state.panes.actors.selected, 'worker/d')
  const { effects } = type({ ...state, admin: true }, 'K')
  assert.equal(effects, [
    {
      type: 'ask',
      action: 'kill',
      target: { id: 'worker/b', host: 'node0/chain', process: 'node0' },
    },
  ])
})

test('moving: first, last, pages, and the window follows', () => {
  const many = Array.from({ length: 100 }, (_, i) => actor(`worker/${i}`, { depth: 999 - i }))
  const state = heardState({ node0: recorded('node0', many) })
  assert.is(type(state, 'j').state.panes.actors.selected, 'worker/0')
  assert.is(type(state, 'jjjkG').state.panes.actors.selected, 'worker/67')
  const paged = type(state, 'j\x1b[6~\x1b[6~').state
  const pane = paged.panes.actors
  assert.ok(pane.scroll > 0)
  assert.match(frame(paged, SIZE).lines().join('\n'), new RegExp(`│${pane.selected} `))
  assert.equal(type(paged, 'g').state.panes.actors.scroll, 0)
})

test('nothing is done to an actor before its consequence was on the screen', () => {
  const opened = type(world({ admin: true }), 'jKyyy')
  assert.equal(
    opened.effects.map((effect) => effect.type),
    ['ask'],
  )
  assert.is(opened.state.dialog?.stage, 'asking')
  const dialog = opened.state.dialog
  assert.ok(dialog)
  const confirm = { ...opened.state, dialog: { ...dialog, stage: 'confirm' as const, words: 'x' } }
  assert.is(type(confirm, '\rYjK ').state.dialog, confirm.dialog, 'only y means yes')
  const acted = type(confirm, 'yyy')
  assert.equal(
    acted.effects.map((effect) => effect.type),
    ['act'],
  )
  assert.is(acted.state.dialog?.stage, 'doing')
  for (const key of ['n', 'q', '\x1b']) {
    const cancelled = type(confirm, key)
    assert.is(cancelled.state.dialog, undefined)
    assert.equal(cancelled.effects, [])
  }
})

test('without --admin the keys that act say what is missing', () => {
  for (const key of ['K', 'r', 'p', 't']) {
    const { state, effects } = type(world(), `j${key}`)
    assert.equal(effects, [])
    assert.match(state.notice?.text ?? '', /read-only: start with --admin/)
  }
  const nothing = type(world({ admin: true }), 'K')
  assert.match(nothing.state.notice?.text ?? '', /select an actor first/)
})

test('pause is resume for an actor that is paused', () => {
  const state = told(
    world({ admin: true }),
    ROWS.map((row) => ({ ...row, state: 'paused' })),
  )
  const { effects } = type(state, 'jp')
  assert.is(effects[0]?.type === 'ask' && effects[0].action, 'resume')
})

test('the filter shows its effect while it is typed; Esc brings the old one back', () => {
  const typing = type(world(), '/worker/b').state
  assert.is(typing.typing, 'worker/b')
  assert.equal(
    viewRows(typing, 10).rows.map((row) => row.id),
    ['worker/b'],
  )
  assert.is(type(typing, '\x1b').state.panes.actors.filter, '')
  const kept = type(typing, '\r').state
  assert.is(kept.panes.actors.filter, 'worker/b')
  assert.is(type(kept, '/\x15mb>25\r').state.panes.actors.filter, 'mb>25')
  assert.is(type(kept, '/\x7f\x7f\r').state.panes.actors.filter, 'worker')
  assert.is(type(world(), '/\x1b[200~kind:x\nK\x1b[201~').state.typing, 'kind:x K')
  const wrong = type(world(), '/size>4').state
  assert.match(frame(wrong, SIZE).lines().at(-1) ?? '', /filter: size>4 .*no number is called size/)
  assert.is(viewRows(wrong, 10).rows.length, 4, 'what cannot be understood filters nothing')
})

test('sort goes through the columns that are seen; S turns it round', () => {
  const state = type(world(), 's').state
  assert.is(state.panes.actors.sort, 'highWater')
  const turned = type(world(), 'S').state
  assert.equal(
    viewRows(turned, 10).rows.map((row) => row.id),
    ['worker/d', 'worker/c', 'worker/b', 'worker/a'],
  )
  const round = type(world(), 's'.repeat(12)).state
  assert.is(round.panes.actors.sort, 'depth', 'all twelve columns of 120 cells, and back')
})

test('tabs, rate, freeze, help, quit', () => {
  assert.is(type(world(), '4').state.view, 'chain')
  assert.is(type(world(), '\t\t').state.view, 'jobs')
  assert.is(type(world(), '\x1b[Z').state.view, 'log')
  assert.is(type(world(), '++++').state.hz, 8)
  assert.is(type(world(), '-----').state.hz, 0.5)
  assert.is(type(world(), ' ').state.frozen, true)
  assert.is(type(world(), '?').state.help, true)
  assert.is(type(world(), '?j').state.help, false)
  for (const quit of ['q', '\x03', '?\x03', '/\x03']) {
    assert.equal(type(world(), quit).effects, [{ type: 'quit' }])
  }
  const log = type(world(), 'jl').state
  assert.equal([log.view, log.panes.log.filter], ['log', 'actor:worker/a'])
})

test('a trace runs once at a time, and Esc ends it', () => {
  const started = type(world({ admin: true }), 'jt')
  assert.equal(
    started.effects.map((effect) => effect.type),
    ['tap'],
  )
  const shown = frame(started.state, SIZE).lines().join('\n')
  assert.match(shown, /Trace: listening, 10\.0s or 100 messages left/)
  assert.equal(type(started.state, 't').effects, [])
  assert.equal(type(started.state, '\x1b').effects, [{ type: 'end-tap' }])
  assert.ok(started.state.tap)
  const tap = { ...started.state.tap, reply: { messages: [], ended: 'time' as const } }
  const ended = frame({ ...started.state, tap }, SIZE)
    .lines()
    .join('\n')
  assert.match(ended, /Trace: 0 messages, stopped by itself after 10 s/)
})

test('restarts of the selected actor are kept with their errors', () => {
  let { state } = type(world(), 'j')
  for (const [i, lastError] of ['', 'disk full', 'disk full', 'no peer'].entries()) {
    const restarts = [0, 1, 1, 2][i] as number
    state = told(state, [{ ...(ROWS[0] as ActorView), restarts, lastError }], 1000 * (i + 1))
  }
  assert.equal(state.watched?.restarts, [
    { at: 2000, why: 'disk full' },
    { at: 4000, why: 'no peer' },
  ])
})

test('processes that moved are asked where they are now; new ones are added', () => {
  const endpoints = [
    { name: 'node0', nodes: ['node0'], url: 'http://127.0.0.1:7' },
    { name: 'node1', nodes: ['node1'], url: 'http://127.0.0.1:8' },
  ]
  const { processes } = located(world(), endpoints, 5)
  assert.equal(
    processes.map(({ url, link }) => [url, link]),
    [
      ['http://127.0.0.1:7', 'up'],
      ['http://127.0.0.1:8', 'asked'],
    ],
  )
  assert.ok(processes[0]?.heard.actors, 'what is known stays')
})

test('charts draw what was polled: blocks once, bytes by the time between samples', () => {
  const state = world({ view: 'cluster' })
  assert.is(state.histories.blocks.length, 30)
  assert.equal(
    state.histories.blocks.map((block) => block.height),
    Array.from({ length: 30 }, (_, i) => 202 + i),
  )
  const once = sampled(state, 1000)
  const grown = recorded('node0', ROWS)
  const links = grown.cluster.links.map((link) => ({ ...link, bytesOut: link.bytesOut + 5000 }))
  const answer = { process: 'node0', view: 'cluster', sequence: 9999 } as const
  const body = { ...grown.cluster, links }
  const later = answered(once, answer, { head: head('node0'), view: 'cluster', body }, 1500)
  assert.equal(
    sampled(later, 1500).histories.cluster.map((sample) => sample.bytesPerSecond),
    [0, 10_000],
  )
})

test.run()
