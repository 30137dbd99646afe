// A link under chaos, on virtual time: what each fault does, and that its end passes on what waits.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LINK_BUFFER_BYTES_MAX } from '../../../config/limits.ts'
import { prng } from '../../../lib/prng.ts'
import type { Lane } from '../../../runtime/ports.ts'
import { Timeline } from '../../../runtime/sim/timeline.ts'
import type { Carrier } from '../../../transport/carrier.ts'
import { HEALTHY } from '../../../transport/chaos/faults.ts'
import { FaultyLink } from '../../../transport/chaos/faulty-link.ts'
import { LinkFaults } from '../../../transport/chaos/link-faults.ts'
import { memoryLinks } from '../../../transport/memory/memory-link.ts'
import { linkTests } from '../../conformance/link.ts'

function world(seed = 'chaos') {
  const random = prng(seed)
  const time = new Timeline(random)
  const clock = {
    now: () => time.now,
    wallTime: () => time.now,
    after: (ms: number, run: () => void) => time.after(ms, run),
  }
  return { time, options: { clock, entropy: { random: random.below } } }
}

/** The near end of a connection that notes what is given to it, and can be full. */
class Wire implements Carrier {
  readonly sent: { lane: Lane; number: number; at: number }[] = []
  full = false
  drain = () => {}
  down: (why: string) => void = () => {}
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    if (this.full) return false
    this.sent.push({ lane, number: frame[0] as number, at: this.now() })
    return true
  }

  onFrame(): void {}

  onDrain(drained: () => void): void {
    this.drain = drained
  }

  onDown(down: (why: string) => void): void {
    this.down = down
  }

  close(why = 'closed'): void {
    this.down(why)
  }

  get numbers(): number[] {
    return this.sent.map(({ number }) => number)
  }
}

function faultyWire() {
  const { time, options } = world()
  const wire = new Wire(() => time.now)
  return { time, wire, link: new FaultyLink(wire, options) }
}

const frame = (number: number, length = 1) => new Uint8Array(length).fill(number)

test('blocked: nothing passes; healed: everything does, each lane in order', () => {
  const { time, wire, link } = faultyWire()
  link.faults = { ...HEALTHY, block: true }
  for (let i = 0; i < 6; i++) assert.ok(link.send(frame(i), i % 2 ? 'control' : 'data'))
  time.runFor(60_000)
  assert.equal(wire.numbers, [])
  link.faults = HEALTHY
  assert.equal(wire.numbers, [1, 3, 5, 0, 2, 4])
  assert.ok(link.send(frame(6), 'data'))
  assert.is(wire.numbers.at(-1), 6)
})

test('one-way: the other direction goes on', async () => {
  const [left, right] = memoryLinks()
  const { options } = world()
  const near = new FaultyLink(left, options)
  const far = new FaultyLink(right, options)
  const heard: string[] = []
  near.onFrame((bytes) => heard.push(`near ${bytes[0]}`))
  far.onFrame((bytes) => heard.push(`far ${bytes[0]}`))
  near.faults = { ...HEALTHY, block: true }
  near.send(frame(1), 'data')
  far.send(frame(2), 'data')
  await new Promise((next) => setTimeout(next, 20))
  assert.equal(heard, ['near 2'])
  near.faults = HEALTHY
  await new Promise((next) => setTimeout(next, 20))
  assert.equal(heard, ['near 2', 'far 1'])
})

test('dropped: the share that was asked for, the same frames for the same seed', () => {
  const run = () => {
    const { wire, link } = faultyWire()
    link.faults = { ...HEALTHY, drop: 0.3 }
    for (let i = 0; i < 2000; i++) assert.ok(link.send(frame(i), 'data'))
    assert.is(wire.sent.length + link.lost, 2000)
    return wire.numbers
  }
  const passed = run()
  assert.ok(Math.abs(passed.length - 1400) < 100, `${passed.length} of 2000 passed`)
  assert.equal(run(), passed)
})

test('dropped at 100 %: what may not be lost passes', () => {
  const { time, options } = world()
  const wire = new Wire(() => time.now)
  const link = new FaultyLink(wire, { ...options, mayLose: (bytes) => bytes[0] !== 7 })
  link.faults = { ...HEALTHY, drop: 1 }
  for (const number of [1, 7, 2]) link.send(frame(number), 'data')
  assert.equal(wire.numbers, [7])
  assert.is(link.lost, 2)
})

test('delayed with jitter: late by what was asked for, and in the order of each lane', () => {
  const { time, wire, link } = faultyWire()
  link.faults = { ...HEALTHY, delayMs: 50, jitterMs: 40 }
  const sentAt: number[] = []
  for (let i = 0; i < 100; i++) {
    sentAt[i] = time.now
    link.send(frame(i), i % 3 ? 'control' : 'data')
    time.runFor(3)
  }
  time.runFor(100)
  assert.is(wire.sent.length, 100)
  for (const lane of ['control', 'data']) {
    const numbers = wire.sent.filter((one) => one.lane === lane).map(({ number }) => number)
    assert.equal(
      numbers,
      [...numbers].sort((a, b) => a - b),
    )
  }
  const late = wire.sent.map(({ number, at }) => at - (sentAt[number] as number))
  assert.ok(Math.min(...late) >= 50 && Math.max(...late) <= 90, `${late}`)
  assert.ok(Math.max(...late) - Math.min(...late) > 10, 'there is no jitter')
})

