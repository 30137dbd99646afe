// Frames from a peer that is not trusted: rubbish is counted and never throws, nobody can answer
// what somebody else was asked, and who goes on sending rubbish is quarantined.

import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LINK_QUARANTINE_MS, RUBBISH_MAX } from '../../config/limits.ts'
import { encodeBytes } from '../../lib/msgpack/codec.ts'
import type { Writer } from '../../lib/msgpack/writer.ts'
import { str } from '../../lib/schema.ts'
import { FAILURE, HEAD_BYTES } from '../../runtime/remote/frame.ts'
import { ended, Probe, probe, TestWorld } from '../kit/hosts.ts'
import { message, RawPeer, reply } from '../kit/raw-peer.ts'

const packr = new Packr({ useRecords: false, structuredClone: false })
const text = (value: string) => encodeBytes(str(64), value)
const NOTE = { kind: 'probe', key: 'w', verb: 'Note' }

function exposed() {
  const world = new TestWorld()
  const host = world.host('a')
  const notes: string[] = []
  const target = probe(() => ({ Note: (note) => notes.push(note) }), {
    mailbox: { capacity: 100_000, overflow: 'drop-oldest' },
  })
  host.spawn(target, 'w', null)
  const peer = (name: string) => {
    const raw = new RawPeer(host, name)
    raw.greet()
    return raw
  }
  return { world, host, notes, peer }
}

/** A peer that begins anew, on a clean record, whenever it was thrown out. */
function patient() {
  const one = exposed()
  let raw = one.peer('b')
  const receive = (frame: (raw: RawPeer) => Uint8Array) => {
    if (raw.closedWhy !== undefined) {
      one.world.run(LINK_QUARANTINE_MS + 1)
      raw = one.peer('b')
    }
    raw.raw(frame(raw))
    one.world.run(1)
  }
  return { ...one, receive, raw: () => raw }
}

test('random bytes never throw', () => {
  const { host, receive } = patient()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, asItems) => {
      receive((raw) => (asItems ? raw.frame((writer) => writer.raw(bytes)) : bytes))
    }),
    { numRuns: 3000 },
  )
  assert.ok(host.remote.undecodable > 500, `${host.remote.undecodable}`)
  assert.is(host.snapshot().actors[0]?.restarts, 0)
})

const hostile = fc.oneof(
  fc.anything({ withMap: true, withTypedArray: true, withBigInt: false }),
  fc.constantFrom('probe', 'w', 'Note', 'Echo', '__proto__', 'constructor', 'toString', null, 0),
  fc.constantFrom(-1, 1, 2, 3, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
  fc.constant({ toString: 1, valueOf: 1 }),
)
const names = fc.constantFrom('probe', 'w', 'Note', 'Echo', 'Pair', '__proto__', 'toString', '')
const item = fc.record({
  to: fc.record({ kind: names, key: names, verb: names }),
  body: hostile,
  askId: fc.option(fc.nat(5), { nil: undefined }),
  version: fc.nat(2),
})

/** What msgpack itself cannot carry is no body. */
function packed(value: unknown): Uint8Array {
  try {
    return Uint8Array.from(packr.pack(value))
  } catch {
    return Uint8Array.of(0xc1)
  }
}

test('hostile messages and replies never throw and never make an actor fail', () => {
  const { host, receive } = patient()
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), fc.boolean(), (items, asks) => {
      const write = (writer: Writer) => {
        for (const { to, body, ...more } of items) {
          if (asks) reply(writer, more.askId ?? 0, packed(body))
          else message(writer, to, packed(body), more)
        }
      }
      receive((raw) => raw.frame(write, 'data', items.length))
    }),
    { numRuns: 3000 },
  )
  assert.is(host.snapshot().actors[0]?.restarts, 0)
})

