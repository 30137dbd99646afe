// When a sequencer leaves transfers to the one before it, and when it takes over.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Predecessor } from '../../../actors/rollup-sequencer/predecessor.ts'
import { FAILOVER_MS } from '../../../protocol/params.ts'

function setUp() {
  const asked: { node: string; done: (works: boolean) => void }[] = []
  const heard: boolean[] = []
  const clock = { ms: 10_000 }
  const predecessor = new Predecessor((node, done) => asked.push({ node, done }))
  const look = (node = 'one') =>
    predecessor.look(
      node,
      () => clock.ms,
      (works) => heard.push(works),
    )
  return { asked, heard, clock, predecessor, look }
}

test('one that works is left its transfers, and asked once for many of them', () => {
  const { asked, heard, clock, look } = setUp()
  look()
  look()
  assert.is(asked.length, 1)
  assert.equal(heard, [])
  asked[0]?.done(true)
  assert.equal(heard, [true, true])
  clock.ms += 499
  look()
  assert.equal([heard.length, asked.length], [3, 1])
  clock.ms += 1
  look()
  assert.equal([heard.length, asked.length], [3, 2])
  asked[1]?.done(false)
  assert.is(heard.at(-1), false)
})

test('one that did not answer is dead until it says otherwise, however long it takes', () => {
  const { asked, heard, clock, look } = setUp()
  look()
  asked[0]?.done(false)
  clock.ms += 3 * FAILOVER_MS
  look()
  assert.equal([heard.length, asked.length], [2, 2])
  look()
  assert.equal([heard, asked.length], [[false, false, false], 2])
  asked[1]?.done(true)
  look()
  assert.is(heard.at(-1), true)
})

test('who is asked ahead of our turn keeps nobody waiting once it has come', () => {
  const { asked, heard, clock, predecessor, look } = setUp()
  const ahead = () => predecessor.ahead('one', () => clock.ms)
  ahead()
  ahead()
  assert.is(asked.length, 1)
  assert.not(predecessor.isDead('one'))
  asked[0]?.done(false)
  assert.ok(predecessor.isDead('one'))
  clock.ms += FAILOVER_MS
  look()
  assert.equal(heard, [false])
})

test('another one is asked anew', () => {
  const { asked, heard, look } = setUp()
  look()
  asked[0]?.done(false)
  look('two')
  assert.equal(
    asked.map(({ node }) => node),
    ['one', 'two'],
  )
  asked[1]?.done(true)
  assert.equal(heard, [false, true])
})

test('one that works and gets nothing ordered is passed over, but not while claims are', () => {
  const { asked, heard, clock, predecessor, look } = setUp()
  look()
  asked[0]?.done(true)
  clock.ms += 5 * FAILOVER_MS - 1
  predecessor.ordered()
  look()
  asked[1]?.done(true)
  clock.ms += 5 * FAILOVER_MS - 1
  look()
  asked[2]?.done(true)
  assert.equal(heard, [true, true, true])
  clock.ms += 1
  look()
  assert.equal([heard.at(-1), asked.length], [false, 3])
})

test.run()
