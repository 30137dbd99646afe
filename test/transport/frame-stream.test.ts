// Frames through a stream of bytes: whatever their sizes, however the stream is cut and whenever it
// refuses to take more, they come out as they went in.

import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FRAME_BYTES_MAX, TRUNK_BATCH_BYTES, TRUNK_QUEUE_BYTES_MAX } from '../../config/limits.ts'
import { prng } from '../../lib/prng.ts'
import { FrameReader } from '../../transport/libp2p/frame-reader.ts'
import { FrameWriter } from '../../transport/libp2p/frame-writer.ts'

const turn = () => new Promise<void>((next) => setImmediate(next))

const print = (bytes: Uint8Array) => {
  let sum = 1
  for (const byte of bytes) sum = (sum * 31 + byte) >>> 0
  return `${bytes.length}:${sum}`
}

async function roundTrip(seed: string, lengths: readonly number[]): Promise<void> {
  const random = prng(seed)
  const out: string[] = []
  const reader = new FrameReader((frame) => {
    assert.not.ok(Buffer.isBuffer(frame), 'slice of a Buffer copies nothing')
    out.push(print(frame))
  })
  /** Bytes that the stream keeps by reference until it has room again. */
  let kept: Uint8Array[] = []
  const release = () => {
    for (const bytes of kept) {
      for (let at = 0; at < bytes.length; ) {
        const end = at + 1 + random.below(random.chance(0.5) ? 7 : 100_000)
        // As a socket does: a Buffer, overwritten once it was handled.
        const piece = Buffer.from(bytes.subarray(at, end))
        assert.ok(reader.read(piece))
        piece.fill(0xee)
        at = end
      }
    }
    kept = []
  }
  const sink = {
    send: (bytes: Uint8Array) => {
      kept.push(bytes)
      if (random.chance(0.5)) return false
      release()
      return true
    },
  }
  const writer = new FrameWriter(sink, () => {})
  const sent: string[] = []
  for (const length of lengths) {
    const frame = new Uint8Array(length).fill(random.below(256))
    if (length > 0) frame[length - 1] = 1
    const cut = Math.min(length, random.below(5))
    while (!writer.write(frame.subarray(0, cut), frame.subarray(cut))) {
      release()
      writer.resume()
    }
    sent.push(print(frame))
    frame.fill(0xdd)
    if (random.chance(0.3)) await turn()
  }
  for (let i = 0; writer.bytes > 0 || kept.length > 0; i++) {
    assert.ok(i < 1000)
    release()
    writer.resume()
    await turn()
  }
  assert.equal(out, sent)
}

test('frames come out as they went in', async () => {
  const lengths = fc.array(
    fc.oneof(fc.nat(40), fc.nat(5000), fc.integer({ min: 60_000, max: 700_000 })),
    { maxLength: 30 },
  )
  await fc.assert(fc.asyncProperty(fc.string(), lengths, roundTrip), { numRuns: 60 })
})

test('a writer that nobody empties refuses at its bound, but takes any frame when empty', () => {
  const writer = new FrameWriter({ send: () => false }, () => {})
  const empty = new Uint8Array(0)
  writer.resume()
  assert.ok(writer.write(empty, new Uint8Array(FRAME_BYTES_MAX)))
  assert.not.ok(writer.write(empty, new Uint8Array(1)))
  const other = new FrameWriter({ send: () => false }, () => {})
  let taken = 0
  while (other.write(empty, new Uint8Array(1000))) taken += 1000
  // The first batch went to the stream, which took it and asked for a pause.
  assert.ok(taken > TRUNK_QUEUE_BYTES_MAX - 10_000)
  assert.ok(taken < TRUNK_QUEUE_BYTES_MAX + TRUNK_BATCH_BYTES + 10_000)
})

test('a length over the maximum is refused before anything is allocated', () => {
  const reader = new FrameReader(() => assert.unreachable())
  const head = new Uint8Array(4)
  new DataView(head.buffer).setUint32(0, FRAME_BYTES_MAX + 1)
  assert.not.ok(reader.read(head))
  new DataView(head.buffer).setUint32(0, FRAME_BYTES_MAX)
  assert.ok(new FrameReader(() => {}).read(head))
})

test.run()
