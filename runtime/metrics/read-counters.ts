// A host's shared figures as plain objects, read from any thread without disturbing the host.

import {
  BUCKETS,
  HEAD,
  headOf,
  KIND,
  kindRow,
  LAYOUT_VERSION,
  LINK,
  linkRow,
  type Row,
} from './counters-layout.ts'
import { REASONS } from './host-counters.ts'

export interface Histogram {
  /** Values below 2^i units that are not in an earlier bucket. */
  readonly buckets: readonly number[]
  readonly count: number
  /** In units. */
  readonly sum: number
  /** Upper bounds in units; undefined while nothing was counted. */
  readonly p50: number | undefined
  readonly p99: number | undefined
}

export interface KindFigures {
  readonly kind: string
  readonly actors: number
  readonly depth: number
  /** Of the fullest mailbox. */
  readonly highWater: number
  readonly handled: number
  readonly restarts: number
  readonly deadLetters: number
  /** Microseconds. */
  readonly handling: Histogram
}

export interface LinkFigures {
  readonly peer: string
  readonly up: 'up' | 'suspect' | 'down'
  readonly framesIn: number
  readonly framesOut: number
  readonly messagesIn: number
  readonly messagesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly creditsLeft: number
  readonly roundTripMs: number
  readonly parked: number
  readonly queued: number
  readonly rubbish: number
  readonly quarantines: number
}

export interface HostFigures {
  readonly kinds: readonly KindFigures[]
  readonly links: readonly LinkFigures[]
  readonly deadLetters: Readonly<Record<string, number>>
  readonly lateReplies: number
  /** Microseconds that timers ran too late, counted while somebody reads. */
  readonly delay: Histogram
}

function nameOf(row: Row): string {
  const end = row.name.indexOf(0)
  // Copied, because TextDecoder refuses shared memory.
  return new TextDecoder().decode(Uint8Array.from(row.name.subarray(0, end < 0 ? undefined : end)))
}

/** The upper bound of the bucket in which the share of all values ends. */
function quantile(buckets: readonly number[], count: number, share: number): number | undefined {
  if (count === 0) return undefined
  let left = Math.ceil(count * share)
  const index = buckets.findIndex((one) => {
    left -= one
    return left <= 0
  })
  return 2 ** (index < 0 ? BUCKETS - 1 : index)
}

export function histogram(buckets: readonly number[], sum: number): Histogram {
  const count = buckets.reduce((sum, one) => sum + one, 0)
  return {
    buckets,
    count,
    sum,
    p50: quantile(buckets, count, 0.5),
    p99: quantile(buckets, count, 0.99),
  }
}

/** The histogram of handling times in a kind's row. */
export function handlingOf(figures: Float64Array): Histogram {
  const buckets = figures.subarray(KIND.handling, KIND.handling + BUCKETS)
  return histogram([...buckets], figures[KIND.handlingSumUs] as number)
}

function kindFigures(row: Row): KindFigures {
  const of = (figure: number) => row.figures[figure] as number
  return {
    kind: nameOf(row),
    actors: of(KIND.actors),
    depth: of(KIND.depth),
    highWater: of(KIND.highWater),
    handled: of(KIND.handled),
    restarts: of(KIND.restarts),
    deadLetters: of(KIND.deadLetters),
    handling: handlingOf(row.figures),
  }
}

function linkFigures(row: Row): LinkFigures {
  const of = (figure: number) => row.figures[figure] as number
  const up = of(LINK.up)
  return {
    peer: nameOf(row),
    up: up === 1 ? 'up' : up === 0 ? 'down' : 'suspect',
    framesIn: of(LINK.framesIn),
    framesOut: of(LINK.framesOut),
    messagesIn: of(LINK.messagesIn),
    messagesOut: of(LINK.messagesOut),
    bytesIn: of(LINK.bytesIn),
    bytesOut: of(LINK.bytesOut),
    creditsLeft: of(LINK.creditsLeft),
    roundTripMs: of(LINK.roundTripMs),
    parked: of(LINK.parked),
    queued: of(LINK.queued),
    rubbish: of(LINK.rubbish),
    quarantines: of(LINK.quarantines),
  }
}

export function readCounters(buffer: SharedArrayBuffer): HostFigures {
  const head = headOf(buffer)
  if (head[HEAD.version] !== LAYOUT_VERSION) return emptyFigures()
  const rows = (count: number, place: (buffer: SharedArrayBuffer, index: number) => Row) =>
    Array.from({ length: count }, (_, index) => place(buffer, index))
  return {
    kinds: rows(head[HEAD.kinds] as number, kindRow).map(kindFigures),
    links: rows(head[HEAD.links] as number, linkRow).map(linkFigures),
    deadLetters: Object.fromEntries(
      REASONS.map((reason, i) => [reason, head[HEAD.deadLetters + i] as number]),
    ),
    lateReplies: head[HEAD.lateReplies] as number,
    delay: histogram(
      [...head.subarray(HEAD.delay, HEAD.delay + BUCKETS)],
      head[HEAD.delaySumUs] as number,
    ),
  }
}

/** Of a host that has not started yet. */
function emptyFigures(): HostFigures {
  return { kinds: [], links: [], deadLetters: {}, lateReplies: 0, delay: histogram([], 0) }
}
