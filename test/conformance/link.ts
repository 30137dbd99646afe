// What every link must do: carry frames unchanged and in order, each once, both ways, refuse when
// it is full and say when it no longer is, and tell both ends, with the reason, when it goes down.
// Run over memory, threads, libp2p, channels of a mux, faulty links without faults, and simulated.

import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { equalBytes } from '../../lib/bytes.ts'
import { Host } from '../../runtime/host.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { Probe, placeByKey, probe } from '../kit/hosts.ts'

export interface LinkMaker {
  readonly name: string
  make(): Promise<[Link, Link]> | [Link, Link]
  /** Lets everything that is under way arrive, until `done` says so or patience ends. */
  settle(done: () => boolean): Promise<void>
  /** Gives what should not happen a moment to happen. */
  quiet(): Promise<void>
  /** The simulated network lets frames of one moment overtake each other, on purpose. */
  readonly ordered: boolean
  /** The reason of a close stays at the end that closed; the other end has one of its own. */
  readonly keepsWhy?: boolean
  /** It is read while it is written, so it need not be full at any moment that the test chooses. */
  readonly concurrent?: boolean
}

interface End {
  readonly link: Link
  readonly frames: Uint8Array[]
  readonly lanes: Lane[]
  readonly whys: string[]
  drains: number
  downs: number
}

function listen(link: Link): End {
  const end: End = { link, frames: [], lanes: [], whys: [], drains: 0, downs: 0 }
  link.onFrame((frame, lane) => {
    end.frames.push(frame.slice())
    end.lanes.push(lane)
  })
  link.onDrain(() => end.drains++)
  link.onDown((why) => {
    end.downs++
    end.whys.push(why)
  })
  return end
}

function frame(i: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = (i * 31 + at * 7 + (at >> 9)) & 255
  new DataView(bytes.buffer).setUint32(0, i)
  return bytes
}

/** A host whose actor notes whether each message is from whom its text names. */
function exposedHost(name: string) {
  const heard: string[] = []
  const host = new Host({
    name,
    place: placeByKey,
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => () => {} },
    log: () => {},
  })
  const target = probe((ctx) => ({
    Note: (key) => heard.push(`${key} ${ctx.isFrom(Probe, key)}`),
  }))
  host.spawn(target, `${name}.w`, null)
  return { host, heard }
}

const number = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

const MIB = 1 << 20
/** Far more than any link may hold. */
const FLOOD_FRAMES = 1024
const FLOOD_FRAME_BYTES = 64 * 1024

