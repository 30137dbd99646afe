// The greeting of two hosts, the versions they must agree on, and their heartbeats.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DOWN_AFTER_MS, HELLO_MS, SUSPECT_AFTER_MS } from '../../config/limits.ts'
import { encodeBytes } from '../../lib/msgpack/codec.ts'
import { str, u53 } from '../../lib/schema.ts'
import { messages, tell } from '../../runtime/messages.ts'
import { markReader } from '../../runtime/metrics/host-counters.ts'
import { readCounters } from '../../runtime/metrics/read-counters.ts'
import { ref } from '../../runtime/ref.ts'
import { HELLO, PING, PONG, PROTOCOL_VERSION } from '../../runtime/remote/frame.ts'
import { ended, linked, Probe, probe, TestWorld } from '../kit/hosts.ts'
import { message, RawPeer } from '../kit/raw-peer.ts'

const WITHIN = { within: 1e9 }

function alone(options?: { heartbeat: boolean }) {
  const world = new TestWorld()
  const host = world.host('a', { vocabularies: [Probe] })
  const peer = new RawPeer(host, 'b', options)
  return { world, host, peer }
}

test('a host greets with name, life and vocabularies, and again until it is heard', () => {
  const { world, host, peer } = alone()
  world.run(5000)
  assert.ok(peer.hellos.length > 3, 'said again')
  const [first] = peer.hellos
  assert.is(first?.host, 'a')
  assert.equal(first?.vocabularies, [{ kind: 'probe', version: 1 }])
  peer.greet()
  const { length } = peer.hellos
  world.run(60_000)
  assert.is(peer.hellos.length, length, 'heard: no more of it')
  assert.is(host.remote.peers()[0]?.state, 'up')
})

test('nothing leaves before the greeting; then what waited leaves in its order', () => {
  const { world, host, peer } = alone()
  for (const text of ['1', '2']) host.edge.tell(Probe, 'b.x', 'Note', text)
  world.run(100)
  assert.is(peer.frames.length, 0)
  peer.greet()
  world.run(1)
  assert.is(host.remote.peers()[0]?.messagesOut, 2)
})

test('another version of the protocol closes the link, and says which', () => {
  const { host, peer } = alone()
  peer.raw(Uint8Array.of(HELLO, PROTOCOL_VERSION + 1, 0xc0, 0xc0), 'control')
  const there = PROTOCOL_VERSION + 1
  assert.is(peer.closedWhy, `protocol version ${there} there, ${PROTOCOL_VERSION} here`)
  assert.equal(host.remote.peers(), [])
})

test('another host than expected, or another life of it, closes the link', async () => {
  const one = alone()
  one.peer.greet({ host: 'c' })
  assert.is(one.peer.closedWhy, 'a host c answers in place of b')

  const two = alone()
  two.peer.greet()
  const asked = ended(two.host.edge.ask(Probe, 'b.x', 'Echo', '', WITHIN))
  two.peer.greet({ nonce: 8 })
  assert.is(two.peer.closedWhy, 'b has started anew')
  assert.is(await asked, '!node-down')
})

test('a vocabulary of another version: refused at the sender, naming both versions', async () => {
  const { world, host, peer } = alone()
  peer.greet({ vocabularies: [{ kind: 'probe', version: 2 }] })
  const asked = host.edge.ask(Probe, 'b.x', 'Echo', '', WITHIN).catch((error) => error.failure)
  host.edge.tell(Probe, 'b.x', 'Note', '')
  world.run(10)
  const { reason, detail } = await asked
  assert.is(reason, 'undecodable')
  assert.is(detail, 'probe is version 1 at the sender and 2 at the receiver')
  assert.equal(host.snapshot().deadLetterCounts, { undecodable: 2 })
  const Other = messages('other', 1, { Note: tell(u53) })
  host.edge.tell(Other, 'b.x', 'Note', 1)
  world.run(10)
  assert.is(host.remote.peers()[0]?.messagesOut, 1, 'other vocabularies pass')
})

