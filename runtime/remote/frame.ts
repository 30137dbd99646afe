// The form of what travels on a link. A frame is a head (its number in its lane, and the lane's
// totals up to and with it) and items; what is in an item is msgpack. Totals let credits recover
// from losses.

import type { Reader } from '../../lib/msgpack/reader.ts'
import type { Writer } from '../../lib/msgpack/writer.ts'
import type { FailureReason } from '../failure.ts'
import type { Lane } from '../ports.ts'

/** Changes whenever two hosts could misunderstand each other. */
export const PROTOCOL_VERSION = 1

/** First bytes of a frame and of a greeting. */
export const FRAME = 0xa7
export const HELLO = 0xa8

/** Forms of items, in the low four bits. */
export const MESSAGE = 0
export const REPLY = 1
export const FAILURE = 2
export const WATCH = 3
export const WATCHED = 4
export const END_HEARD = 5
export const STOPPED = 6
export const FAILED = 7
export const CREDIT = 8
export const DEFINED = 9
export const PING = 10
export const PONG = 11

/** What a message carries, in the high four bits. */
export const WITH_ASK = 0x10
export const WITH_DEADLINE = 0x20
export const WITH_CAUSE = 0x40
export const WITH_TARGET = 0x80

export const LANES: readonly Lane[] = ['control', 'data']

/** In the order of their numbers on the wire. */
export const REASONS: readonly FailureReason[] = [
  'expired',
  'rejected',
  'no-such-actor',
  'undecodable',
  'failed',
  'stopped',
  'node-down',
]

export const DETAIL_MAX = 512
export const KIND_MAX = 64
export const TEXT_MAX = 256
export const HEAD_BYTES = 25

export interface FrameHead {
  readonly seq: number
  /** Messages and bytes of this lane, with this frame. */
  readonly messages: number
  readonly bytes: number
}

/** Fills in the head that was left free at the start of a frame. */
export function writeHead(writer: Writer, seq: number, messages: number, bytes: number): void {
  const { view } = writer
  view.setUint8(0, FRAME)
  view.setFloat64(1, seq)
  view.setFloat64(9, messages)
  view.setFloat64(17, bytes)
}

/** Throws SchemaError. */
export function readHead(reader: Reader): FrameHead {
  if (reader.u8() !== FRAME) reader.fail('a frame')
  return { seq: readCount(reader), messages: readCount(reader), bytes: readCount(reader) }
}

function readCount(reader: Reader): number {
  const count = reader.float64()
  if (!Number.isSafeInteger(count) || count < 0) reader.fail('a count')
  return count
}
