// What a host does at one moment, for inspectors and tests. Rows are chosen and sorted here, so
// that a view of ten thousand actors carries only what its screen shows.

import type { Cell } from '../cell.ts'
import type { DeadLetter } from '../failure.ts'
import type { Host } from '../host.ts'
import { handlingOf } from '../metrics/read-counters.ts'
import { refText } from '../ref.ts'

export interface ActorSnapshot {
  readonly kind: string
  readonly key: string
  /** `kind/key`. */
  readonly id: string
  readonly host: string
  readonly parent: string | undefined
  readonly strategy: string
  readonly restart: string
  /** starting, running, paused, parked, restarting or stopped. */
  readonly state: string
  readonly depth: number
  readonly highWater: number
  /** Age of the oldest message that waits. */
  readonly oldestMs: number
  readonly handled: number
  /** Of its kind on this host, in microseconds; undefined before anything was timed. */
  readonly p50Us: number | undefined
  readonly p99Us: number | undefined
  readonly restarts: number
  readonly deadLetters: number
  readonly lastError: string
}

export interface SnapshotQuery {
  readonly filter?: (actor: ActorSnapshot) => boolean
  readonly sort?: (a: ActorSnapshot, b: ActorSnapshot) => number
  readonly limit?: number
}

/** An actor that stopped for good. */
export interface GoneActor {
  readonly id: string
  /** Unix milliseconds. */
  readonly at: number
  readonly why: string
}

export interface HostSnapshot {
  readonly host: string
  readonly actors: ActorSnapshot[]
  /** How many fitted the filter, and how many there are. */
  readonly matched: number
  readonly total: number
  readonly asksOpen: number
  readonly lateReplies: number
  readonly deadLetterCounts: Record<string, number>
  readonly deadLetters: DeadLetter[]
  /** Newest last. */
  readonly gone: GoneActor[]
}

export function stateOf(cell: Cell): string {
  if (cell.state !== 'running') return cell.state
  if (cell.paused) return 'paused'
  return cell.hold === 0 ? 'running' : 'parked'
}

function actorSnapshot(host: Host, cell: Cell, now: number, times: KindTimes): ActorSnapshot {
  const { ref, mailbox } = cell
  const oldest = mailbox.oldestAt()
  return {
    kind: ref.kind,
    key: ref.key,
    id: refText(ref),
    host: host.name,
    parent: cell.parent && refText(cell.parent.ref),
    strategy: cell.strategy,
    restart: cell.actor.restart,
    state: stateOf(cell),
    depth: mailbox.depth,
    highWater: mailbox.highWater,
    oldestMs: oldest === undefined ? 0 : Math.max(0, now - oldest),
    handled: cell.handled,
    ...times(cell),
    restarts: cell.restarts,
    deadLetters: cell.deadLetters,
    lastError: cell.lastError,
  }
}

type KindTimes = (cell: Cell) => Pick<ActorSnapshot, 'p50Us' | 'p99Us'>

/** Read once a kind, however many actors it has. */
function kindTimes(): KindTimes {
  const known = new Map<Float64Array, ReturnType<KindTimes>>()
  return ({ figures }) => {
    let times = known.get(figures)
    if (!times) {
      const { p50, p99 } = handlingOf(figures)
      times = { p50Us: p50, p99Us: p99 }
      known.set(figures, times)
    }
    return times
  }
}

export function hostSnapshot(host: Host, query: SnapshotQuery): HostSnapshot {
  const { filter, sort, limit = Number.POSITIVE_INFINITY } = query
  const now = host.options.clock.now()
  const times = kindTimes()
  const actors: ActorSnapshot[] = []
  let total = 0
  for (const cell of host.routes.all()) {
    total++
    const one = actorSnapshot(host, cell, now, times)
    if (!filter || filter(one)) actors.push(one)
  }
  const matched = actors.length
  if (sort) actors.sort(sort)
  return {
    host: host.name,
    actors: actors.length > limit ? actors.slice(0, limit) : actors,
    matched,
    total,
    asksOpen: host.asks.open,
    lateReplies: host.asks.lateReplies,
    deadLetterCounts: host.deadLetters.counts(),
    deadLetters: host.deadLetters.latest(),
    gone: host.gone.toArray(),
  }
}