test('a vocabulary of another version: refused at the receiver too', () => {
  const { world, host, peer } = alone()
  host.spawn(
    probe(() => ({})),
    'w',
    null,
  )
  peer.greet()
  const to = { kind: 'probe', key: 'w', verb: 'Note' }
  peer.send((writer) => message(writer, to, encodeBytes(str(), 'x'), { version: 3 }))
  world.run(10)
  const [letter] = host.snapshot().deadLetters
  assert.is(letter?.detail, 'probe is version 3 at the sender and 1 at the receiver')
  assert.is(host.remote.undecodable, 0, 'that is no rubbish')
})

test('a body that is not what the schema says is refused at the sender', async () => {
  const { world, host, peer } = alone()
  peer.greet()
  const bad = { n: -1, text: 'way too long' }
  host.edge.tell(Probe, 'b.x', 'Pair', bad)
  const asked = ended(host.edge.ask(Probe, 'b.x', 'Echo', 'x'.repeat(65), WITHIN))
  host.edge.tell(Probe, 'b.x', 'Note', 'good')
  world.run(10)
  assert.is(await asked, '!undecodable')
  assert.is(host.remote.peers()[0]?.messagesOut, 1, 'what was half written is not sent')
  assert.equal(host.snapshot().deadLetterCounts, { undecodable: 2 })
})

test('a silent peer is suspect, then down: asks fail, watchers hear of it', async () => {
  const { world, host, peer } = alone({ heartbeat: true })
  peer.greet()
  const heard: string[] = []
  host.watch(ref('probe', 'b.x'), (why) => heard.push(why))
  const asked = ended(host.edge.ask(Probe, 'b.x', 'Echo', '', WITHIN))
  world.run(SUSPECT_AFTER_MS + 1000)
  assert.is(host.remote.peers()[0]?.state, 'suspect')
  peer.send(() => {}, 'control', 0)
  world.run(600)
  assert.is(host.remote.peers()[0]?.state, 'up', 'any frame is a sign of life')
  world.run(DOWN_AFTER_MS + 1000)
  assert.is(await asked, '!node-down')
  assert.equal(heard, ['unreachable'])
  assert.match(peer.closedWhy ?? '', /nothing heard/)
})

test('a peer that never greets is down after a while, where heartbeats are asked for', () => {
  const { world, peer } = alone({ heartbeat: true })
  world.run(HELLO_MS - 1000)
  assert.is(peer.closedWhy, undefined, 'a thread that starts takes its time')
  world.run(2000)
  assert.match(peer.closedWhy ?? '', /no greeting/)
})

test('pings measure the round trip, and peers that are well stay up', () => {
  const world = new TestWorld()
  const { a } = linked(world)
  world.run(100)
  assert.is(a.remote.peers()[0]?.roundTripMs, 2, 'one virtual millisecond each way')

  const { host, peer, world: other } = alone({ heartbeat: true })
  peer.greet()
  for (let i = 0; i < 100; i++) {
    other.run(500)
    const ping = peer.frames.splice(0).find(({ frame }) => frame[25] === PING)?.frame
    if (!ping) continue
    peer.send(
      (writer) => {
        writer.u8(PONG)
        writer.raw(ping.subarray(26, 35))
      },
      'control',
      0,
    )
  }
  assert.is(host.remote.peers()[0]?.state, 'up')
})

test('counters have the figures of links: sums outlive them, and an end is seen', () => {
  const { world, host, peer } = alone()
  const row = () => readCounters(host.counters.buffer).links.find((one) => one.peer === 'b')
  markReader(host.counters.buffer)
  assert.is(row()?.up, 'down', 'not yet')
  peer.greet({ windowMessages: 10 })
  for (let i = 0; i < 4; i++) host.edge.tell(Probe, 'b.x', 'Note', '')
  world.run(1000)
  const { up, messagesOut, creditsLeft, framesOut } = row() ?? {}
  assert.equal([up, messagesOut, creditsLeft], ['up', 4, 6])
  peer.breakLink('pulled out')
  assert.equal([row()?.up, row()?.messagesOut], ['down', 4])
  const again = new RawPeer(host, 'b')
  again.greet()
  host.edge.tell(Probe, 'b.x', 'Note', '')
  world.run(1000)
  assert.is(row()?.messagesOut, 5)
  assert.ok((row()?.framesOut ?? 0) > (framesOut ?? 0))
})

test.run()
