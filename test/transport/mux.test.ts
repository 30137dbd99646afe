// The mux: the suite of all links over its channels, names opened and closed in any order, and what
// a hostile end is answered.

import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LINK_BUFFER_BYTES_MAX, MUX_BAD_FRAMES_MAX } from '../../config/limits.ts'
import { concatBytes } from '../../lib/bytes.ts'
import { prng } from '../../lib/prng.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { memoryLinks } from '../../transport/memory/memory-link.ts'
import { Mux } from '../../transport/mux/mux.ts'
import { closeFrame, openFrame, pairedFrame } from '../../transport/mux/mux-header.ts'
import { splice } from '../../transport/mux/splice.ts'
import { linkTests } from '../conformance/link.ts'
import { laneLinks } from './lane-links.ts'

const PATIENCE_MS = 5000
const sleep = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

async function settle(done: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!done() && performance.now() < end) await sleep(1)
}

const real = { settle, quiet: () => sleep(20), ordered: true }

function muxes(): [Mux, Mux] {
  const [a, b] = memoryLinks()
  return [new Mux(a), new Mux(b)]
}

/** A channel that nobody has answered has no other end to tell of its close: wait for the answer. */
async function paired(a: Link, b: Link): Promise<[Link, Link]> {
  await sleep(5)
  return [a, b]
}

linkTests(test, {
  name: 'mux',
  make: () => {
    const [a, b] = muxes()
    a.open('other')
    return paired(a.open('name'), b.open('name'))
  },
  ...real,
})

linkTests(test, {
  name: 'mux over a relay',
  make: () => {
    const [thread, main] = muxes()
    const [here, there] = muxes()
    splice(main.open('name'), here.open('name'))
    return paired(thread.open('name'), there.open('name'))
  },
  ...real,
})

interface Heard {
  readonly frames: string[]
  readonly downs: string[]
}

function listen(link: Link): Heard {
  const heard: Heard = { frames: [], downs: [] }
  link.onFrame((frame, lane) => heard.frames.push(`${lane} ${frame.join()}`))
  link.onDown((why) => heard.downs.push(why))
  return heard
}

test('what is sent before the other end opens the name waits for it, within the bound', async () => {
  const [a, b] = muxes()
  const early = a.open('name')
  assert.ok(early.send(Uint8Array.of(1), 'data'))
  assert.ok(early.send(new Uint8Array(LINK_BUFFER_BYTES_MAX - 1), 'data'))
  assert.not.ok(early.send(Uint8Array.of(2), 'data'), 'over the bound')
  let drains = 0
  early.onDrain(() => drains++)
  await sleep(5)
  assert.is(drains, 0)
  const heard: number[] = []
  b.open('name').onFrame((frame) => heard.push(frame.length))
  await settle(() => heard.length === 2 && drains > 0)
  assert.equal([heard, drains], [[1, LINK_BUFFER_BYTES_MAX - 1], 1])
})

test('a closed end comes with its reason, and the name can be opened again', async () => {
  const [a, b] = muxes()
  const [first, second] = [a.open('name'), b.open('name')]
  const [bystander, other] = [a.open('bystander'), listen(b.open('bystander'))]
  const [heardFirst, heardSecond] = [listen(first), listen(second)]
  first.send(Uint8Array.of(7), 'control')
  await settle(() => heardSecond.frames.length > 0)
  first.send(Uint8Array.of(8), 'data')
  first.close('the thread was replaced')
  const again = a.open('name')
  again.send(Uint8Array.of(9), 'data')
  await settle(() => heardSecond.downs.length > 0)
  assert.equal(heardSecond.frames, ['control 7', 'data 8'], 'what was sent before still arrives')
  assert.equal(heardSecond.downs, ['the thread was replaced'])
  assert.equal(heardFirst.downs, ['the thread was replaced'])
  const heardAgain = listen(b.open('name'))
  await settle(() => heardAgain.frames.length > 0)
  assert.equal(heardAgain, { frames: ['data 9'], downs: [] })
  bystander.send(Uint8Array.of(1), 'data')
  await settle(() => other.frames.length > 0)
  assert.equal(other, { frames: ['data 1'], downs: [] })
  assert.equal([a.badFrames, b.badFrames], [0, 0])
})

test('a carrier that goes down takes all channels with it, and later ones too', async () => {
  const [a, b] = muxes()
  const all = [a.open('x'), a.open('y'), b.open('x'), b.open('z')].map(listen)
  await sleep(5)
  a.close('gone')
  await settle(() => all.every(({ downs }) => downs.length > 0))
  all.push(listen(b.open('late')))
  await settle(() => all.every(({ downs }) => downs.length > 0))
  for (const { downs } of all) assert.equal(downs, ['gone'])
})

