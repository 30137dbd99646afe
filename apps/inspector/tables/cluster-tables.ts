// The cluster's parts as tables: threads, the links between hosts, and processes.

import type { LinkView, ThreadView } from '../snapshot.ts'
import type { ProcessState } from '../state/model.ts'
import { STYLE } from '../terminal/style.ts'
import { age, bytes, count, millis, percent } from '../views/figures.ts'
import { type Column, columnFields, type ViewTable, withNode } from './view-table.ts'

const THREAD_STYLES: Readonly<Record<ThreadView['state'], number>> = {
  running: STYLE.green,
  silent: STYLE.red,
  restarting: STYLE.magenta,
  stopped: STYLE.red,
}

const deadLetters = (thread: ThreadView) =>
  Object.values(thread.deadLetters).reduce((sum, value) => sum + value, 0)

const THREADS: readonly Column<ThreadView>[] = [
  { key: 'host', title: 'THREAD', width: 16, grow: 1, priority: 0, text: (t) => t.host },
  {
    key: 'state',
    title: 'STATE',
    width: 10,
    priority: 1,
    text: (thread) => thread.state,
    style: (thread) => THREAD_STYLES[thread.state] ?? STYLE.plain,
  },
  numeric('actors', 'ACTORS', 6, 4, (t) => t.actors, count),
  numeric('cpu', 'CPU', 7, 2, (t) => t.cpu, percent),
  numeric('heapBytes', 'HEAP', 8, 3, (t) => t.heapBytes, bytes),
  numeric('delayP50Ms', 'LAG P50', 7, 7, (t) => t.delayP50Ms, millis),
  numeric('delayP99Ms', 'LAG P99', 7, 5, (t) => t.delayP99Ms, millis),
  numeric('restarts', 'RST', 4, 6, (t) => t.restarts, count, true),
  numeric('dead', 'DEAD', 5, 8, deadLetters, count, true),
]

function numeric<Value>(
  key: string,
  title: string,
  width: number,
  priority: number,
  sort: (value: Value) => number | undefined,
  text: (figure: number) => string,
  bad = false,
): Column<Value> {
  return {
    key,
    title,
    width,
    priority,
    right: true,
    sort,
    text: (value) => {
      const read = sort(value)
      return read === undefined ? '-' : text(read)
    },
    style: (value) => (bad && (sort(value) ?? 0) > 0 ? STYLE.red : STYLE.plain),
  }
}

export const THREAD_TABLE: ViewTable<ThreadView> = {
  columns: THREADS,
  fields: withNode(
    columnFields(THREADS, (key) => (['host', 'state'].includes(key) ? 'text' : 'number')),
    (thread) => thread.host,
  ),
  id: (thread) => thread.host,
  told: (process) => process.heard.cluster?.threads,
}

const LINK_STYLES: Readonly<Record<LinkView['state'], number>> = {
  up: STYLE.green,
  suspect: STYLE.yellow,
  down: STYLE.red,
}

const LINKS: readonly Column<LinkView>[] = [
  { key: 'from', title: 'FROM', width: 14, grow: 1, priority: 0, text: (link) => link.from },
  { key: 'to', title: 'TO', width: 14, grow: 1, priority: 0, text: (link) => link.to },
  { key: 'over', title: 'OVER', width: 8, priority: 6, text: (link) => link.over },
  {
    key: 'state',
    title: 'STATE',
    width: 7,
    priority: 1,
    text: (link) => link.state,
    style: (link) => LINK_STYLES[link.state] ?? STYLE.plain,
  },
  numeric('roundTripMs', 'RTT ms', 7, 2, (link) => link.roundTripMs, millis),
  numeric('bytesOut', 'OUT', 8, 3, (link) => link.bytesOut, bytes),
  numeric('bytesIn', 'IN', 8, 4, (link) => link.bytesIn, bytes),
  numeric('framesOut', 'FR OUT', 7, 9, (link) => link.framesOut, count),
  numeric('framesIn', 'FR IN', 7, 10, (link) => link.framesIn, count),
  numeric('creditsLeft', 'CREDIT', 7, 7, (link) => link.creditsLeft, count),
  numeric('parked', 'PARKED', 6, 5, (link) => link.parked, count, true),
]

export const LINK_TABLE: ViewTable<LinkView> = {
  columns: LINKS,
  fields: columnFields(LINKS, (key) =>
    ['from', 'to', 'over', 'state'].includes(key) ? 'text' : 'number',
  ),
  id: (link) => `${link.from} ${link.to} ${link.over}`,
  told: (process) => process.heard.cluster?.links,
}

const PROCESSES: readonly Column<ProcessState>[] = [
  { key: 'name', title: 'PROCESS', width: 10, grow: 1, priority: 0, text: (p) => p.name },
  { key: 'nodes', title: 'NODES', width: 12, grow: 2, priority: 6, text: (p) => p.nodes.join(' ') },
  {
    key: 'link',
    title: 'STATE',
    width: 11,
    priority: 1,
    text: (process) => process.link,
    style: (process) => (process.link === 'up' ? STYLE.green : STYLE.red),
  },
  numeric('pid', 'PID', 8, 3, (p) => p.head?.pid, String),
  numeric('cpu', 'CPU', 7, 4, (p) => p.head?.cpu, percent),
  numeric('rssBytes', 'MEMORY', 9, 2, (p) => p.head?.rssBytes, bytes),
  numeric('up', 'UP', 7, 5, (p) => (p.head ? p.head.at - p.head.startedAt : undefined), age),
  { key: 'version', title: 'VERSION', width: 9, priority: 7, text: (p) => p.head?.version ?? '-' },
]

export const PROCESS_TABLE: ViewTable<ProcessState> = {
  columns: PROCESSES,
  fields: columnFields(PROCESSES, () => 'text'),
  id: (process) => process.name,
  told: (process) => [process],
}
