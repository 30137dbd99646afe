// The figures of one host in shared memory: written where things happen with plain stores, read by
// other threads without asking this one. What needs a clock is counted only while somebody reads.

import { METRICS_READER_MS } from '../../config/limits.ts'
import type { DeadLetter } from '../failure.ts'
import {
  bucketOf,
  COUNTERS_BYTES,
  HEAD,
  headOf,
  KIND,
  KIND_ROWS,
  kindRow,
  LAYOUT_VERSION,
  LINK_ROWS,
  linkRow,
  NAME_BYTES,
  type Row,
} from './counters-layout.ts'

export const REASONS: readonly DeadLetter['reason'][] = [
  'expired',
  'rejected',
  'no-such-actor',
  'undecodable',
  'failed',
  'stopped',
  'node-down',
  'mailbox-full',
]

/** Kinds and links beyond the rows there are share the last row. */
const OTHERS = 'others'

export function newCounters(): SharedArrayBuffer {
  return new SharedArrayBuffer(COUNTERS_BYTES)
}

/** Says that somebody reads, for METRICS_READER_MS from the host's next turn on. */
export function markReader(buffer: SharedArrayBuffer): void {
  const head = headOf(buffer)
  head[HEAD.readerBeat] = (head[HEAD.readerBeat] as number) + 1
}

export class HostCounters {
  readonly buffer: SharedArrayBuffer
  readonly head: Float64Array
  private readonly kinds = new Map<string, Float64Array>()
  private readonly links = new Map<string, Float64Array>()
  private beat = 0
  private readUntil = Number.NEGATIVE_INFINITY

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.head = headOf(buffer)
    this.head.fill(0)
    this.head[HEAD.version] = LAYOUT_VERSION
  }

  /** Whether somebody reads; `now` on the host's clock. */
  isRead(now: number): boolean {
    const beat = this.head[HEAD.readerBeat] as number
    if (beat !== this.beat) {
      this.beat = beat
      this.readUntil = now + METRICS_READER_MS
    }
    return now < this.readUntil
  }

  kind(name: string): Float64Array {
    return this.row(this.kinds, name, KIND_ROWS, HEAD.kinds, kindRow)
  }

  /** The row of the link to a host, the same again when it comes back. */
  link(peer: string): Float64Array {
    return this.row(this.links, peer, LINK_ROWS, HEAD.links, linkRow)
  }

  deadLetter(reason: DeadLetter['reason']): void {
    const at = HEAD.deadLetters + REASONS.indexOf(reason)
    this.head[at] = (this.head[at] as number) + 1
  }

  lateReply(): void {
    this.head[HEAD.lateReplies] = (this.head[HEAD.lateReplies] as number) + 1
  }

  delayed(us: number): void {
    const at = HEAD.delay + bucketOf(us)
    this.head[at] = (this.head[at] as number) + 1
    this.head[HEAD.delaySumUs] = (this.head[HEAD.delaySumUs] as number) + us
  }

  private row(
    rows: Map<string, Float64Array>,
    name: string,
    most: number,
    count: number,
    place: (buffer: SharedArrayBuffer, index: number) => Row,
  ): Float64Array {
    const known = rows.get(name)
    if (known) return known
    const others = rows.size >= most - 1
    const taken = others ? rows.get(OTHERS) : undefined
    if (taken) return taken
    const row = place(this.buffer, rows.size)
    row.name.fill(0)
    row.figures.fill(0)
    const text = new TextEncoder().encode(others ? OTHERS : name)
    row.name.set(text.subarray(0, NAME_BYTES - 1))
    rows.set(others ? OTHERS : name, row.figures)
    // Published last: a reader never sees a row without its name.
    this.head[count] = rows.size
    return row.figures
  }
}

/** Adds to a figure of a row. */
export function count(row: Float64Array, figure: number, by: number): void {
  row[figure] = (row[figure] as number) + by
}

export function handlingTook(row: Float64Array, us: number): void {
  count(row, KIND.handling + bucketOf(us), 1)
  count(row, KIND.handlingSumUs, us)
}
