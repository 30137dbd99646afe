// Where the figures of a host lie in its shared memory. One thread writes, any may read: each
// figure is a 64-bit float of its own, so a reader sees a whole number, if not all of one moment.

/** Bytes of a row's name, UTF-8, ended by zeros. */
export const NAME_BYTES = 64
/** Log2 buckets: bucket i counts values below 2^i units, the last one everything above. */
export const BUCKETS = 32
export const KIND_ROWS = 64
export const LINK_ROWS = 64

/** Float64 indices in the head. */
export const HEAD = {
  version: 0,
  /** Counted up by readers: who reads is known by its growing. */
  readerBeat: 1,
  kinds: 2,
  links: 3,
  lateReplies: 4,
  /** Of all that `delay` counted. */
  delaySumUs: 5,
  /** One per reason, in the order of REASONS. */
  deadLetters: 8,
  /** How much later than planned a timer ran, in microseconds. */
  delay: 24,
} as const

/** Float64 indices in a kind's row, after its name. */
export const KIND = {
  actors: 0,
  depth: 1,
  highWater: 2,
  handled: 3,
  restarts: 4,
  deadLetters: 5,
  /** Of all that `handling` counted. */
  handlingSumUs: 6,
  /** Time in handlers in microseconds; counted only while somebody reads. */
  handling: 8,
} as const

/** Float64 indices in a link's row, after its name. */
export const LINK = {
  framesIn: 0,
  framesOut: 1,
  messagesIn: 2,
  messagesOut: 3,
  bytesIn: 4,
  bytesOut: 5,
  creditsLeft: 6,
  roundTripMs: 7,
  parked: 8,
  /** 1 while it is up, 0.5 while it is suspected, 0 when it is down. */
  up: 9,
  queued: 10,
  /** Pieces of rubbish from the peer, and how often it was quarantined for them. */
  rubbish: 11,
  quarantines: 12,
} as const

export const LAYOUT_VERSION = 1
const HEAD_FLOATS = 64
const KIND_FLOATS = NAME_BYTES / 8 + KIND.handling + BUCKETS
const LINK_FLOATS = NAME_BYTES / 8 + 16

export const COUNTERS_BYTES = 8 * (HEAD_FLOATS + KIND_ROWS * KIND_FLOATS + LINK_ROWS * LINK_FLOATS)

export interface Row {
  readonly name: Uint8Array
  readonly figures: Float64Array
}

function row(buffer: SharedArrayBuffer, start: number, floats: number): Row {
  const figures = floats - NAME_BYTES / 8
  return {
    name: new Uint8Array(buffer, start * 8, NAME_BYTES),
    figures: new Float64Array(buffer, start * 8 + NAME_BYTES, figures),
  }
}

export function headOf(buffer: SharedArrayBuffer): Float64Array {
  return new Float64Array(buffer, 0, HEAD_FLOATS)
}

export function kindRow(buffer: SharedArrayBuffer, index: number): Row {
  return row(buffer, HEAD_FLOATS + index * KIND_FLOATS, KIND_FLOATS)
}

export function linkRow(buffer: SharedArrayBuffer, index: number): Row {
  return row(buffer, HEAD_FLOATS + KIND_ROWS * KIND_FLOATS + index * LINK_FLOATS, LINK_FLOATS)
}

/** The bucket of a value: 0 below 1, i for values from 2^(i-1) up to 2^i. */
export function bucketOf(value: number): number {
  if (value < 1) return 0
  return value >= 2 ** (BUCKETS - 2) ? BUCKETS - 1 : 32 - Math.clz32(value)
}
