// Messages: order, lanes, bounds, asks that always end, watches.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { TerminatedWhy } from '../../runtime/context.ts'
import type { AskFailed } from '../../runtime/edge.ts'
import { ref } from '../../runtime/ref.ts'
import { ProbeMessages, probe } from '../kit/probe.ts'
import { VirtualHosts } from '../kit/virtual-hosts.ts'

function pair(options = {}) {
  const hosts = new VirtualHosts()
  const [a, b] = [hosts.host('a'), hosts.host('b')]
  const ends = hosts.link(a, b)
  const seen: string[] = []
  b.spawn(probe(options), 'b', { seen })
  hosts.run()
  seen.length = 0
  return { hosts, a, b, ends, seen }
}

/** How an ask ends: its reply, or the reason of its failure. */
async function ending(hosts: VirtualHosts, ms: number, asked: Promise<number>) {
  const end = asked.then(
    (value) => value,
    (error: AskFailed) => error.failure.reason,
  )
  hosts.run(ms)
  return end
}

test('messages of one sender arrive in order, control before data', () => {
  const { hosts, a, b, seen } = pair()
  for (const text of ['1', '2', '3']) a.edge.tell(ProbeMessages, 'b', 'Note', { text })
  hosts.run(50)
  assert.equal(seen.splice(0), ['1', '2', '3'])
  b.edge.tell(ProbeMessages, 'b', 'Note', { text: 'data' })
  b.edge.tell(ProbeMessages, 'b', 'Urgent', { text: 'control' })
  hosts.run(1)
  assert.equal(seen, ['control', 'data'])
})

test('a full mailbox refuses the new message or drops the oldest, as its policy says', () => {
  for (const [overflow, kept] of [
    ['reject', ['1', '2']],
    ['drop-oldest', ['2', '3']],
  ] as const) {
    const { hosts, b, seen } = pair({ mailbox: { capacity: 2, overflow } })
    for (const text of ['1', '2', '3']) b.edge.tell(ProbeMessages, 'b', 'Note', { text })
    hosts.run(1)
    assert.equal(seen, kept)
    assert.is(b.snapshot().deadLetterCounts.rejected, 1)
  }
})

test('an ask ends in every case', async () => {
  const { hosts, a, ends } = pair()
  const ask = (key: string, verb: 'Double' | 'Never' | 'Twice') =>
    a.edge.ask(ProbeMessages, key, verb, (verb === 'Double' ? 21 : null) as never, { within: 100 })
  assert.is(await ending(hosts, 200, ask('b', 'Double')), 42)
  assert.is(await ending(hosts, 200, ask('b', 'Never')), 'expired')
  assert.is(await ending(hosts, 200, ask('b/none', 'Double')), 'no-such-actor')
  assert.is(await ending(hosts, 200, ask('c', 'Double')), 'node-down')
  assert.is(await ending(hosts, 200, ask('b', 'Twice')), 1, 'the first reply counts')
  const wrong = a.edge.ask(ProbeMessages, 'b', 'Double', -1, { within: 100 })
  assert.is(await ending(hosts, 200, wrong), 'undecodable')
  const lost = ask('b', 'Never')
  hosts.run(10)
  hosts.network.disconnect(ends)
  assert.is(await ending(hosts, 5, lost), 'node-down', 'at once, not at its deadline')
})

test('an ask to an actor that stops is told so', async () => {
  const { hosts, b } = pair()
  b.edge.tell(ProbeMessages, 'b', 'Stop', null)
  const asked = b.edge.ask(ProbeMessages, 'b', 'Double', 1, { within: 100 })
  assert.is(await ending(hosts, 200, asked), 'stopped')
})

test('stashed messages come back before everything that waits', () => {
  const { hosts, b, seen } = pair()
  for (const text of ['first', 'second']) b.edge.tell(ProbeMessages, 'b', 'Stash', { text })
  hosts.run(1)
  b.edge.tell(ProbeMessages, 'b', 'Unstash', null)
  b.edge.tell(ProbeMessages, 'b', 'Note', { text: 'later' })
  hosts.run(1)
  assert.equal(seen, ['first', 'second', 'later'])
})

test('a watch tells of a stop, near and far, and of a lost host', () => {
  const { hosts, a, b, ends } = pair()
  b.spawn(probe(), 'b/2', { seen: [] })
  const heard: TerminatedWhy[] = []
  a.watch(ref('probe', 'b'), (why) => heard.push(why))
  a.watch(ref('probe', 'b/2'), (why) => heard.push(why))
  hosts.run(50)
  b.edge.tell(ProbeMessages, 'b', 'Stop', null)
  hosts.run(50)
  assert.equal(heard, ['stopped'])
  hosts.network.disconnect(ends)
  hosts.run(10)
  assert.equal(heard, ['stopped', 'unreachable'])
})

test('timers die with the incarnation that set them', () => {
  const hosts = new VirtualHosts()
  const host = hosts.host('a')
  const seen: string[] = []
  const onStart = (ctx: {
    incarnation: number
    after: (n: string, ms: number, f: () => void) => void
  }) => ctx.after('tick', 50, () => seen.push(`tick of ${ctx.incarnation}`))
  host.spawn(probe(), 'a', { seen, onStart })
  host.edge.tell(ProbeMessages, 'a', 'Fail', null)
  hosts.run(200)
  assert.equal(seen, ['start a 0', 'start a 1', 'tick of 1'])
})

test.run()
