// What every link must do: carry frames unchanged and in order, each once, both ways, and tell both
// ends when it goes down. Run over memory, thread ports, a real thread and the simulated network.

import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { equalBytes } from '../../lib/bytes.ts'
import type { Lane, Link } from '../../runtime/ports.ts'

export interface LinkMaker {
  readonly name: string
  make(): Promise<[Link, Link]> | [Link, Link]
  /** Lets everything that is under way arrive, until `done` says so or patience ends. */
  settle(done: () => boolean): Promise<void>
  /** Gives what should not happen a moment to happen. */
  quiet(): Promise<void>
  /** The simulated network lets frames of one moment overtake each other, on purpose. */
  readonly ordered: boolean
}

interface End {
  readonly link: Link
  readonly frames: Uint8Array[]
  readonly lanes: Lane[]
  downs: number
}

function listen(link: Link): End {
  const end: End = { link, frames: [], lanes: [], downs: 0 }
  link.onFrame((frame, lane) => {
    end.frames.push(frame.slice())
    end.lanes.push(lane)
  })
  link.onDown(() => end.downs++)
  return end
}

function frame(i: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length).map((_, at) => (i * 31 + at * 7) & 255)
  new DataView(bytes.buffer).setUint32(0, i)
  return bytes
}

const number = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

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

  test(`${maker.name}: closed at one end, both hear of it once and nothing is taken`, async () => {
    const [a, b] = await ends()
    b.link.close()
    await maker.settle(() => a.downs > 0 && b.downs > 0)
    assert.is(a.downs, 1)
    assert.is(b.downs, 1)
    assert.not.ok(a.link.send(frame(1, 8), 'data'))
    assert.not.ok(b.link.send(frame(1, 8), 'data'))
    a.link.close()
    await maker.quiet()
    assert.equal([a.downs, b.downs, a.frames.length, b.frames.length], [1, 1, 0, 0])
  })
}
