// All that an inspector's screen is drawn from. Plain values: keys and replies make the next state
// from the present one, views make cells of it.

import type { ActorAction, ActorView, ProcessHead, TapReply, ViewName, Views } from '../snapshot.ts'

export const VIEWS: readonly ViewName[] = ['actors', 'cluster', 'jobs', 'chain', 'storage', 'log']

/** Polls a second that `+` and `-` go through. */
export const RATES: readonly number[] = [0.5, 1, 2, 4, 8]
export const RATE_DEFAULT = 4

/** A process as its endpoint says, before it said anything itself. */
export interface ProcessEndpoint {
  readonly name: string
  readonly nodes: readonly string[]
  readonly url: string
}

export type Heard = { readonly [V in ViewName]?: Views[V] }

export interface ProcessState extends ProcessEndpoint {
  readonly link: 'asked' | 'up' | 'unreachable'
  /** Since when `link` is what it is. */
  readonly since: number
  /** Why it is unreachable. */
  readonly why: string
  /** Number of the request whose answer was taken last, by view; earlier ones come too late. */
  readonly sequences: { readonly [V in ViewName]?: number }
  readonly head: ProcessHead | undefined
  readonly heard: Heard
}

/** How one view is looked at. */
export interface PaneState {
  readonly sort: string
  readonly reverse: boolean
  readonly filter: string
  /** Id of the row, never its place. */
  readonly selected: string | undefined
  readonly scroll: number
}

export interface ActorTarget {
  readonly id: string
  readonly host: string
  readonly process: string
}

/** A question that must be answered before something is done to an actor. */
export interface Dialog {
  readonly target: ActorTarget
  readonly action: ActorAction
  readonly stage: 'asking' | 'confirm' | 'doing' | 'failed'
  /** The server's own words on what it means, or why it could not be done. */
  readonly words: string
}

/** Messages of one actor, listened to for a bounded time. */
export interface Tap {
  readonly target: ActorTarget
  readonly startedAt: number
  readonly reply: TapReply | undefined
  readonly failure: string | undefined
}

export interface Notice {
  readonly text: string
  readonly bad: boolean
  readonly until: number
}

/** What was seen of one actor while it was selected. */
export interface Watched {
  readonly id: string
  readonly depths: readonly number[]
  readonly rates: readonly number[]
  readonly restarts: readonly { readonly at: number; readonly why: string }[]
  /** As it was heard of last, and when (by its process's clock). */
  readonly last: ActorView
  readonly at: number
}

export interface ClusterSample {
  readonly at: number
  /** Cores in use by all processes that answer. */
  readonly cpu: number
  readonly bytesPerSecond: number
  readonly bytesTotal: number
}

/** Series for charts: only what was polled. */
export interface Histories {
  /** By height, the newest last. */
  readonly blocks: readonly {
    readonly height: number
    readonly finalMs: number
    readonly transactions: number
  }[]
  readonly cluster: readonly ClusterSample[]
}

export interface InspectorState {
  readonly cluster: string
  readonly processes: readonly ProcessState[]
  readonly view: ViewName
  readonly panes: Readonly<Record<ViewName, PaneState>>
  readonly now: number
  readonly hz: number
  readonly frozen: boolean
  readonly admin: boolean
  readonly detail: boolean
  readonly help: boolean
  /** The filter as it is being typed. */
  readonly typing: string | undefined
  readonly dialog: Dialog | undefined
  readonly tap: Tap | undefined
  readonly notice: Notice | undefined
  readonly watched: Watched | undefined
  readonly histories: Histories
}

const SORT_DEFAULTS: Readonly<Record<ViewName, string>> = {
  actors: 'depth',
  cluster: 'host',
  jobs: 'inStateMs',
  chain: 'node',
  storage: 'store',
  log: 'at',
}

export function initialState(options: {
  readonly cluster: string
  readonly processes: readonly ProcessEndpoint[]
  readonly now: number
  readonly view?: ViewName
  readonly admin?: boolean
  readonly hz?: number
}): InspectorState {
  const pane = (view: ViewName): PaneState => ({
    sort: SORT_DEFAULTS[view],
    reverse: false,
    filter: '',
    selected: undefined,
    scroll: 0,
  })
  return {
    cluster: options.cluster,
    processes: options.processes.map((endpoint) => asked(endpoint, options.now)),
    view: options.view ?? 'actors',
    panes: {
      actors: pane('actors'),
      cluster: pane('cluster'),
      jobs: pane('jobs'),
      chain: pane('chain'),
      storage: pane('storage'),
      log: pane('log'),
    },
    now: options.now,
    hz: options.hz ?? RATE_DEFAULT,
    frozen: false,
    admin: options.admin ?? false,
    detail: false,
    help: false,
    typing: undefined,
    dialog: undefined,
    tap: undefined,
    notice: undefined,
    watched: undefined,
    histories: { blocks: [], cluster: [] },
  }
}

export function asked(endpoint: ProcessEndpoint, now: number): ProcessState {
  return {
    ...endpoint,
    link: 'asked',
    since: now,
    why: '',
    sequences: {},
    head: undefined,
    heard: {},
  }
}

/** The filter that counts: the one being typed shows its effect at once. */
export function filterOf(state: InspectorState): string {
  return state.typing ?? state.panes[state.view].filter
}

/** Nothing on the screen may move: it is frozen, or a question about an actor is open. */
export function holdsStill(state: InspectorState): boolean {
  return state.frozen || state.dialog !== undefined
}
