// The queues under the runtime, against plain models: rings, mailboxes, deadlines, routes.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROUTES_CACHED_MAX } from '../../config/limits.ts'
import { prng } from '../../lib/prng.ts'
import { Deadlines, type Due } from '../../runtime/deadlines.ts'
import { envelope, type MessageEnvelope } from '../../runtime/envelope.ts'
import { Mailbox } from '../../runtime/mailbox.ts'
import { ref } from '../../runtime/ref.ts'
import { Ring } from '../../runtime/ring.ts'
import { Routes } from '../../runtime/routes.ts'
import { Timeline } from '../../runtime/sim/timeline.ts'

test('a ring is a list, whatever is pushed, taken and put back in front', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('push' as const), count: fc.nat(40) }),
    fc.record({ do: fc.constant('shift' as const), count: fc.nat(40) }),
    fc.record({ do: fc.constant('unshift' as const), count: fc.nat(5) }),
    fc.record({ do: fc.constant('flood' as const), count: fc.constant(3000) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const ring = new Ring<number>()
      let model: number[] = []
      let next = 0
      for (const one of steps) {
        const fresh = Array.from({ length: one.count }, () => next++)
        if (one.do === 'unshift') {
          ring.unshiftAll(fresh)
          model = [...fresh, ...model]
        } else if (one.do === 'shift') {
          for (const _ of fresh) assert.is(ring.shift(), model.shift())
        } else {
          for (const item of fresh) ring.push(item)
          model.push(...fresh)
        }
        assert.is(ring.size, model.length)
        assert.is(ring.peek(), model[0])
      }
      assert.equal(ring.toArray(), model)
    }),
    { numRuns: 300 },
  )
})

const message = (n: number) => envelope(ref('k', 'x'), 'V', n, undefined, 'a', undefined, undefined)

test('a mailbox is two bounded lists, control before data', () => {
  const step = fc.constantFrom('data', 'control', 'take', 'stash back')
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.nat(4),
      fc.constantFrom('reject', 'drop-oldest'),
      (steps, capacity, overflow) => {
        const mailbox = new Mailbox({ capacity, overflow })
        const lanes: Record<'control' | 'data', MessageEnvelope[]> = { control: [], data: [] }
        const aside: MessageEnvelope[] = []
        for (const [i, one] of steps.entries()) {
          if (one === 'take') {
            const taken = mailbox.takeMessage()
            assert.is(taken, lanes.control.shift() ?? lanes.data.shift())
            if (taken) aside.push(taken)
          } else if (one === 'stash back') {
            const back = aside.splice(-2)
            mailbox.returnToHead(back)
            lanes.control.unshift(...back)
          } else {
            const lane = lanes[one]
            const fresh = message(i)
            const full = lane.length >= capacity
            const oldest = full && overflow === 'drop-oldest' ? lane.shift() : undefined
            assert.is(mailbox.push(fresh, one === 'control'), full ? (oldest ?? fresh) : undefined)
            if (!full || oldest) lane.push(fresh)
          }
          const all = [...lanes.control, ...lanes.data]
          assert.equal([mailbox.depth, mailbox.isEmpty], [all.length, all.length === 0])
          assert.equal(mailbox.waiting(), all)
        }
        assert.equal(mailbox.drain(), [...lanes.control, ...lanes.data])
        assert.is(mailbox.depth, 0)
      },
    ),
    { numRuns: 500 },
  )
})

test('each deadline is called once at its time, or never once it was taken away', () => {
  const plan = fc.array(
    fc.record({
      at: fc.nat(200),
      within: fc.oneof(fc.constantFrom(10, 50), fc.nat(300)),
      removeAfter: fc.option(fc.nat(300), { nil: undefined }),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(plan, (asks) => {
      const time = new Timeline(prng('deadlines'))
      const clock = {
        now: () => time.now,
        wallTime: () => 0,
        after: (ms: number, run: () => void) => time.after(ms, run),
      }
      interface Ask extends Due {
        readonly n: number
      }
      const expired = new Map<number, number>()
      const deadlines = new Deadlines<Ask>(clock, (ask) => {
        assert.not.ok(expired.has(ask.n))
        expired.set(ask.n, time.now)
      })
      for (const [n, { at, within, removeAfter }] of asks.entries()) {
        time.after(at, () => {
          const links = { list: undefined, before: undefined, after: undefined }
          const ask: Ask = { n, deadline: time.now + within, ...links }
          deadlines.add(ask, within)
          if (removeAfter !== undefined) time.after(removeAfter, () => deadlines.remove(ask))
        })
      }
      time.runFor(1000)
      for (const [n, { at, within, removeAfter = 1e9 }] of asks.entries()) {
        if (removeAfter > within) assert.is(expired.get(n), at + within)
        if (removeAfter < within) assert.not.ok(expired.has(n))
      }
    }),
    { numRuns: 300 },
  )
})

test('what is remembered of targets is bounded, and forgotten when placement changes', () => {
  let asked = 0
  const routes = new Routes('a', () => {
    asked++
    return 'b'
  })
  const first = routes.find('k', 'first')
  assert.is(routes.find('k', 'first'), first)
  assert.is(asked, 1)
  for (let i = 0; i <= ROUTES_CACHED_MAX; i++) routes.find('k', `${i}`)
  assert.not.ok(first.valid)
  const again = routes.find('k', 'first')
  routes.forget()
  assert.not.ok(again.valid)
  assert.is.not(routes.find('k', 'first'), again)
})

test.run()