/** Two muxes over a carrier whose lanes overtake each other, and a user at each end. */
async function openAndClose(seed: string, actions: readonly number[]): Promise<void> {
  const chance = prng(seed)
  const random = (below: number) => chance.below(below)
  const lanes = laneLinks(random)
  const ends = [new Mux(lanes.a), new Mux(lanes.b)] as const
  const links: [Link | undefined, Link | undefined] = [undefined, undefined]
  for (const action of actions) {
    const side = (action & 1) as 0 | 1
    if (action < 4) links[side]?.close('closed')
    else links[side] = ends[side].open('name')
    links[side]?.send(Uint8Array.of(action), action % 3 === 0 ? 'data' : 'control')
    for (let i = random(4); i > 0; i--) lanes.step()
  }
  // Both want it now: an end that is down is opened again, as a host does.
  const heard: [string[], string[]] = [[], []]
  const keep = (side: 0 | 1) => {
    const link = ends[side].open('name')
    links[side] = link
    link.onDown(() => keep(side))
    link.onFrame((frame) => heard[side].push(String(frame)))
  }
  keep(0)
  keep(1)
  for (let round = 0; round < 20; round++) {
    while (lanes.step());
    await new Promise((next) => setImmediate(next))
  }
  heard[0].length = heard[1].length = 0
  for (const lane of ['control', 'data'] as const) {
    assert.ok(links[0]?.send(Uint8Array.of(100), lane))
    assert.ok(links[1]?.send(Uint8Array.of(101), lane))
  }
  while (lanes.step());
  assert.equal(heard, [
    ['101', '101'],
    ['100', '100'],
  ])
  assert.equal([ends[0].badFrames, ends[1].badFrames], [0, 0])
}

test('however a name was opened and closed, both ends find each other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.array(fc.nat(11), { maxLength: 16 }), openAndClose),
    { numRuns: 300 },
  )
})

test('what was sent before a close arrives before it, whichever lane is the faster', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const chance = prng(`close ${seed}`)
    const lanes = laneLinks((below) => chance.below(below))
    const [near, far] = [new Mux(lanes.a).open('name'), new Mux(lanes.b).open('name')]
    const heard = listen(far)
    while (lanes.step());
    for (const lane of ['data', 'control', 'data'] as const) near.send(Uint8Array.of(1), lane)
    near.close('done')
    while (lanes.step());
    await new Promise((next) => setImmediate(next))
    assert.equal(heard.frames.sort(), ['control 1', 'data 1', 'data 1'])
    assert.equal(heard.downs, ['done'])
  }
})

test('an end that is closed before it was answered is forgotten: the other waits on', async () => {
  const [a, b] = muxes()
  const waiting = a.open('name')
  const heard = listen(waiting)
  b.open('name').close('changed its mind')
  await sleep(5)
  assert.equal(heard.downs, [])
  b.open('name').send(Uint8Array.of(3), 'data')
  await settle(() => heard.frames.length > 0)
  assert.equal(heard, { frames: ['data 3'], downs: [] })
})

/** A mux whose other end says what it likes. */
function hostile() {
  const [a, b] = memoryLinks()
  const mux = new Mux(a)
  const heard = listen(mux.open('name'))
  return { mux, heard, say: (frame: Uint8Array, lane: Lane) => b.send(frame, lane) }
}

const data = (number: number) => concatBytes(Uint8Array.of(0, 0, 0, number), Uint8Array.of(1))

const RUBBISH: readonly [string, Lane, Uint8Array][] = [
  ['no header', 'data', new Uint8Array(3)],
  ['an unknown kind', 'control', new Uint8Array([9, 0, 0, 1])],
  ['data for an unknown channel', 'data', data(1)],
  ['data for number 0', 'data', data(0)],
  ['a close of an unknown channel', 'control', closeFrame(1, true, '')],
  ['a close without its mark', 'control', Uint8Array.of(3, 0, 0, 1)],
  ['an OPEN on the data lane', 'data', openFrame(1, 0, 'name')],
  ['an OPEN without a name', 'control', openFrame(1, 0, '')],
  ['an OPEN with too long a name', 'control', openFrame(1, 0, 'x'.repeat(257))],
  ['an OPEN that is no text', 'control', concatBytes(openFrame(1, 0, 'x'), Uint8Array.of(255))],
  ['an OPEN of number 0', 'control', openFrame(0, 0, 'name')],
  ['PAIRED of an unknown channel', 'control', pairedFrame(1, 1)],
  ['PAIRED that is too short', 'control', pairedFrame(1, 1).subarray(0, 5)],
]

for (const [what, lane, frame] of RUBBISH) {
  test(`rubbish is counted and ends the carrier after a bound: ${what}`, async () => {
    const { mux, heard, say } = hostile()
    for (let i = 1; i < MUX_BAD_FRAMES_MAX; i++) say(frame, lane)
    await settle(() => mux.badFrames === MUX_BAD_FRAMES_MAX - 1)
    assert.equal([mux.badFrames, heard], [MUX_BAD_FRAMES_MAX - 1, { frames: [], downs: [] }])
    say(frame, lane)
    await settle(() => heard.downs.length > 0)
    assert.match(heard.downs[0] ?? '', 'rubbish from the peer')
  })
}

test('data on a channel that is offered and not taken is rubbish', async () => {
  const { mux, say } = hostile()
  say(openFrame(1, 0, 'never opened here'), 'control')
  say(data(1), 'control')
  await settle(() => mux.badFrames > 0)
  assert.is(mux.badFrames, 1)
})

test.run()
