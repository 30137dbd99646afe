// Frames from a peer that is not trusted: rubbish is counted and never throws, and nobody can
// answer what somebody else was asked.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packFrame } from '../../runtime/envelope.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { ended, Probe, probe, TestWorld } from '../kit/hosts.ts'

function exposed() {
  const world = new TestWorld()
  const host = world.host('a')
  const receivers: Record<string, (frame: Uint8Array, lane: Lane) => void> = {}
  const sent: Uint8Array[] = []
  const link = (name: string): Link => ({
    send: (frame) => sent.push(frame) > 0,
    onFrame: (receive) => {
      receivers[name] = receive
    },
    onDrain() {},
    onDown() {},
    close() {},
  })
  const notes: string[] = []
  const target = probe(() => ({ Note: (text) => notes.push(text) }), {
    mailbox: { capacity: 100_000, overflow: 'drop-oldest' },
  })
  host.spawn(target, 'w', null)
  for (const name of ['b', 'c']) host.attach(name, link(name))
  const receive = (from: string, frame: Uint8Array) => receivers[from]?.(frame, 'data')
  return { world, host, receive, sent, notes }
}

const hostile = fc.oneof(
  fc.anything({ withMap: true, withTypedArray: true, withBigInt: false }),
  fc.constantFrom('probe', 'w', 'Note', 'Echo', '__proto__', 'constructor', 'toString', null, 0),
  fc.constantFrom(-1, 1, 2, 3, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
  fc.constant({ toString: 1, valueOf: 1 }),
)
const envelope = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 0, max: 5 }), hostile, hostile, hostile) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant(0),
      fc.constant('probe'),
      fc.constant('w'),
      ...Array(5).fill(hostile),
    ),
  },
  { weight: 1, arbitrary: fc.array(hostile) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(1), hostile, hostile) },
)

/** What msgpack itself cannot carry is no frame. */
function packed(value: unknown): Uint8Array | undefined {
  try {
    return packFrame(value as unknown[][])
  } catch {
    return undefined
  }
}

test('random bytes never throw', () => {
  const { world, host, receive } = exposed()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      receive('b', bytes)
      world.run(1)
    }),
    { numRuns: 3000 },
  )
  assert.ok(host.remote.undecodable > 0)
  assert.is(host.snapshot().actors[0]?.restarts, 0)
})

test('hostile envelopes never throw and never make an actor fail', () => {
  const { world, host, receive } = exposed()
  fc.assert(
    fc.property(fc.array(envelope, { maxLength: 4 }), (envelopes) => {
      const frame = packed(envelopes)
      if (frame) receive('b', frame)
      world.run(1)
    }),
    { numRuns: 3000 },
  )
  assert.is(host.snapshot().actors[0]?.restarts, 0)
})

test('flipped bits of a good frame never throw', () => {
  const { world, host, receive, notes } = exposed()
  const good = packFrame([[0, 'probe', 'w', 'Note', 'hello', null, null, null]])
  receive('b', good)
  world.run()
  assert.equal(notes, ['hello'])
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = good.slice()
    bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7))
    receive('b', bad)
    world.run()
  }
  assert.is(host.snapshot().actors[0]?.restarts, 0)
})

test('only the host that was asked may answer', async () => {
  const { world, host, receive } = exposed()
  const ask = (within: number) => ended(host.edge.ask(Probe, 'b.w', 'Echo', 'x', { within }))
  const first = ask(50)
  receive('c', packFrame([[1, 1, 'forged']]))
  receive('c', packFrame([[2, 1, 5, 'forged']]))
  world.run(100)
  assert.is(await first, '!expired')
  const second = ask(50)
  receive('b', packFrame([[1, 2, 'genuine']]))
  world.run(100)
  assert.is(await second, 'genuine')
})

test.run()
