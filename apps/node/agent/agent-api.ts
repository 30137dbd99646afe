// What a thread's agent answers when the process's admin server asks: figures, spans, a look at one
// actor, and the few interventions that an operator may make. Plain data only: it crosses a thread.

import type { HistogramView } from '../../../lib/log2-histogram.ts'
import type { StoreStats } from '../../../storage/lmdb/lmdb-store.ts'
import type {
  ActorView,
  ActReply,
  ActRequest,
  SpanView,
  TapReply,
  TapRequest,
} from '../../inspector/snapshot.ts'

export interface ActorsQuery {
  readonly sort: string
  readonly filter: string
  readonly limit: number
  readonly also?: string
}

export interface AgentActors {
  readonly actors: readonly ActorView[]
  readonly matched: number
  readonly total: number
  readonly gone: readonly { readonly id: string; readonly at: number; readonly why: string }[]
}

export interface AgentThread {
  readonly heapUsedBytes: number
  readonly heapTotalBytes: number
  readonly heapLimitBytes: number
  readonly externalBytes: number
  /** Milliseconds that the event loop was busy and idle since the thread started. */
  readonly busyMs: number
  readonly idleMs: number
  /** Microseconds of every pause of the garbage collector. */
  readonly gcPausesUs: HistogramView
}

export interface AgentStore extends StoreStats {
  readonly store: string
}

export interface AgentApi {
  actors(query: ActorsQuery): AgentActors | Promise<AgentActors>
  thread(): AgentThread | Promise<AgentThread>
  /** How late the event loop was at worst, in milliseconds, since this was last asked. */
  loopLagMs(): number | Promise<number>
  stores(): readonly AgentStore[] | Promise<readonly AgentStore[]>
  spans(trace: string, max: number): readonly SpanView[] | Promise<readonly SpanView[]>
  /** The state summary of one actor as JSON text; undefined when it has none. */
  inspect(actor: string): string | undefined | Promise<string | undefined>
  act(request: ActRequest): ActReply | Promise<ActReply>
  tap(request: TapRequest): Promise<TapReply>
  startProfile(): void | Promise<void>
  /** The profile as JSON text, in the form that browsers' developer tools open. */
  stopProfile(): Promise<string>
}

/** The same calls, each of which ends: with an answer, or rejected in time. */
export type AgentCalls = {
  [N in keyof AgentApi]: (
    ...args: Parameters<AgentApi[N]>
  ) => Promise<Awaited<ReturnType<AgentApi[N]>>>
}
