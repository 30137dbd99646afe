// Back-pressure on links: who writes more than the other host has room for is parked, and nobody
// else; what waits is bounded, and all of it is accounted for.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  FRAME_MESSAGES_MAX,
  LINK_QUEUE_MESSAGES_MAX,
  LINK_WINDOW_MESSAGES,
} from '../../config/limits.ts'
import { prng } from '../../lib/prng.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { ended, linked, Probe, probe, stateOf, TestWorld } from '../kit/hosts.ts'
import { RawPeer } from '../kit/raw-peer.ts'

const WITHIN = { within: 1e9 }
const WINDOW = 100

/** Tells `burst` notes to b and goes on in another turn, `turns` times. */
const chatty = (burst: number, turns: number, lane: 'Note' | 'Urgent' = 'Note') =>
  probe((ctx) => {
    let turn = 0
    return {
      Note: () => {
        for (let i = 0; i < burst; i++) ctx.tell(Probe, 'b.x', lane, `${turn * burst + i}`)
        if (++turn < turns) ctx.tell(Probe, ctx.self.key, 'Note', '')
      },
    }
  })

/** A host `a` linked to a peer that takes WINDOW messages until it says more. */
function narrow() {
  const world = new TestWorld()
  const host = world.host('a')
  const peer = new RawPeer(host, 'b')
  peer.greet({ windowMessages: WINDOW })
  const view = () => {
    const [one] = host.remote.peers()
    assert.ok(one)
    return one
  }
  return { world, host, peer, view }
}

test('a full link parks the cell that wrote, and no other; credit lets it go on', async () => {
  const { world, host, peer, view } = narrow()
  host.spawn(chatty(10, 50), 'writer', null)
  host.spawn(
    probe(() => ({})),
    'other',
    null,
  )
  host.edge.tell(Probe, 'writer', 'Note', '')
  world.run(100)
  assert.is(stateOf(host, 'writer'), 'parked')
  assert.is(view().parked, 1)
  assert.is(view().messagesOut, WINDOW)
  const reply = ended(host.edge.ask(Probe, 'other', 'Echo', 'still here', WITHIN))
  world.run(1)
  assert.is(await reply, 'still here')
  for (let taken = WINDOW; view().messagesOut < 500; taken += WINDOW) {
    assert.ok(taken <= 500, 'each credit moves it on')
    peer.credit('data', taken, taken + WINDOW)
    world.run(10)
  }
  peer.credit('data', 500, 500 + WINDOW)
  assert.is(stateOf(host, 'writer'), 'running')
  assert.equal(host.snapshot().deadLetterCounts, {})
})

test('control messages have a window of their own', () => {
  const { world, host, view } = narrow()
  host.spawn(chatty(10, 50), 'writer', null)
  host.edge.tell(Probe, 'writer', 'Note', '')
  world.run(100)
  assert.is(view().lanes.data.creditMessages, 0)
  host.edge.tell(Probe, 'b.x', 'Urgent', 'no end in sight')
  world.run(10)
  assert.is(view().messagesOut, WINDOW + 1)
})

test('the edge is refused, not parked: an ask fails at once, a tell is a dead letter', async () => {
  const { world, host } = narrow()
  for (let i = 0; i < WINDOW + 5; i++) host.edge.tell(Probe, 'b.x', 'Note', '')
  assert.is(await ended(host.edge.ask(Probe, 'b.x', 'Echo', '', WITHIN)), '!rejected')
  world.run(10)
  assert.equal(host.snapshot().deadLetterCounts, { rejected: 6 })
})

test('what waits for a link is bounded: a turn that writes without end loses the rest', () => {
  const { world, host, view } = narrow()
  const total = WINDOW + LINK_QUEUE_MESSAGES_MAX + 1000
  host.spawn(chatty(total, 1), 'writer', null)
  host.edge.tell(Probe, 'writer', 'Note', '')
  world.run(10)
  const { messagesOut, lanes } = view()
  const { rejected = 0 } = host.snapshot().deadLetterCounts
  assert.ok(lanes.data.queuedMessages <= LINK_QUEUE_MESSAGES_MAX)
  // A frame that has begun may take the lane a little beyond its window.
  assert.ok(rejected >= 1000 - FRAME_MESSAGES_MAX, `${rejected} rejected`)
  assert.is(messagesOut + lanes.data.queuedMessages + rejected, total)
})

test('a link that has no room now keeps what waits, and sends it when it has drained', () => {
  const { world, host, peer, view } = narrow()
  world.run(10)
  peer.room = false
  for (let i = 0; i < 50; i++) host.edge.tell(Probe, 'b.x', 'Note', '')
  world.run(10)
  assert.is(view().messagesOut, 0)
  peer.drain()
  assert.is(view().messagesOut, 50)
})