export function linkTests(test: Test, maker: LinkMaker): void {
  const ends = async () => (await maker.make()).map(listen) as [End, End]

  test(`${maker.name}: frames arrive unchanged, once, both ways`, async () => {
    const [a, b] = await ends()
    const count = 200
    for (let i = 0; i < count; i++) {
      assert.ok(a.link.send(frame(i, 4 + ((i * 97) % 5000)), 'data'))
      assert.ok(b.link.send(frame(count + i, 4 + (i % 50)), 'data'))
    }
    await maker.settle(() => a.frames.length >= count && b.frames.length >= count)
    for (const [end, first] of [
      [b, 0],
      [a, count],
    ] as const) {
      if (!maker.ordered) end.frames.sort((x, y) => number(x) - number(y))
      assert.equal(
        end.frames.map(number),
        Array.from({ length: count }, (_, i) => first + i),
      )
    }
    for (const [i, got] of b.frames.entries()) {
      assert.ok(equalBytes(got, frame(i, 4 + ((i * 97) % 5000))), `frame ${i} changed`)
    }
    a.link.close()
    await maker.settle(() => a.downs > 0 && b.downs > 0)
  })

  test(`${maker.name}: each lane keeps its order, and frames keep to their lane`, async () => {
    const [a, b] = await ends()
    const count = 300
    for (let i = 0; i < count; i++) a.link.send(frame(i, 16), i % 3 === 0 ? 'control' : 'data')
    await maker.settle(() => b.frames.length >= count)
    const numbers = { control: [] as number[], data: [] as number[] }
    for (const [i, got] of b.frames.entries()) numbers[b.lanes[i] as Lane].push(number(got))
    if (!maker.ordered) for (const list of Object.values(numbers)) list.sort((x, y) => x - y)
    const all = Array.from({ length: count }, (_, i) => i)
    assert.equal(
      numbers.control,
      all.filter((i) => i % 3 === 0),
    )
    assert.equal(
      numbers.data,
      all.filter((i) => i % 3 !== 0),
    )
    a.link.close()
    await maker.settle(() => a.downs > 0 && b.downs > 0)
  })

  test(`${maker.name}: frames of several MiB pass between small ones`, async () => {
    const [a, b] = await ends()
    const lengths = [8, 5 * MIB + 3, 9, 2 * MIB, 10]
    for (const [i, length] of lengths.entries()) {
      const sent = frame(i, length)
      while (!a.link.send(sent, 'data')) {
        const { drains } = a
        await maker.settle(() => a.drains > drains)
        assert.ok(a.drains > drains, 'a full link says when it has room')
      }
    }
    await maker.settle(() => b.frames.length >= lengths.length)
    if (!maker.ordered) b.frames.sort((x, y) => number(x) - number(y))
    assert.equal(
      b.frames.map((one) => one.length),
      lengths,
    )
    for (const [i, got] of b.frames.entries()) {
      assert.ok(equalBytes(got, frame(i, lengths[i] as number)), `frame ${i} changed`)
    }
    a.link.close()
    await maker.settle(() => a.downs > 0 && b.downs > 0)
  })

  test(`${maker.name}: full: refused, then room again; all that was taken arrives`, async () => {
    const [a, b] = await ends()
    const sent = new Uint8Array(FLOOD_FRAME_BYTES)
    let taken = 0
    const flood = () => {
      while (taken < FLOOD_FRAMES) {
        new DataView(sent.buffer).setUint32(0, taken)
        if (!a.link.send(sent, 'data')) return true
        taken++
      }
      return false
    }
    const refused = flood()
    if (!maker.concurrent) assert.ok(refused, 'a link is bounded')
    const first = taken
    if (refused) {
      await maker.settle(() => a.drains > 0)
      assert.ok(a.drains > 0, 'it says when there is room')
      flood()
      assert.ok(taken > first, 'and then it has room')
    }
    assert.ok(a.link.send(frame(7, 8), 'control') || refused, 'the other lane has room of its own')
    await maker.settle(() => b.lanes.filter((lane) => lane === 'data').length >= taken)
    const numbers = b.frames.filter((_, i) => b.lanes[i] === 'data').map(number)
    if (!maker.ordered) numbers.sort((x, y) => x - y)
    assert.equal(
      numbers,
      Array.from({ length: taken }, (_, i) => i),
    )
    a.link.close()
    await maker.settle(() => a.downs > 0 && b.downs > 0)
  })

  test(`${maker.name}: a view into a larger buffer carries its own bytes only`, async () => {
    const [a, b] = await ends()
    const large = new Uint8Array(1000).fill(9)
    large.set(frame(5, 16), 100)
    assert.ok(a.link.send(large.subarray(100, 116), 'control'))
    await maker.settle(() => b.frames.length > 0)
    assert.equal([...(b.frames[0] as Uint8Array)], [...frame(5, 16)])
    assert.equal(b.lanes, ['control'])
    assert.is(large[50], 9, 'the sender keeps his buffer')
    a.link.close()
    await maker.settle(() => a.downs > 0 && b.downs > 0)
  })

  test(`${maker.name}: a message is from the host at the other end, whatever it says`, async () => {
    const [a, b] = await maker.make()
    const [near, far] = [exposedHost('a'), exposedHost('b')]
    near.host.attach('b', a)
    far.host.attach('a', b)
    far.host.edge.tell(Probe, 'a.w', 'Note', 'b.w')
    far.host.edge.tell(Probe, 'a.w', 'Note', 'c.w')
    for (let i = 0; i < 200 && near.heard.length < 2; i++) {
      await maker.settle(() => near.heard.length === 2)
      await new Promise((next) => setTimeout(next, 5))
    }
    assert.equal(near.heard, ['b.w true', 'c.w false'])
    await Promise.all([near.host.stop(), far.host.stop()])
    await maker.quiet()
  })

  test(`${maker.name}: closed at one end, both hear of it once and nothing is taken`, async () => {
    const [a, b] = await ends()
    b.link.close('on purpose')
    a.link.send(frame(2, 8), 'data')
    await maker.settle(() => a.downs > 0 && b.downs > 0)
    assert.is(a.downs, 1)
    assert.is(b.downs, 1)
    assert.match(b.whys[0] as string, 'on purpose')
    assert.match(a.whys[0] as string, maker.keepsWhy ? /./ : 'on purpose')
    assert.not.ok(a.link.send(frame(1, 8), 'data'))
    assert.not.ok(b.link.send(frame(1, 8), 'data'))
    a.link.close()
    await maker.quiet()
    assert.equal([a.downs, b.downs, a.frames.length, b.frames.length], [1, 1, 0, 0])
  })
}