test('flipped bits of a good frame never throw; the frame is given once', () => {
  const { world, host, notes, receive } = patient()
  receive((raw) => raw.frame((writer) => message(writer, NOTE, text('hello'))))
  assert.equal(notes, ['hello'])
  const bits = 8 * (HEAD_BYTES + 30)
  for (let bit = 0; bit < bits; bit++) {
    receive((raw) => {
      const bad = raw.frame((writer) => message(writer, NOTE, text('hello'))).slice()
      if (bit >> 3 < bad.length) bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7))
      return bad
    })
    world.run()
  }
  assert.is(host.snapshot().actors[0]?.restarts, 0)
})

test('a wrong body is refused alone: what is beside it in the frame arrives', () => {
  const { world, host, notes, peer } = exposed()
  const raw = peer('b')
  raw.send(
    (writer) => {
      message(writer, NOTE, text('before'))
      message(writer, NOTE, packed('x'.repeat(65)), { id: 1 })
      message(writer, NOTE, Uint8Array.of(...text('x'), 0), { id: 2 })
      message(writer, NOTE, text('after'), { id: 3 })
    },
    'data',
    4,
  )
  world.run(10)
  assert.equal(notes, ['before', 'after'])
  const letters = host.snapshot().deadLetters.map((one) => one.detail)
  assert.ok(letters.includes('body: expected text of at most 64, got string'), letters.join('; '))
})

test('only the host that was asked may answer', async () => {
  const { world, host, peer } = exposed()
  const [b, c] = [peer('b'), peer('c')]
  const ask = (within: number) => ended(host.edge.ask(Probe, 'b.w', 'Echo', 'x', { within }))
  const first = ask(50)
  world.run(1)
  c.send((writer) => reply(writer, 1, text('forged')))
  c.send((writer) => {
    writer.u8(FAILURE)
    writer.uint(1)
    writer.u8(5)
    writer.text('forged', 64)
  })
  world.run(100)
  assert.is(await first, '!expired')
  const second = ask(50)
  b.send((writer) => reply(writer, 2, text('genuine')))
  world.run(100)
  assert.is(await second, 'genuine')
})

test('frames that come late or twice are dropped, and what is missing is counted', () => {
  const { world, host, notes, peer } = exposed()
  const raw = peer('b')
  const frames = ['1', '2', '3', '4'].map((note) =>
    raw.frame((writer) => message(writer, NOTE, text(note))).slice(),
  )
  for (const i of [0, 2, 1, 2, 3]) raw.raw(frames[i] as Uint8Array)
  world.run(10)
  assert.equal(notes, ['1', '3', '4'])
  const [view] = host.remote.peers()
  assert.equal([view?.dropped, view?.lostIn, view?.messagesIn], [2, 1, 3])
})

test('who sends rubbish is quarantined: asks end, links are refused for a while', async () => {
  const { world, host, notes, peer } = exposed()
  const raw = peer('b')
  const asked = ended(host.edge.ask(Probe, 'b.w', 'Echo', 'x', { within: 1e9 }))
  for (let i = 0; i <= RUBBISH_MAX; i++) raw.raw(Uint8Array.of(1, 2, 3))
  assert.is(raw.closedWhy, 'sends rubbish')
  assert.is(await asked, '!node-down')
  assert.match(peer('b').closedWhy ?? '', /quarantine/)
  const other = peer('c')
  other.send((writer) => message(writer, NOTE, text('from another')))
  world.run(LINK_QUARANTINE_MS + 1)
  peer('b').send((writer) => message(writer, NOTE, text('back again')))
  world.run(10)
  assert.equal(notes, ['from another', 'back again'])
})

test('a little rubbish now and then is forgiven', () => {
  const { world, peer } = exposed()
  const raw = peer('b')
  for (let i = 0; i < 5 * RUBBISH_MAX; i++) {
    raw.raw(Uint8Array.of(1, 2, 3))
    world.run(1000)
  }
  assert.is(raw.closedWhy, undefined)
})

test.run()
