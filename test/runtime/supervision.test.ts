// Supervision: who restarts, when, with what, and when it ends for good.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Strategy } from '../../runtime/actor.ts'
import { ProbeMessages, probe } from '../kit/probe.ts'
import { VirtualHosts } from '../kit/virtual-hosts.ts'

function family(strategy: Strategy) {
  const hosts = new VirtualHosts()
  const host = hosts.host('a')
  const seen: string[] = []
  host.spawn(probe(), 'a/parent', {
    seen,
    onStart(ctx) {
      for (const key of ['a/1', 'a/2', 'a/3']) ctx.spawn(probe(), key, { seen }, strategy)
    },
  })
  hosts.run()
  seen.length = 0
  return { hosts, host, seen }
}

function restartedAfterFailureOf2(strategy: Strategy): string[] {
  const { hosts, host, seen } = family(strategy)
  host.edge.tell(ProbeMessages, 'a/2', 'Fail', null)
  hosts.run(100)
  return seen
}

test('the strategy says which siblings restart with a failed child, in the order of their start', () => {
  assert.equal(restartedAfterFailureOf2('one-for-one'), ['start a/2 1'])
  assert.equal(restartedAfterFailureOf2('rest-for-one'), ['start a/2 1', 'start a/3 1'])
  assert.equal(restartedAfterFailureOf2('one-for-all'), [
    'start a/1 1',
    'start a/2 1',
    'start a/3 1',
  ])
})

test('the mailbox survives a restart; only the failing message is lost, as a dead letter', () => {
  const hosts = new VirtualHosts()
  const host = hosts.host('a')
  const seen: string[] = []
  host.spawn(probe(), 'a', { seen })
  const tell = (text: string) => host.edge.tell(ProbeMessages, 'a', 'Note', { text })
  tell('before')
  host.edge.tell(ProbeMessages, 'a', 'Fail', null)
  tell('after')
  hosts.run(100)
  assert.equal(seen, ['start a 0', 'before', 'start a 1', 'after'])
  const { deadLetters } = host.snapshot()
  assert.equal(
    deadLetters.map(({ verb, reason, detail }) => [verb, reason, detail]),
    [['Fail', 'failed', 'told to']],
  )
})

test('back-off doubles, and the intensity is per child', () => {
  const hosts = new VirtualHosts()
  const host = hosts.host('a')
  const seen: string[] = []
  const many = probe({ failures: 2 })
  for (const key of ['a/1', 'a/2', 'a/3', 'a/4', 'a/5']) host.spawn(many, key, { seen })
  hosts.run()
  for (const key of ['a/1', 'a/2', 'a/3', 'a/4', 'a/5']) {
    host.edge.tell(ProbeMessages, key, 'Fail', null)
  }
  hosts.run(10)
  assert.is(seen.filter((line) => line.endsWith(' 1')).length, 5, 'each restarts alone')
  host.edge.tell(ProbeMessages, 'a/1', 'Fail', null)
  hosts.run(15)
  assert.not.ok(seen.includes('start a/1 2'), 'the second back-off is longer')
  hosts.run(10)
  assert.ok(seen.includes('start a/1 2'))
  host.edge.tell(ProbeMessages, 'a/1', 'Fail', null)
  hosts.run(1000)
  const left = host.snapshot().actors.map(({ key }) => key)
  assert.equal(left, ['a/2', 'a/3', 'a/4', 'a/5'], 'the third failure ends it for good')
})

test('a throw in setup is a failure like any other', () => {
  const hosts = new VirtualHosts()
  const host = hosts.host('a')
  const seen: string[] = []
  const onStart = ({ incarnation }: { incarnation: number }) => {
    if (incarnation === 0) throw new Error('not yet')
  }
  host.spawn(probe(), 'a', { seen, onStart })
  host.edge.tell(ProbeMessages, 'a', 'Note', { text: 'waited' })
  hosts.run(100)
  assert.equal(seen, ['start a 0', 'start a 1', 'waited'])
})

test('temporary actors do not restart; stopping runs children first, in reverse order', () => {
  const { hosts, host, seen } = family('one-for-one')
  host.spawn(probe({ restart: 'temporary' }), 'a/t', { seen })
  host.edge.tell(ProbeMessages, 'a/t', 'Fail', null)
  hosts.run(100)
  assert.not.ok(host.snapshot().actors.some(({ key }) => key === 'a/t'))
  host.edge.tell(ProbeMessages, 'a/parent', 'Stop', null)
  hosts.run(10)
  assert.equal(seen.filter((line) => line.startsWith('stopping')).slice(-4), [
    'stopping a/3',
    'stopping a/2',
    'stopping a/1',
    'stopping a/parent',
  ])
})

test.run()
