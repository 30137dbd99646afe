// The next state after a process answered, or did not. Answers carry the number of their request:
// one that was overtaken by a later answer is dropped.

import type { ActorsView, ClusterView, ProcessHead, Snapshot, ViewName } from '../snapshot.ts'
import {
  asked,
  type ClusterSample,
  type Histories,
  type InspectorState,
  type ProcessEndpoint,
  type ProcessState,
  type Watched,
} from './model.ts'

/** Samples kept for a chart: two a cell on the widest screen. */
const SAMPLES_MAX = 400
const RESTARTS_MAX = 20

export interface Answer {
  readonly process: string
  readonly view: ViewName
  readonly sequence: number
}

function changed(
  state: InspectorState,
  name: string,
  change: (process: ProcessState) => ProcessState,
): InspectorState {
  const processes = state.processes.map((process) =>
    process.name === name ? change(process) : process,
  )
  return { ...state, processes }
}

/** A failure is late as well when anything that was asked after it has been answered. */
function late(state: InspectorState, answer: Answer, failure: boolean): boolean {
  const known = state.processes.find(({ name }) => name === answer.process)
  if (!known) return true
  const { sequences } = known
  const taken = failure ? Math.max(0, ...Object.values(sequences)) : sequences[answer.view]
  return answer.sequence <= (taken ?? 0)
}

export function answered(
  state: InspectorState,
  answer: Answer,
  snapshot: Snapshot,
  now: number,
): InspectorState {
  if (late(state, answer, false)) return state
  const next = changed(state, answer.process, (process) => ({
    ...process,
    nodes: snapshot.head.nodes.length > 0 ? snapshot.head.nodes : process.nodes,
    link: 'up',
    since: process.link === 'up' ? process.since : now,
    why: '',
    sequences: { ...process.sequences, [answer.view]: answer.sequence },
    head: snapshot.head,
    heard: { ...process.heard, [snapshot.view]: snapshot.body },
  }))
  switch (snapshot.view) {
    case 'actors':
      return watch(next, snapshot.body as ActorsView, snapshot.head.at)
    case 'chain':
      return { ...next, histories: withBlocks(next) }
    default:
      return next
  }
}

export function failed(
  state: InspectorState,
  answer: Answer,
  why: string,
  now: number,
): InspectorState {
  if (late(state, answer, true)) return state
  return changed(state, answer.process, (process) => ({
    ...process,
    link: 'unreachable',
    since: process.link === 'unreachable' ? process.since : now,
    why,
    sequences: { ...process.sequences, [answer.view]: answer.sequence },
  }))
}

/** Processes come, go and move to another port; what is known of one stays with its name. */
export function located(
  state: InspectorState,
  endpoints: readonly ProcessEndpoint[],
  now: number,
): InspectorState {
  const processes = endpoints.map((endpoint) => {
    const known = state.processes.find((process) => process.name === endpoint.name)
    if (!known) return asked(endpoint, now)
    return { ...known, url: endpoint.url }
  })
  return { ...state, processes }
}

/** What the selected actor does, poll by poll; its restarts with the error that came with them. */
function watch(state: InspectorState, body: ActorsView, now: number): InspectorState {
  const id = state.panes.actors.selected
  const actor = body.actors.find((row) => row.id === id)
  if (id === undefined || !actor) return state
  const before: Watched =
    state.watched?.id === id
      ? state.watched
      : { id, depths: [], rates: [], restarts: [], last: actor, at: now }
  const restarted = actor.restarts > before.last.restarts
  const restarts = restarted
    ? [...before.restarts, { at: now, why: actor.lastError }].slice(-RESTARTS_MAX)
    : before.restarts
  const watched = {
    id,
    depths: [...before.depths, actor.depth].slice(-SAMPLES_MAX),
    rates: [...before.rates, actor.perSecond].slice(-SAMPLES_MAX),
    restarts,
    last: actor,
    at: now,
  }
  return { ...state, watched }
}

/** Blocks are known by their height; several processes tell the same ones. */
function withBlocks(state: InspectorState): Histories {
  const { histories } = state
  const newest = histories.blocks.at(-1)?.height ?? -1
  const heights = new Map(
    state.processes
      .flatMap((process) => process.heard.chain?.blocks ?? [])
      .filter((block) => block.height > newest)
      .map((block) => [block.height, block]),
  )
  if (heights.size === 0) return histories
  const fresh = [...heights.values()].sort((a, b) => a.height - b.height)
  return { ...histories, blocks: [...histories.blocks, ...fresh].slice(-SAMPLES_MAX) }
}

function bytesOf(view: ClusterView | undefined): number {
  return (view?.links ?? []).reduce((sum, link) => sum + link.bytesOut, 0)
}

/** One sample of the cluster, taken once a poll, after the processes had their time to answer. */
export function sampled(state: InspectorState, now: number): InspectorState {
  const up = state.processes.filter((process) => process.link === 'up')
  if (up.length === 0 || state.view !== 'cluster') return state
  const cpu = up.reduce((sum, { head }) => sum + ((head as ProcessHead | undefined)?.cpu ?? 0), 0)
  const bytesTotal = up.reduce((sum, { heard }) => sum + bytesOf(heard.cluster), 0)
  const before = state.histories.cluster.at(-1)
  const seconds = before ? (now - before.at) / 1000 : 0
  const grown = before ? Math.max(0, bytesTotal - before.bytesTotal) : 0
  const bytesPerSecond = seconds > 0 ? grown / seconds : 0
  const sample: ClusterSample = { at: now, cpu, bytesPerSecond, bytesTotal }
  const cluster = [...state.histories.cluster, sample].slice(-SAMPLES_MAX)
  return { ...state, histories: { ...state.histories, cluster } }
}
