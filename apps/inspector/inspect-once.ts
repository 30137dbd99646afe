// One look at a cluster: every process is asked once, then the frame is drawn as plain text.

import { Poller } from './poll/poller.ts'
import { HEADER_QUERY, screenQuery } from './query/screen-query.ts'
import type { ViewName } from './snapshot.ts'
import { type InspectorState, initialState, type ProcessEndpoint } from './state/model.ts'
import { answered, failed } from './state/replies.ts'
import { withPane } from './state/selection.ts'
import { viewRows } from './tables/view-rows.ts'
import type { Size } from './terminal/cells.ts'
import { frame, rowsWanted } from './views/frame.ts'

export interface OnceOptions {
  readonly cluster: string
  readonly processes: readonly ProcessEndpoint[]
  readonly view: ViewName
  readonly size: Size
  readonly wanted: Wanted
}

export interface Wanted {
  readonly filter?: string | undefined
  /** A column; with a `-` before it the other way round. */
  readonly sort?: string | undefined
}

/** The state whose view is filtered and sorted like that. */
export function ordered(state: InspectorState, { filter = '', sort }: Wanted): InspectorState {
  if (sort === undefined) return withPane(state, { filter })
  return withPane(state, { filter, sort: sort.replace(/^-/, ''), reverse: sort.startsWith('-') })
}

export async function inspectOnce(options: OnceOptions): Promise<InspectorState> {
  const { cluster, processes, view, size } = options
  const first = initialState({ cluster, processes, now: Date.now(), view })
  let state = ordered(first, options.wanted)
  let number = 0
  const poller = new Poller(
    {
      answered: (answer, snapshot) => {
        state = answered(state, answer, snapshot, Date.now())
      },
      failed: (answer, why) => {
        state = failed(state, answer, why, Date.now())
      },
    },
    () => ++number,
  )
  await poller.poll(processes, screenQuery(state, size), false)
  const reached = state.processes.filter((process) => process.link === 'up')
  if (view !== 'chain') await poller.poll(reached, HEADER_QUERY, false)
  poller.stop()
  return { ...state, now: Date.now() }
}

export function onceLines(state: InspectorState, size: Size): string[] {
  return frame(state, size).lines()
}

/** What --json prints: every process and the merged rows, in the order of the screen. */
export function onceDocument(state: InspectorState, size: Size): object {
  const { rows, matched, total } = viewRows(state, rowsWanted(state, size))
  return {
    view: state.view,
    at: state.now,
    processes: state.processes.map(({ name, nodes, url, link, why, head, heard }) => ({
      name,
      nodes,
      url,
      state: link,
      ...(why === '' ? {} : { why }),
      head: head ?? null,
      body: heard[state.view] ?? null,
    })),
    matched,
    total,
    rows: rows.map(({ process, value }) => ({ process, ...(value as object) })),
  }
}
