// What an inspector sees and does: rows of actors, pause, restart, kill with their consequences
// said before, the trace of one actor that ends by itself, and who is gone.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Handlers } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { TapEnd, TappedMessage } from '../../runtime/inspect/tap.ts'
import type { Verbs } from '../../runtime/messages.ts'
import { ref } from '../../runtime/ref.ts'
import { Probe, probe, stateOf, TestWorld } from '../kit/hosts.ts'

const W = ref('probe', 'w')

function world(setup: Parameters<typeof probe>[0] = () => ({}), more = {}) {
  const time = new TestWorld()
  const host = time.host('a', more)
  host.spawn(probe(setup), 'w', null)
  const note = (text: string) => host.edge.tell(Probe, 'w', 'Note', text)
  return { time, host, note, run: (ms: number) => time.run(ms) }
}

test('rows are filtered, sorted and limited at the host; matched and total say of how many', () => {
  const { host, run } = world()
  for (let i = 0; i < 100; i++) {
    host.spawn(
      probe(() => ({})),
      `n${i}`,
      null,
    )
  }
  for (let i = 0; i < 50; i++) {
    host.pause(ref('probe', `n${i}`))
    for (let n = 0; n <= i; n++) host.edge.tell(Probe, `n${i}`, 'Note', '')
  }
  run(70)
  const view = host.snapshot({
    filter: (one) => one.depth > 10,
    sort: (a, b) => b.depth - a.depth,
    limit: 2,
  })
  assert.equal([view.matched, view.total], [40, 101])
  assert.equal(
    view.actors.map(({ id, depth, state, oldestMs }) => [id, depth, state, oldestMs]),
    [
      ['probe/n49', 50, 'paused', 70],
      ['probe/n48', 49, 'paused', 70],
    ],
  )
})

test('a row names parent, strategy, restart kind, state and the last error', () => {
  const child = probe(
    () => {
      throw new Error('no')
    },
    { restart: 'transient' },
  )
  const { host } = world((ctx) => {
    ctx.spawn(child, 'child', null, 'rest-for-one')
    return {}
  })
  const row = host.snapshot().actors.find(({ key }) => key === 'child')
  const { parent, strategy, restart, state, lastError } = row ?? {}
  assert.equal(
    [parent, strategy, restart, state, lastError],
    ['probe/w', 'rest-for-one', 'transient', 'restarting', 'setup: no'],
  )
})

test('pause keeps messages and turns waiting; resume goes on with them', () => {
  const seen: string[] = []
  const { host, note, run } = world((ctx) => {
    ctx.after('tick', 5, () => seen.push('tick'))
    return { Note: (text) => seen.push(text) }
  })
  assert.ok(host.pause(W))
  note('1')
  run(50)
  assert.equal(seen, [])
  assert.is(stateOf(host, 'w'), 'paused')
  assert.ok(host.resume(W))
  run(1)
  assert.equal(seen, ['tick', '1'])
  assert.not.ok(host.pause(ref('probe', 'nobody')))
})

test('restart is at once and counts as no failure; kill is a failure that the supervisor decides about', () => {
  const starts: number[] = []
  const { host, run } = world((ctx) => {
    starts.push(ctx.incarnation)
    return {}
  })
  for (let i = 1; i <= 20; i++) {
    host.restart(W)
    run(1)
  }
  assert.is(starts.length, 21)
  assert.match(host.consequence(W, 'kill'), 'restarts after 10 ms')
  for (let i = 0; i < 5; i++) {
    host.kill(W)
    run(1000)
  }
  assert.is(stateOf(host, 'w'), 'running')
  assert.match(host.consequence(W, 'kill'), 'stops for good')
  host.kill(W)
  assert.is(stateOf(host, 'w'), undefined)
  assert.match(host.snapshot().gone[0]?.why ?? '', 'killed by an operator')
})

test('the consequence is said before: who restarts, what is kept and what is lost', () => {
  const { host, note } = world((ctx) => {
    for (const key of ['c1', 'c2', 'c3']) {
      ctx.spawn(
        probe(() => ({})),
        key,
        null,
        'one-for-all',
      )
    }
    return {}
  })
  host.pause(W)
  for (const text of ['1', '2']) note(text)
  const said = host.consequence(W, 'restart')
  for (const part of [
    '2 messages waiting',
    'are kept',
    'timers and open asks are lost',
    '3 children',
  ]) {
    assert.match(said, part)
  }
  assert.match(host.consequence(ref('probe', 'c2'), 'kill'), 'probe/c1, probe/c3 restart too')
  assert.match(host.consequence(W, 'pause'), 'Asks to it expire')
  assert.match(host.consequence(ref('probe', 'nobody'), 'kill'), 'nothing happens')
})

test('a tap shows one actor’s messages and ends by count, by time, or with its actor', () => {
  const ends: TapEnd[] = []
  const seen: TappedMessage[] = []
  const { host, note, run } = world()
  const tap = (max: number, ms: number) =>
    host.tap(
      W,
      { max, ms },
      (message) => seen.push(message),
      (why) => ends.push(why),
    )
  tap(2, 1000)
  for (const text of ['1', '2', '3']) note(text)
  run(10)
  assert.equal(
    seen.map(({ verb, body, from, lane }) => [verb, body, from, lane]),
    [
      ['Note', '"1"', 'a', 'data'],
      ['Note', '"2"', 'a', 'data'],
    ],
  )
  tap(10, 100)
  run(200)
  note('unseen')
  run(10)
  tap(10, 1000)
  host.supervisor.stop(host.cellOf(W) as never, 'stopped')
  assert.equal(ends, ['count', 'time', 'gone'])
  assert.is(seen.length, 2)
  assert.is(tap(1, 1), undefined)
})

test('a wrap stands between each incarnation and its host, as a flight recorder does', () => {
  const recorded: string[] = []
  const wrap = (_: unknown, incarnation: number) => ({
    context: (ctx: Context): Context =>
      new Proxy(ctx, {
        get: (of, name) => {
          const value = Reflect.get(of, name, of)
          return typeof value === 'function' ? value.bind(of) : value
        },
      }),
    handlers: (handlers: Handlers<Verbs>): Handlers<Verbs> => ({
      ...handlers,
      Note: (body: unknown) => {
        recorded.push(`${incarnation} ${body}`)
        ;(handlers.Note as (body: unknown) => void)(body)
      },
    }),
  })
  const { note, run } = world(
    (ctx) => ({
      Note: (text) => {
        ctx.log('info', text)
        if (text === 'fail') throw new Error('on purpose')
      },
    }),
    { wrap },
  )
  for (const text of ['x', 'fail', 'y']) note(text)
  run(100)
  assert.equal(recorded, ['0 x', '0 fail', '1 y'])
})

test('placementChanged: what moved away is sent there, what moved here is handled here', () => {
  const seen: string[] = []
  let home = 'a'
  const { host, note, run, time } = world(() => ({ Note: (text) => seen.push(text) }), {
    place: () => home,
  })
  const sender = probe((ctx) => ({ Note: (text) => ctx.tell(Probe, 'w', 'Note', text) }))
  host.spawn(sender, 'sender', null)
  const send = (text: string) => {
    const cell = host.cellOf(ref('probe', 'sender'))
    ;(cell?.handlers?.Note as (body: string) => void)(text)
  }
  send('1')
  home = 'elsewhere'
  host.placementChanged()
  send('2')
  note('3')
  home = 'a'
  host.placementChanged()
  send('4')
  run(10)
  assert.equal(seen, ['1', '4'])
  assert.equal(host.snapshot().deadLetterCounts, { 'node-down': 2 })
  assert.ok(time)
})

test.run()
