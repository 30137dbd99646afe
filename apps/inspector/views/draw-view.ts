// The body of each view: its table in its frame, and what stands beside and below it.

import { filterOf, type InspectorState } from '../state/model.ts'
import { ACTOR_TABLE } from '../tables/actor-table.ts'
import { LINK_TABLE, PROCESS_TABLE, THREAD_TABLE } from '../tables/cluster-tables.ts'
import {
  BLOCK_TABLE,
  CHAIN_TABLE,
  JOB_TABLE,
  LOG_TABLE,
  STORE_TABLE,
} from '../tables/data-tables.ts'
import { type Found, findRows, gather, type Row, type ViewTable } from '../tables/view-table.ts'
import type { Area, Cells } from '../terminal/cells.ts'
import { CONSENSUS_LINES, drawConsensus } from './consensus-lines.ts'
import { drawDetail } from './detail-pane.ts'
import { drawTable, type TableLook } from './draw-table.ts'
import { bytes, count, millis, percent } from './figures.ts'
import type { Layout } from './layout.ts'
import { drawSeries } from './series-box.ts'

type Draw = (cells: Cells, state: InspectorState, at: Layout, found: Found<unknown>) => void

export const DRAW_VIEW: Readonly<Record<InspectorState['view'], Draw>> = {
  actors: drawActors,
  cluster: drawCluster,
  jobs: drawJobs,
  chain: drawChain,
  storage: drawStorage,
  log: drawLog,
}

/** `Actors 24 of 60  sort depth  filter -`: what the table shows, in its frame. */
function titled(
  name: string,
  state: InspectorState,
  columns: readonly { readonly key: string; readonly title: string }[],
  found: Found<unknown>,
): string {
  const { sort, reverse } = state.panes[state.view]
  const filter = filterOf(state).trim()
  const many = filter === '' ? count(found.total) : `${found.matched} of ${count(found.total)}`
  const title = columns.find((column) => column.key === sort)?.title ?? sort
  const sorted = `sort ${title}${reverse ? ' reversed' : ''}`
  return `${name} ${many}   ${sorted}${filter === '' ? '' : `   filter ${filter}`}`
}

function main<Value>(
  cells: Cells,
  state: InspectorState,
  at: Layout,
  table: ViewTable<Value>,
  found: Found<unknown>,
  name: string,
  pinned?: Row<unknown>,
): void {
  const rows = found.rows as readonly Row<Value>[]
  const look: TableLook = { ...state.panes[state.view], pinned }
  const alone = state.detail && at.side === at.body
  if (!alone) {
    drawTable(
      cells,
      cells.box(at.table, titled(name, state, table.columns, found)),
      table,
      rows,
      look,
    )
  }
  if (!state.detail || !at.side) return
  const selected = rows.find((row) => row.id === look.selected)?.value
  drawDetail(cells, at.side, state, table.columns, selected)
}

/** False when the detail pane covers all. */
function rest(state: InspectorState, at: Layout): boolean {
  return !(state.detail && at.side === at.body)
}

function drawActors(cells: Cells, state: InspectorState, at: Layout, found: Found<unknown>): void {
  const { watched, panes } = state
  const selected = panes.actors.selected
  const pinned =
    watched && watched.id === selected
      ? { id: watched.id, process: '', stale: false, value: watched.last }
      : undefined
  main(cells, state, at, ACTOR_TABLE, found, 'Actors', pinned)
}

function drawCluster(cells: Cells, state: InspectorState, at: Layout, found: Found<unknown>): void {
  main(cells, state, at, THREAD_TABLE, found, 'Threads')
  if (at.below && rest(state, at)) {
    const order = { sort: 'from', reverse: false, filter: '' }
    const links = findRows(LINK_TABLE, state.processes, order)
    const box = cells.box(at.below, `Links ${links.total}`)
    if (links.total > 0) drawTable(cells, box, LINK_TABLE, links.rows)
    else cells.text(box.x + 1, box.y, 'no links between hosts')
  }
  if (!at.side || state.detail) return
  const samples = state.histories.cluster
  const processes = Math.min(state.processes.length + 3, Math.floor(at.side.height / 2))
  drawProcesses(cells, { ...at.side, height: processes }, state)
  const left = at.side.height - processes
  const upper = Math.floor(left / 2)
  const y = at.side.y + processes
  drawSeries(
    cells,
    { ...at.side, y, height: upper },
    {
      title: 'CPU of all processes',
      values: samples.map((sample) => sample.cpu),
      text: percent,
    },
  )
  drawSeries(
    cells,
    { ...at.side, y: y + upper, height: left - upper },
    {
      title: 'Links, bytes a second',
      values: samples.map((sample) => sample.bytesPerSecond),
      text: bytes,
    },
  )
}

