// Who a message is from is a fact of its link: an actor can ask for it, hold rubbish against the
// sender, and is spared what the host does not admit from others.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LINK_QUARANTINE_MS, RUBBISH_MAX } from '../../config/limits.ts'
import { encodeBytes } from '../../lib/msgpack/codec.ts'
import { str } from '../../lib/schema.ts'
import { readCounters } from '../../runtime/metrics/read-counters.ts'
import { ref } from '../../runtime/ref.ts'
import { Probe, probe, type Setup, TestWorld } from '../kit/hosts.ts'
import { message, RawPeer } from '../kit/raw-peer.ts'

const NOTE = { kind: 'probe', key: 'w', verb: 'Note' }
const URGENT = { ...NOTE, verb: 'Urgent' }
const text = (value: string) => encodeBytes(str(64), value)

function worldWith(setup: Setup, admits = (_peer: string, _kind: string, _verb: string) => true) {
  const world = new TestWorld()
  const host = world.host('a', { admits })
  host.spawn(probe(setup, { mailbox: { capacity: 10_000, overflow: 'reject' } }), 'w', null)
  const peer = (name: string) => {
    const raw = new RawPeer(host, name)
    raw.greet()
    return raw
  }
  const say = (raw: RawPeer, to: typeof NOTE, what: string) => {
    raw.send((writer) => message(writer, to, text(what)))
    world.run(1)
  }
  return { world, host, peer, say }
}

test('only the host where an actor lives speaks for it', () => {
  const heard: string[] = []
  const { host, peer, say, world } = worldWith((ctx) => ({
    Note: (key) => heard.push(`${key} ${ctx.isFrom(Probe, key)}`),
  }))
  const b = peer('b')
  for (const key of ['b.x', 'c.x', 'w']) say(b, NOTE, key)
  host.edge.tell(Probe, 'w', 'Note', 'w')
  world.run(1)
  assert.equal(heard, ['b.x true', 'c.x false', 'w false', 'w true'])
})

test('whom actors blame is cut off for a while, and nobody else', () => {
  const heard: string[] = []
  const { world, host, peer, say } = worldWith((ctx) => ({
    Note: (what) => {
      heard.push(what)
      if (what === 'bad') ctx.blame('bad notes')
      if (what === 'worse') ctx.blame('found out later', ref('probe', 'c.x'))
    },
  }))
  const [b, c] = [peer('b'), peer('c')]
  for (let i = 0; i <= RUBBISH_MAX; i++) say(b, NOTE, 'bad')
  assert.is(b.closedWhy, 'sends rubbish')
  assert.is(c.closedWhy, undefined)
  const link = readCounters(host.counters.buffer).links.find((one) => one.peer === 'b')
  assert.equal([link?.rubbish, link?.quarantines], [RUBBISH_MAX + 1, 1])
  for (let i = 0; i <= RUBBISH_MAX; i++) host.edge.tell(Probe, 'w', 'Note', 'worse')
  world.run(1)
  assert.is(c.closedWhy, 'sends rubbish', 'its host, though the message was ours')
  world.run(LINK_QUARANTINE_MS)
  say(peer('b'), NOTE, 'back')
  assert.is(heard.at(-1), 'back')
})

test('what a host does not admit from others never reaches the actor, and is rubbish', () => {
  const heard: string[] = []
  const admits = (peer: string, kind: string, verb: string) =>
    peer === 'a2' || kind !== 'probe' || verb !== 'Urgent'
  const { host, peer, say } = worldWith(
    () => ({ Note: (what) => heard.push(what), Urgent: (what) => heard.push(what) }),
    admits,
  )
  const [own, other] = [peer('a2'), peer('b')]
  say(own, URGENT, 'own')
  say(other, NOTE, 'fine')
  for (let i = 0; i < 3; i++) say(other, URGENT, 'not for you')
  assert.equal(heard, ['own', 'fine'])
  assert.is(host.remote.peers().find(({ name }) => name === 'b')?.rubbish, 3)
  assert.is(host.snapshot().deadLetterCounts.rejected, 3)
})

test.run()