test('a link goes down: what was not sent, or not taken in, becomes dead letters', async () => {
  const { world, host, peer } = narrow()
  host.spawn(chatty(10, 20), 'writer', null)
  host.edge.tell(Probe, 'writer', 'Note', '')
  world.run(100)
  peer.credit('data', WINDOW, WINDOW)
  peer.breakLink('pulled out')
  world.run(100)
  const { deadLetterCounts, deadLetters } = host.snapshot()
  assert.is(stateOf(host, 'writer'), 'running', 'nothing to wait for')
  assert.equal(deadLetterCounts, { 'node-down': 200 - WINDOW })
  const details = new Set(deadLetters.map((one) => one.detail))
  assert.equal([...details], ['no link to b'])
})

test('what was sent and not confirmed may be lost: it is a dead letter that says so', () => {
  const { world, host, peer } = narrow()
  host.edge.tell(Probe, 'b.x', 'Note', '')
  world.run(10)
  peer.breakLink('pulled out')
  const [letter] = host.snapshot().deadLetters
  assert.is(letter?.detail, 'may not have reached b: pulled out')
})

/** Links that lose and double frames, in order, until they are healed. */
function lossy(world: TestWorld, random = prng('lossy')) {
  let bad = true
  const ends: Link[] = []
  const receivers: ((frame: Uint8Array, lane: Lane) => void)[] = []
  for (const mine of [0, 1]) {
    ends.push({
      send(frame, lane) {
        const copies = bad && random.chance(0.2) ? 0 : bad && random.chance(0.2) ? 2 : 1
        const copy = frame.slice()
        for (let i = 0; i < copies; i++) {
          world.time.after(1 + (bad ? random.below(3) : 0), () => receivers[1 - mine]?.(copy, lane))
        }
        return true
      },
      onFrame: (receive) => {
        receivers[mine] = receive
      },
      onDrain() {},
      onDown() {},
      close() {},
    })
  }
  const heal = () => {
    bad = false
  }
  return { ends: ends as [Link, Link], heal }
}

test('credits recover from frames that are lost, doubled and late: nobody waits for ever', () => {
  const world = new TestWorld()
  const [a, b] = [world.host('a'), world.host('b')]
  const { ends, heal } = lossy(world)
  a.attach('b', ends[0])
  b.attach('a', ends[1])
  const heard: number[] = []
  const mailbox = { capacity: 100_000, overflow: 'reject' as const }
  const listener = probe(() => ({ Note: (text) => heard.push(Number(text)) }), { mailbox })
  b.spawn(listener, 'b.x', null)
  a.spawn(chatty(500, 60), 'writer', null)
  world.run(2000)
  a.edge.tell(Probe, 'writer', 'Note', '')
  world.run(60_000)
  heal()
  world.run(60_000)
  const total = 30_000
  assert.ok(total > 3 * LINK_WINDOW_MESSAGES)
  const [[out], [back]] = [a.remote.peers(), b.remote.peers()]
  assert.is(out?.messagesOut, total, 'all of it was sent in the end')
  assert.is(out?.parked, 0)
  assert.ok(
    heard.every((n, i) => i === 0 || n > (heard[i - 1] as number)),
    'in order, each once',
  )
  assert.is(heard.length + (back?.lostIn ?? 0), total, 'the rest is known to be lost')
  assert.ok(heard.length < total && heard.length > total / 20, `${heard.length} heard`)
})

test('two hosts that flood each other do not stop each other', () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const count = 3 * LINK_WINDOW_MESSAGES
  const counts = { a: 0, b: 0 }
  const flood = (from: 'a' | 'b', to: string) =>
    probe(
      (ctx) => {
        let left = count
        return {
          Urgent: () => {
            for (let i = 0; i < 512 && left > 0; i++, left--) ctx.tell(Probe, to, 'Note', 'x')
            if (left > 0) ctx.tell(Probe, ctx.self.key, 'Urgent', '')
          },
          Note: () => {
            counts[from]++
          },
        }
      },
      { mailbox: { capacity: 1 << 20, overflow: 'reject' } },
    )
  a.spawn(flood('a', 'b.f'), 'f', null)
  b.spawn(flood('b', 'f'), 'b.f', null)
  a.edge.tell(Probe, 'f', 'Urgent', '')
  b.edge.tell(Probe, 'b.f', 'Urgent', '')
  world.run(5000)
  assert.equal(counts, { a: count, b: count })
})

test.run()
