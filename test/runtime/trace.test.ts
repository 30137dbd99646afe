// Tracing: the cause of a message goes with everything that happens because of it, over hops,
// hosts, timers and replies; and the traceparent header of W3C.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SPANS_KEPT } from '../../config/limits.ts'
import { type Cause, isSpanId, isTraceId, newCause } from '../../runtime/trace/cause.ts'
import { parseTraceparent, traceparentText } from '../../runtime/trace/traceparent.ts'
import { linked, Probe, probe, TestWorld } from '../kit/hosts.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const cause: Cause = { trace: TRACE, span: SPAN, hop: 0 }

test('a cause goes through replies, timers and links, one hop a message', () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const seen: (string | undefined)[] = []
  const note = (where: string, one: Cause | undefined) =>
    seen.push(`${where} ${one?.trace === TRACE ? one.hop : 'untraced'}`)
  const far = probe((ctx) => ({
    Echo: (text, reply) => {
      note('far', ctx.cause)
      reply(text)
    },
  }))
  const near = probe((ctx) => ({
    Note: () => {
      note('near', ctx.cause)
      ctx.ask(Probe, 'b.far', 'Echo', 'x', {
        within: 100,
        ok: () => {
          note('reply', ctx.cause)
          ctx.after('later', 10, () => {
            note('timer', ctx.cause)
            ctx.tell(Probe, 'last', 'Note', '')
          })
        },
        failed: () => assert.unreachable(),
      })
      ctx.causedBy(undefined, () => ctx.tell(Probe, 'last', 'Note', ''))
    },
    Urgent: () => note('urgent', ctx.cause),
  }))
  const last = probe((ctx) => ({ Note: () => note('last', ctx.cause) }))
  b.spawn(far, 'b.far', null)
  a.spawn(near, 'near', null)
  a.spawn(last, 'last', null)
  a.edge.tell(Probe, 'near', 'Note', '', { cause })
  a.edge.tell(Probe, 'near', 'Urgent', '')
  world.run(100)
  assert.equal(seen.sort(), [
    'far 2',
    'last 2',
    'last untraced',
    'near 1',
    'reply 1',
    'timer 1',
    'urgent untraced',
  ])
})

test('traceparent comes in and goes out; what is malformed begins a new trace', () => {
  const header = `00-${TRACE}-${SPAN}-01`
  assert.equal(parseTraceparent(header), cause)
  assert.is(traceparentText(cause), header)
  assert.equal(parseTraceparent(`01-${TRACE}-${SPAN}-00-more`), cause, 'a later version')
  for (const bad of [
    undefined,
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-1`,
  ]) {
    assert.is(parseTraceparent(bad), undefined, bad)
  }
  for (const draw of [0, 0xffff_ffff, 7]) {
    const { trace, span } = newCause({ random: () => draw })
    assert.ok(isTraceId(trace) && isSpanId(span))
  }
})

test('a parked actor runs nothing until its link has room; the others go on', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const seen: string[] = []
  const worker = probe((ctx) => ({ Note: (text) => seen.push(`${ctx.self.key} ${text}`) }))
  for (const key of ['w', 'v']) host.spawn(worker, key, null)
  const cell = host.cellOf({ kind: 'probe', key: 'w' })
  assert.ok(cell)
  host.park(cell, 'b')
  host.park(cell, 'c')
  for (const key of ['w', 'v']) host.edge.tell(Probe, key, 'Note', '1')
  world.run()
  assert.equal(seen, ['v 1'])
  host.unpark(cell, 'b')
  world.run()
  assert.equal(seen, ['v 1'], 'two links were full')
  host.unpark(cell, 'c')
  world.run()
  assert.equal(seen, ['v 1', 'w 1'])
})

test('handling and named steps are kept as a tree over hosts', () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const far = probe((ctx) => ({
    Echo: (text, reply) => {
      const done = ctx.span('work')
      ctx.after(text, 40, () => {
        done()
        done()
        reply(text)
      })
    },
  }))
  const near = probe((ctx) => ({
    Note: (text) =>
      ctx.ask(Probe, 'b.far', 'Echo', text, { within: 100, ok: () => {}, failed: () => {} }),
  }))
  b.spawn(far, 'b.far', null)
  a.spawn(near, 'near', null)
  a.edge.tell(Probe, 'near', 'Note', 'x', { cause })
  a.edge.tell(Probe, 'near', 'Note', 'y')
  world.run(200)
  const [note, ...none] = a.tracer.spans(TRACE)
  assert.is(none.length, 0)
  assert.equal([note?.name, note?.parent, note?.actor], ['Note', SPAN, `${Probe.kind}/near`])
  const [echo, work, ...more] = b.tracer.spans(TRACE)
  assert.is(more.length, 0)
  assert.equal([echo?.name, echo?.parent, echo?.host], ['Echo', note?.span, b.name])
  assert.equal([work?.name, work?.parent], ['work', echo?.span])
  assert.ok((work?.ms ?? 0) >= 40 && (work?.startMs ?? 0) >= (echo?.startMs ?? 0))
  assert.is(a.tracer.spans(`${'0'.repeat(31)}1`).length, 0)
})

test('the newest steps are kept', () => {
  const world = new TestWorld()
  const { a } = linked(world)
  for (let i = 0; i < SPANS_KEPT + 3; i++) a.tracer.record(cause, SPAN, String(i), 'x/y', 0)
  const kept = a.tracer.spans(TRACE)
  const names = [kept[0]?.name, kept.at(-1)?.name]
  assert.equal([kept.length, ...names], [SPANS_KEPT, '3', String(SPANS_KEPT + 2)])
})

test.run()
