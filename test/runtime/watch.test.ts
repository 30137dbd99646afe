// Death watch: called once, with why, for actors here and across a link.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ref } from '../../runtime/ref.ts'
import { linked, Probe, probe, TestWorld } from '../kit/hosts.ts'

const mortal = () =>
  probe(
    (ctx) => ({
      Note: (text) => {
        if (text === 'fail') throw new Error('on purpose')
        ctx.stop()
      },
    }),
    { intensity: { failures: 1, withinMs: 10_000 } },
  )

function watched(key: string) {
  const world = new TestWorld()
  const { a, b, cut } = linked(world)
  const heard: string[] = []
  a.spawn(mortal(), 'here', null)
  b.spawn(mortal(), 'b.there', null)
  const watcher = probe((ctx) => {
    ctx.watch(ref('probe', key), (why) => heard.push(why))
    return {}
  })
  a.spawn(watcher, 'watcher', null)
  world.run(10)
  return { world, a, b, cut, heard }
}

for (const key of ['here', 'b.there']) {
  test(`${key}: stopped`, () => {
    const { world, a, heard } = watched(key)
    a.edge.tell(Probe, key, 'Note', 'stop')
    world.run(100)
    assert.equal(heard, ['stopped'])
  })

  test(`${key}: a restart is not the end; failing for good is`, () => {
    const { world, a, heard } = watched(key)
    a.edge.tell(Probe, key, 'Note', 'fail')
    world.run(1000)
    assert.equal(heard, [])
    a.edge.tell(Probe, key, 'Note', 'fail')
    world.run(1000)
    assert.equal(heard, ['failed'])
  })
}

for (const key of ['nobody', 'b.nobody']) {
  test(`${key}: who is not there has stopped`, () => {
    const { heard } = watched(key)
    assert.equal(heard, ['stopped'])
  })
}

test('the link goes down: unreachable, once', () => {
  const { world, heard, cut } = watched('b.there')
  cut()
  world.run(100)
  cut()
  world.run(100)
  assert.equal(heard, ['unreachable'])
})

test('the link is replaced: unreachable; the other host stops: stopped', () => {
  const one = watched('b.there')
  one.a.attach('b', { send: () => true, onFrame() {}, onDrain() {}, onDown() {}, close() {} })
  one.world.run(100)
  assert.equal(one.heard, ['unreachable'])

  const two = watched('b.there')
  void two.b.stop()
  two.world.run(100)
  assert.is(two.heard.length, 1)
})

test('no link at all: unreachable at once', () => {
  const { heard } = watched('c.far')
  assert.equal(heard, ['unreachable'])
})

test.run()
