// The agent of one host: what it answers, it reads from the host at that moment. It runs on the
// host's own thread, between turns.

import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Host } from '../../../runtime/host.ts'
import type { ActorSnapshot } from '../../../runtime/inspect/host-snapshot.ts'
import type { TappedMessage } from '../../../runtime/inspect/tap.ts'
import { type Ref, ref } from '../../../runtime/ref.ts'
import type { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { ACTOR_SORT_DEFAULT, actorFilter, actorOrder } from '../../inspector/query/actor-query.ts'
import { topRows } from '../../inspector/query/top-rows.ts'
import type {
  ActorView,
  ActReply,
  ActRequest,
  TapReply,
  TapRequest,
} from '../../inspector/snapshot.ts'
import type { ActorsQuery, AgentActors, AgentApi } from './agent-api.ts'
import { CpuProfile } from './cpu-profile.ts'
import { Rates } from './rates.ts'
import { ThreadPauses } from './thread-pauses.ts'

export interface ThreadAgentParts {
  readonly host: Host
  /** The thread's stores by name, those that are open. */
  readonly stores: () => Iterable<readonly [string, LmdbStore]>
}

/** `kind/key`; a key may hold slashes of its own. */
function refOf(id: string): Ref {
  const slash = id.indexOf('/')
  return ref(id.slice(0, slash), id.slice(slash + 1))
}

/** A snapshot's row, with its rate: rows are made anew for each snapshot, so they may be added to. */
type RatedActor = ActorSnapshot & { perSecond: number }

function rated(actor: ActorSnapshot, rates: Rates): RatedActor {
  const row = actor as RatedActor
  row.perSecond = rates.of(actor.id, actor.handled)
  return row
}

function viewOf({ kind: _, key: __, ...actor }: RatedActor): ActorView {
  return actor
}

/** Chosen among all: only the rows that the answer carries are put together. */
function readActors(host: Host, rates: Rates, query: ActorsQuery): AgentActors {
  const filter = actorFilter(query.filter)
  if (!filter.ok) throw new Error(filter.problem)
  const order = actorOrder(query.sort || ACTOR_SORT_DEFAULT)
  if (!order) throw new Error(`no column ${query.sort}`)
  const { actors, total, gone } = host.snapshot()
  const rows = actors.map((actor) => rated(actor, rates))
  rates.done()
  const found = query.filter === '' ? rows : rows.filter((row) => filter.matches(row))
  const best = topRows(found, query.limit, order)
  const also = query.also ? rows.find((row) => row.id === query.also) : undefined
  if (also && !best.includes(also)) best.push(also)
  return { actors: best.map(viewOf), matched: found.length, total, gone }
}

function act(host: Host, { actor, action, dry }: ActRequest): ActReply {
  const target = refOf(actor)
  if (!host.cellOf(target)) return { done: false, consequence: '' }
  // Told before it is done: afterwards it would tell of something else.
  const consequence = host.consequence(target, action)
  return { done: dry ? false : host[action](target), consequence }
}

function tap(host: Host, { actor, max, ms }: TapRequest): Promise<TapReply> {
  const messages: TappedMessage[] = []
  return new Promise((resolve) => {
    const stop = host.tap(
      refOf(actor),
      { max, ms },
      (message) => messages.push(message),
      (ended) => resolve({ messages, ended }),
    )
    if (!stop) resolve({ messages, ended: 'gone' })
  })
}

export function threadAgent({ host, stores }: ThreadAgentParts): AgentApi {
  const profile = new CpuProfile()
  const rates = new Rates()
  const pauses = new ThreadPauses()
  return {
    actors: (query) => readActors(host, rates, query),
    thread() {
      const heap = getHeapStatistics()
      const { active, idle } = performance.eventLoopUtilization()
      return {
        heapUsedBytes: heap.used_heap_size,
        heapTotalBytes: heap.total_heap_size,
        heapLimitBytes: heap.heap_size_limit,
        externalBytes: heap.external_memory,
        busyMs: active,
        idleMs: idle,
        gcPausesUs: pauses.gcUs(),
      }
    },
    loopLagMs: () => pauses.loopLagMs(),
    stores: () => [...stores()].map(([store, lmdb]) => ({ store, ...lmdb.stats() })),
    spans: (trace, max) => host.tracer.spans(trace).slice(-max),
    inspect(id) {
      const state = host.cellOf(refOf(id))?.handlers?.inspect?.()
      return state === undefined ? undefined : JSON.stringify(state, readable)
    },
    act: (request) => act(host, request),
    tap: (request) => tap(host, request),
    startProfile: () => profile.start(),
    stopProfile: () => profile.stop(),
  }
}

/** JSON knows neither wide integers nor bytes. */
function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Uint8Array ? `${value.length} bytes` : value
}
