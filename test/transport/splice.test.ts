// A relay between two links: order, back-pressure, its bound, and how it ends.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RELAY_BYTES_MAX } from '../../config/limits.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { splice } from '../../transport/mux/splice.ts'

/** One end of a link in the test's hands: takes what its room allows, says what it is told to. */
class Hand implements Link {
  room = Number.POSITIVE_INFINITY
  readonly taken: string[] = []
  closed: string | undefined
  say: (frame: Uint8Array, lane: Lane) => void = () => {}
  drain: () => void = () => {}
  down: (why: string) => void = () => {}

  send(frame: Uint8Array, lane: Lane): boolean {
    if (this.closed !== undefined || this.room < 1) return false
    this.room--
    this.taken.push(`${lane} ${frame[0]}`)
    return true
  }

  onFrame(receive: (frame: Uint8Array, lane: Lane) => void): void {
    this.say = receive
  }

  onDrain(drained: () => void): void {
    this.drain = drained
  }

  onDown(down: (why: string) => void): void {
    this.down = down
  }

  close(why = 'closed'): void {
    if (this.closed !== undefined) return
    this.closed = why
    this.down(why)
  }
}

function spliced(): [Hand, Hand] {
  const both: [Hand, Hand] = [new Hand(), new Hand()]
  splice(...both)
  return both
}

test('frames pass both ways, each lane in order, and wait while there is no room', () => {
  const [a, b] = spliced()
  b.room = 1
  const reused = new Uint8Array(1)
  for (let i = 0; i < 3; i++) {
    reused[0] = i
    a.say(reused, 'data')
  }
  a.say(Uint8Array.of(9), 'control')
  b.say(Uint8Array.of(7), 'data')
  assert.equal([a.taken, b.taken], [['data 7'], ['data 0']])
  b.room = 2
  b.drain()
  assert.equal(b.taken, ['data 0', 'control 9', 'data 1'], 'control goes first')
  b.room = 5
  a.say(Uint8Array.of(3), 'data')
  assert.equal(b.taken.length, 3, 'nothing overtakes its own lane')
  b.drain()
  assert.equal(b.taken.slice(3), ['data 2', 'data 3'])
})

test('a link that goes down: what waits still goes, then the other is closed for that reason', () => {
  const [a, b] = spliced()
  b.room = 0
  a.say(Uint8Array.of(1), 'data')
  a.close('the thread is gone')
  assert.is(b.closed, undefined)
  b.room = 1
  b.drain()
  assert.equal([b.taken, b.closed], [['data 1'], 'the thread is gone'])
})

test('whoever sends more than a relay may hold is cut off, and so is the other side', () => {
  const [a, b] = spliced()
  b.room = 0
  const half = new Uint8Array(RELAY_BYTES_MAX / 2)
  a.say(half, 'data')
  a.say(half, 'data')
  assert.equal([a.closed, b.closed], [undefined, undefined])
  a.say(Uint8Array.of(1), 'control')
  assert.match(a.closed ?? '', 'over its bound')
  assert.match(b.closed ?? '', 'over its bound')
})

test.run()