function drawProcesses(cells: Cells, area: Area, state: InspectorState): void {
  const order = { sort: 'name', reverse: false, filter: '' }
  const { rows } = findRows(PROCESS_TABLE, state.processes, order)
  drawTable(cells, cells.box(area, `Processes ${rows.length}`), PROCESS_TABLE, rows)
}

function drawJobs(cells: Cells, state: InspectorState, at: Layout, found: Found<unknown>): void {
  const counts: Record<string, number> = {}
  for (const { heard } of state.processes) {
    for (const [name, many] of Object.entries(heard.jobs?.counts ?? {})) {
      counts[name] = (counts[name] ?? 0) + many
    }
  }
  const told = Object.entries(counts).map(([name, many]) => `${many} ${name}`)
  main(cells, state, at, JOB_TABLE, found, `Jobs ${told.length ? `(${told.join(', ')})` : ''}`)
}

function drawChain(cells: Cells, state: InspectorState, at: Layout, found: Found<unknown>): void {
  main(cells, state, at, CHAIN_TABLE, found, 'Validators')
  const { blocks } = state.histories
  const finality = {
    title: 'Finality ms, by block',
    values: blocks.map((block) => block.finalMs),
    text: millis,
  }
  const side = state.detail ? undefined : at.side
  if (at.below && rest(state, at)) {
    let area = at.below
    if (area.height >= 6 && drawConsensus(cells, area, state)) {
      area = { ...area, y: area.y + CONSENSUS_LINES, height: area.height - CONSENSUS_LINES }
    }
    if (!side && area.height >= 9) {
      drawSeries(cells, { ...area, height: 5 }, finality)
      area = { ...area, y: area.y + 5, height: area.height - 5 }
    }
    drawBlocks(cells, area, state)
  }
  if (!side) return
  const upper = Math.floor(side.height / 2)
  drawSeries(cells, { ...side, height: upper }, finality)
  drawSeries(
    cells,
    { ...side, y: side.y + upper, height: side.height - upper },
    {
      title: 'Transactions, by block',
      values: blocks.map((block) => block.transactions),
      text: count,
    },
  )
}

function drawBlocks(cells: Cells, area: Area, state: InspectorState): void {
  const order = { sort: 'height', reverse: false, filter: '' }
  const { rows } = findRows(BLOCK_TABLE, state.processes, order)
  const box = cells.box(area, 'Final blocks')
  if (rows.length > 0) drawTable(cells, box, BLOCK_TABLE, rows)
  else cells.text(box.x + 1, box.y, 'no block is final yet')
}

function drawStorage(cells: Cells, state: InspectorState, at: Layout, found: Found<unknown>): void {
  const free = state.processes.flatMap((process) => process.heard.storage?.diskFreeBytes ?? [])
  const disk = free.length > 0 ? `(disk ${bytes(Math.min(...free))} free)` : ''
  main(cells, state, at, STORE_TABLE, found, `Stores ${disk}`)
  if (at.below && rest(state, at)) {
    const order = { sort: 'name', reverse: false, filter: '' }
    const rows = findRows(PROCESS_TABLE, state.processes, order).rows
    drawTable(cells, cells.box(at.below, 'Memory of the processes'), PROCESS_TABLE, rows)
  }
}

function drawLog(cells: Cells, state: InspectorState, at: Layout, found: Found<unknown>): void {
  main(cells, state, at, LOG_TABLE, found, 'Log, newest')
}

/** The main table alone, as it was known last. */
export function drawLastKnown(
  cells: Cells,
  area: Area,
  state: InspectorState,
  found: Found<unknown>,
): void {
  if (area.height < 4 || gather(PROCESS_TABLE, state.processes).length === 0) return
  const at = { body: area, table: area, side: undefined, below: undefined, warning: undefined }
  DRAW_VIEW[state.view](cells, { ...state, detail: false }, { ...at, rows: area.height - 3 }, found)
}
