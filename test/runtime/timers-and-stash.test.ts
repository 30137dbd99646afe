// Timers belong to an incarnation; stashed messages belong to the mailbox.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { STASH_MAX, TIMERS_PER_ACTOR_MAX } from '../../config/limits.ts'
import { ended, Probe, probe, stateOf, TestWorld } from '../kit/hosts.ts'

test('a timer runs once; the same name replaces it; cancel takes it away', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const fired: string[] = []
  const worker = probe((ctx) => {
    ctx.after('twice', 5, () => fired.push(`old at ${ctx.now()}`))
    ctx.after('twice', 10, () => fired.push(`new at ${ctx.now()}`))
    ctx.after('gone', 10, () => fired.push('gone'))
    ctx.cancel('gone')
    return {}
  })
  host.spawn(worker, 'w', null)
  world.run(100)
  assert.equal(fired, ['new at 10'])
})

test('timers, asks and callbacks of an incarnation die with it', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const fired: number[] = []
  const silent = probe(() => ({ Echo: () => {} }))
  const worker = probe((ctx) => {
    const { incarnation } = ctx
    ctx.after('t', 50, () => fired.push(incarnation))
    ctx.ask(Probe, 'silent', 'Echo', '', {
      within: 60,
      ok: () => {},
      failed: () => fired.push(incarnation),
    })
    return {
      Note: () => {
        throw new Error('on purpose')
      },
    }
  })
  host.spawn(silent, 'silent', null)
  host.spawn(worker, 'w', null)
  host.edge.tell(Probe, 'w', 'Note', '')
  world.run(1000)
  assert.equal(fired, [1, 1], 'the second incarnation only')
})

test('what an actor starts after it has stopped itself does not live on', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const fired: number[] = []
  const worker = probe((ctx) => ({
    Note: () => {
      ctx.stop()
      ctx.after('t', 1, () => fired.push(ctx.incarnation))
      ctx.tell(Probe, 'w', 'Note', 'again')
    },
  }))
  host.spawn(worker, 'w', null)
  host.edge.tell(Probe, 'w', 'Note', '')
  world.run(1000)
  assert.equal(fired, [])
  assert.equal(host.snapshot().actors, [])
  assert.equal(host.snapshot().deadLetters, [], 'nor does it send anything')
})

test('unstash returns messages to the head in their order; so does a restart', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const seen: string[] = []
  let open = false
  const worker = probe((ctx) => ({
    Note: (text) => {
      if (text === 'fail') throw new Error('on purpose')
      if (text === 'open') {
        open = true
        ctx.unstash()
      } else if (!open && text.startsWith('s')) ctx.stash()
      else seen.push(text)
    },
    Urgent: (text) => seen.push(text),
  }))
  host.spawn(worker, 'w', null)
  for (const text of ['s1', 's2', 'open', 'after']) host.edge.tell(Probe, 'w', 'Note', text)
  world.run()
  assert.equal(seen.splice(0), ['s1', 's2', 'after'])

  open = false
  for (const text of ['s3', 's4', 'fail', 'after']) host.edge.tell(Probe, 'w', 'Note', text)
  world.run()
  open = true
  host.edge.tell(Probe, 'w', 'Urgent', 'control')
  world.run(100)
  assert.equal(seen, ['s3', 's4', 'control', 'after'])
})

test('a message that is stashed and then fails is lost once, not handled again', async () => {
  const world = new TestWorld()
  const host = world.host('a')
  let handled = 0
  const worker = probe((ctx) => ({
    Echo: () => {
      handled++
      ctx.stash()
      throw new Error('on purpose')
    },
  }))
  host.spawn(worker, 'w', null)
  const reply = ended(host.edge.ask(Probe, 'w', 'Echo', 'x', { within: 5000 }))
  world.run(10_000)
  assert.is(await reply, '!failed')
  assert.is(handled, 1)
  assert.is(stateOf(host, 'w'), 'running')
})

test('a message is put aside once, however often; unstash in its own turn leaves it aside', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const seen: string[] = []
  let open = false
  const worker = probe((ctx) => ({
    Note: (text) => {
      seen.push(text)
      if (open) return
      ctx.stash()
      ctx.unstash()
      ctx.stash()
    },
    Urgent: () => {
      open = true
      ctx.unstash()
    },
  }))
  host.spawn(worker, 'w', null)
  host.edge.tell(Probe, 'w', 'Note', '1')
  world.run(10)
  assert.equal(seen, ['1'])
  host.edge.tell(Probe, 'w', 'Urgent', '')
  world.run(10)
  assert.equal(seen, ['1', '1'])
})

test('stash and timers are bounded: one too many is a failure of the actor', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const mailbox = { capacity: 5000, overflow: 'reject' as const }
  const stasher = probe((ctx) => ({ Note: () => ctx.stash() }), { mailbox, restart: 'temporary' })
  host.spawn(stasher, 'stasher', null)
  for (let i = 0; i < STASH_MAX; i++) host.edge.tell(Probe, 'stasher', 'Note', '')
  world.run()
  assert.is(stateOf(host, 'stasher'), 'running')
  host.edge.tell(Probe, 'stasher', 'Note', '')
  world.run()
  assert.is(stateOf(host, 'stasher'), undefined)
  assert.is(host.snapshot().deadLetterCounts.stopped, STASH_MAX)

  const timers = probe(
    (ctx) => ({
      Pair: ({ n }) => {
        for (let i = 0; i < n; i++) ctx.after(`t${i}`, 1e6, () => {})
      },
    }),
    { restart: 'temporary' },
  )
  host.spawn(timers, 'timers', null)
  host.edge.tell(Probe, 'timers', 'Pair', { n: TIMERS_PER_ACTOR_MAX, text: '' })
  world.run()
  assert.is(stateOf(host, 'timers'), 'running')
  host.edge.tell(Probe, 'timers', 'Pair', { n: TIMERS_PER_ACTOR_MAX + 1, text: '' })
  world.run()
  assert.is(stateOf(host, 'timers'), undefined)
})

test.run()
