// What a process’s admin server tells an inspector: plain JSON, one document a view. Durations are
// milliseconds, sizes bytes, times Unix milliseconds. Rows are chosen, sorted and limited at the
// server, so that a view of ten thousand actors costs what its screen shows.

import type { TapEnd, TappedMessage } from '../../runtime/inspect/tap.ts'
import type { ChainFacts } from '../node/chain-facts.ts'

export type ViewName = 'actors' | 'cluster' | 'jobs' | 'chain' | 'storage' | 'log'

/** Comes with every view. */
export interface ProcessHead {
  readonly process: string
  readonly nodes: readonly string[]
  readonly pid: number
  readonly version: string
  readonly startedAt: number
  readonly at: number
  readonly rssBytes: number
  /** Share of one core over the last second; may exceed 1. */
  readonly cpu: number
}

export interface ActorView {
  /** `kind/key`; unique in the cluster. */
  readonly id: string
  readonly host: string
  readonly parent: string | undefined
  readonly strategy: string
  readonly restart: string
  readonly state: string
  readonly depth: number
  readonly highWater: number
  /** Age of the oldest message that waits. */
  readonly oldestMs: number
  readonly handled: number
  readonly perSecond: number
  /** Of the actor's kind on its host; undefined before anything was timed. */
  readonly p50Us: number | undefined
  readonly p99Us: number | undefined
  readonly restarts: number
  readonly deadLetters: number
  readonly lastError: string
}

export interface ActorsView {
  readonly actors: readonly ActorView[]
  /** How many matched the filter, and how many there are. */
  readonly matched: number
  readonly total: number
  /** Actors that stopped for good, newest last. */
  readonly gone: readonly { readonly id: string; readonly at: number; readonly why: string }[]
}

export interface ThreadView {
  readonly host: string
  readonly node: string
  readonly state: 'running' | 'silent' | 'restarting' | 'stopped'
  readonly actors: number
  readonly heapBytes: number
  readonly delayP50Ms: number | undefined
  readonly delayP99Ms: number | undefined
  readonly cpu: number
  readonly restarts: number
  readonly deadLetters: Readonly<Record<string, number>>
}

export interface LinkView {
  readonly from: string
  readonly to: string
  readonly over: string
  readonly state: 'up' | 'suspect' | 'down'
  readonly roundTripMs: number | undefined
  readonly framesIn: number
  readonly framesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly creditsLeft: number
  readonly parked: number
}

export interface ClusterView {
  readonly threads: readonly ThreadView[]
  readonly links: readonly LinkView[]
}

export interface JobView {
  readonly id: string
  readonly state: string
  readonly model: string
  readonly provider: string | undefined
  readonly ageMs: number
  /** Time in the present state. */
  readonly inStateMs: number
  /** Why it waits or how it ended. */
  readonly reason: string
  /** The trace of its submission: `aitbc trace` draws it. */
  readonly trace?: string | undefined
}

export interface JobsView {
  readonly jobs: readonly JobView[]
  readonly counts: Readonly<Record<string, number>>
}

export interface ChainNodeView {
  readonly node: string
  readonly height: number
  readonly blockHash: string
  readonly stateRoot: string
  readonly mode: string
  readonly view: number
  readonly headAgeMs: number
  readonly mempool: number
  /** Absent from nodes of an earlier version. */
  readonly facts?: ChainFacts
}

export interface ChainView {
  readonly validators: readonly ChainNodeView[]
  readonly finalityMs: { readonly p50: number | undefined; readonly p99: number | undefined }
  /** Final blocks, newest first. */
  readonly blocks: readonly {
    readonly height: number
    readonly hash: string
    readonly transactions: number
    readonly finalMs: number
  }[]
}

export interface StoreView {
  readonly node: string
  readonly store: string
  readonly usedBytes: number
  readonly mapBytes: number
  readonly rows: number
  readonly readers: number
  readonly commits: number
  readonly commitP50Ms: number | undefined
  readonly commitP99Ms: number | undefined
}

export interface StorageView {
  readonly stores: readonly StoreView[]
  readonly diskFreeBytes: number
}

export interface LogEntry {
  readonly at: number
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly host: string
  readonly actor: string | undefined
  readonly event: string
  readonly fields: string
}

export interface LogView {
  readonly entries: readonly LogEntry[]
}

export interface Views {
  readonly actors: ActorsView
  readonly cluster: ClusterView
  readonly jobs: JobsView
  readonly chain: ChainView
  readonly storage: StorageView
  readonly log: LogView
}

export interface Snapshot<V extends ViewName = ViewName> {
  readonly head: ProcessHead
  readonly view: V
  readonly body: Views[V]
}

export type ActorAction = 'pause' | 'resume' | 'restart' | 'kill'

/** `POST /inspector/act`; with `dry` only the consequence is told. */
export interface ActRequest {
  readonly host: string
  readonly actor: string
  readonly action: ActorAction
  readonly dry?: boolean
}

export interface ActReply {
  readonly done: boolean
  /** What it means: who restarts, what is kept and what is lost. */
  readonly consequence: string
}

/** `POST /inspector/tap`: messages of one actor until `max` or `ms`, whichever is first. */
export interface TapRequest {
  readonly host: string
  readonly actor: string
  readonly max: number
  readonly ms: number
}

export interface TapReply {
  readonly messages: readonly TappedMessage[]
  readonly ended: TapEnd
}

/** `GET /inspector/trace?trace=ID`. */
export interface SpanView {
  readonly trace: string
  readonly span: string
  readonly parent: string | undefined
  readonly name: string
  readonly actor: string
  readonly host: string
  readonly startMs: number
  readonly ms: number
}

export interface TraceDocument {
  readonly trace: string
  readonly spans: readonly SpanView[]
  /** Hosts of this process that did not answer in time. */
  readonly silent: readonly string[]
}
