// What a flood, a failure or a pause must not do to others on the same host: complaints of other
// runtimes' users (docs/runtime-semantics.md), each with the figures that show it.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Failure } from '../../runtime/failure.ts'
import { ref } from '../../runtime/ref.ts'
import { ended, Probe, probe, stateOf, TestWorld } from '../kit/hosts.ts'

const WITHIN = { within: 100 }

const failOn = (text: string) => {
  if (text === 'fail') throw new Error('on purpose')
}

test('a flood is bounded by the mailbox, counted, and seen in a figure', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const seen: string[] = []
  const slow = probe(() => ({ Note: (text) => seen.push(text) }))
  host.spawn(slow, 'w', null)
  host.pause(ref('probe', 'w'))
  for (let i = 0; i < 100_000; i++) host.edge.tell(Probe, 'w', 'Note', `${i}`)
  const [actor] = host.snapshot().actors
  assert.is(actor?.depth, 64)
  assert.is(actor?.highWater, 64)
  assert.is(actor?.deadLetters, 100_000 - 64)
  assert.is(host.snapshot().deadLetterCounts.rejected, 100_000 - 64)
  host.resume(ref('probe', 'w'))
  world.run()
  assert.is(seen.length, 64)
})

test('a sender is not hurt by a slow receiver: no throw, no restart, its ask fails at once', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const failures: Failure[] = []
  const sender = probe((ctx) => ({
    Note: () => {
      for (let i = 0; i < 100; i++) ctx.tell(Probe, 'slow', 'Note', 'x')
      ctx.ask(Probe, 'slow', 'Echo', 'x', {
        ...WITHIN,
        ok: () => assert.unreachable(),
        failed: (failure) => failures.push(failure),
      })
    },
  }))
  host.spawn(
    probe(() => ({})),
    'slow',
    null,
  )
  host.spawn(sender, 'sender', null)
  host.edge.tell(Probe, 'sender', 'Note', '')
  world.run(0)
  const of = (key: string) => host.snapshot().actors.find((one) => one.key === key)
  assert.is(of('sender')?.restarts, 0)
  assert.is(of('slow')?.deadLetters, 37)
  assert.is(failures[0]?.reason, 'rejected', 'an ask is told at once')
})

test('the stash survives a restart, and a stop says of each message in it that it was not handled', () => {
  const world = new TestWorld()
  const host = world.host('a')
  let incarnation = 0
  const worker = probe((ctx) => {
    incarnation = ctx.incarnation
    return {
      Note: (text) => {
        failOn(text)
        if (text === 'stop') ctx.stop()
        else ctx.stash()
      },
    }
  })
  host.spawn(worker, 'w', null)
  for (const text of ['1', '2', 'fail']) host.edge.tell(Probe, 'w', 'Note', text)
  world.run(100)
  assert.is(incarnation, 1)
  host.edge.tell(Probe, 'w', 'Note', 'stop')
  world.run(100)
  assert.equal(host.snapshot().deadLetterCounts, { failed: 1, stopped: 2 })
})

test('an actor that never started leaves no zombie: watchers hear, the name is free again', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const heard: string[] = []
  const stillborn = probe(
    () => {
      throw new Error('cannot start')
    },
    { restart: 'temporary' },
  )
  const parent = probe((ctx) => {
    ctx.watch(ctx.spawn(stillborn, 'child', null), (why) => heard.push(why))
    return {}
  })
  host.spawn(parent, 'parent', null)
  world.run()
  assert.equal(heard, ['stopped'], 'it was gone before it could be watched')
  assert.is(host.snapshot().total, 1)
  host.spawn(
    probe(() => ({})),
    'child',
    null,
  )
  assert.is(stateOf(host, 'child'), 'running')
})

test('late work is not begun and a late reply is counted, also while the target is paused', async () => {
  const world = new TestWorld()
  const host = world.host('a')
  let begun = 0
  const slow = probe((ctx) => ({
    Echo: (text, reply) => {
      begun++
      ctx.after('late', 200, () => reply(text))
    },
  }))
  host.spawn(slow, 'w', null)
  const first = ended(host.edge.ask(Probe, 'w', 'Echo', 'x', WITHIN))
  world.run(50)
  host.pause(ref('probe', 'w'))
  const second = ended(host.edge.ask(Probe, 'w', 'Echo', 'x', WITHIN))
  world.run(200)
  assert.equal([await first, await second], ['!expired', '!expired'], 'also while it is paused')
  host.resume(ref('probe', 'w'))
  world.run(200)
  assert.is(begun, 1)
  assert.is(host.snapshot().lateReplies, 1)
  assert.equal(host.snapshot().deadLetterCounts, { expired: 1 })
})

test.run()