test('a delay that ends passes on what waits, at once', () => {
  const { time, wire, link } = faultyWire()
  link.faults = { ...HEALTHY, delayMs: 10_000 }
  link.send(frame(1), 'data')
  link.send(frame(2), 'data')
  time.runFor(1)
  link.faults = HEALTHY
  link.send(frame(3), 'data')
  assert.equal(wire.numbers, [1, 2, 3])
})

test('bounded: what it cannot hold is refused, and heard of when there is room', () => {
  const { wire, link } = faultyWire()
  let drains = 0
  link.onDrain(() => drains++)
  link.faults = { ...HEALTHY, block: true }
  const large = LINK_BUFFER_BYTES_MAX / 4
  let taken = 0
  while (link.send(frame(taken, large), 'data')) taken++
  assert.is(taken, 4)
  assert.is(drains, 0)
  link.faults = HEALTHY
  assert.equal([wire.sent.length, drains], [4, 1])
})

test('a full connection under it: nothing is lost, and its drain is passed on', () => {
  const { wire, link } = faultyWire()
  let drains = 0
  link.onDrain(() => drains++)
  wire.full = true
  assert.not.ok(link.send(frame(1), 'data'))
  link.faults = { ...HEALTHY, delayMs: 1 }
  assert.ok(link.send(frame(2), 'data'))
  link.faults = HEALTHY
  assert.equal(wire.numbers, [])
  wire.full = false
  wire.drain()
  assert.equal([wire.numbers, drains > 0], [[2], true])
})

test('down: what waited is gone, nothing is taken, no timer stays', () => {
  const { time, wire, link } = faultyWire()
  const whys: string[] = []
  link.onDown((why) => whys.push(why))
  link.faults = { ...HEALTHY, delayMs: 10 }
  link.send(frame(1), 'data')
  wire.close('reset')
  time.runFor(100)
  assert.not.ok(link.send(frame(2), 'data'))
  assert.equal([whys, wire.numbers, link.isUp], [['reset'], [], false])
})

test('the faults of a process: per peer, kept for new connections, ended by time and by heal', () => {
  const { time, options } = world()
  const faults = new LinkFaults(options)
  const wireOf = () => new Wire(() => time.now)
  const [first, second, other] = [wireOf(), wireOf(), wireOf()]
  const block = { ...HEALTHY, block: true }
  const before = faults.wrap('node1', first)
  faults.set('node1', block, 3000)
  faults.set('node2', { ...HEALTHY, drop: 1 })
  const after = faults.wrap('node1', second)
  const elsewhere = faults.wrap('node2', other)
  for (const link of [before, after, elsewhere]) link.send(frame(1), 'data')
  assert.equal([first.sent.length, second.sent.length, other.sent.length], [0, 0, 0])
  assert.equal(Object.keys(faults.view()), ['node1', 'node2'])
  time.runFor(2999)
  assert.is(first.sent.length, 0)
  time.runFor(1)
  assert.equal([first.sent.length, second.sent.length], [1, 1])
  faults.heal()
  assert.equal(faults.view(), {})
  elsewhere.send(frame(2), 'data')
  assert.equal(other.numbers, [2])
})

test('a fault set anew is not ended by the time of the old one', () => {
  const { time, options } = world()
  const faults = new LinkFaults(options)
  faults.set('node1', { ...HEALTHY, block: true }, 1000)
  faults.set('node1', { ...HEALTHY, delayMs: 5 })
  time.runFor(5000)
  assert.is(faults.of('node1').delayMs, 5)
})

const realTime = {
  clock: {
    now: () => performance.now(),
    wallTime: () => Date.now(),
    after: (ms: number, run: () => void) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  },
  entropy: { random: prng('conformance').below },
}

for (const [name, faults] of [
  ['chaos without faults', HEALTHY],
  ['chaos with a delay', { ...HEALTHY, delayMs: 2, jitterMs: 3 }],
] as const) {
  linkTests(test, {
    name,
    make: () => {
      const [left, right] = memoryLinks().map((link) => new FaultyLink(link, realTime))
      for (const link of [left, right]) (link as FaultyLink).faults = faults
      return [left as FaultyLink, right as FaultyLink]
    },
    settle: async (done) => {
      const end = performance.now() + 5000
      while (!done() && performance.now() < end) await new Promise((next) => setTimeout(next, 2))
    },
    quiet: () => new Promise((next) => setTimeout(next, 20)),
    ordered: true,
  })
}

test.run()
