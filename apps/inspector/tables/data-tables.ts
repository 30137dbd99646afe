// Jobs, validators, blocks, stores and log lines as tables.

import type { ChainNodeView, ChainView, JobView, LogEntry, StoreView } from '../snapshot.ts'
import { STYLE } from '../terminal/style.ts'
import { age, bytes, clock, count, millis, percent } from '../views/figures.ts'
import { type Column, columnFields, type ViewTable, withNode } from './view-table.ts'

const JOB_STYLES: Readonly<Record<string, number>> = {
  completed: STYLE.green,
  settled: STYLE.green,
  running: STYLE.cyan,
  failed: STYLE.red,
  refunded: STYLE.yellow,
  cancelled: STYLE.yellow,
}

const JOBS: readonly Column<JobView>[] = [
  { key: 'id', title: 'JOB', width: 14, grow: 1, priority: 0, text: (job) => job.id },
  {
    key: 'state',
    title: 'STATE',
    width: 10,
    priority: 1,
    text: (job) => job.state,
    style: (job) => JOB_STYLES[job.state] ?? STYLE.plain,
  },
  {
    key: 'inStateMs',
    title: 'IN STATE',
    width: 8,
    priority: 2,
    right: true,
    text: (job) => age(job.inStateMs),
    sort: (job) => job.inStateMs,
  },
  {
    key: 'ageMs',
    title: 'AGE',
    width: 7,
    priority: 5,
    right: true,
    text: (job) => age(job.ageMs),
    sort: (job) => job.ageMs,
  },
  { key: 'model', title: 'MODEL', width: 12, grow: 1, priority: 3, text: (job) => job.model },
  {
    key: 'provider',
    title: 'PROVIDER',
    width: 12,
    grow: 1,
    priority: 6,
    text: (job) => job.provider ?? '-',
  },
  { key: 'reason', title: 'WHY', width: 14, grow: 3, priority: 4, text: (job) => job.reason },
]

export const JOB_TABLE: ViewTable<JobView> = {
  columns: JOBS,
  fields: columnFields(JOBS, (key) => (key.endsWith('Ms') ? 'number' : 'text')),
  id: (job) => job.id,
  told: (process) => process.heard.jobs?.jobs,
}

const CHAIN: readonly Column<ChainNodeView>[] = [
  { key: 'node', title: 'NODE', width: 10, priority: 0, text: (node) => node.node },
  {
    key: 'height',
    title: 'HEIGHT',
    width: 8,
    priority: 1,
    right: true,
    text: (node) => String(node.height),
    sort: (node) => node.height,
  },
  { key: 'mode', title: 'MODE', width: 9, priority: 4, text: (node) => node.mode },
  {
    key: 'view',
    title: 'VIEW',
    width: 5,
    priority: 6,
    right: true,
    text: (node) => count(node.view),
    sort: (node) => node.view,
  },
  {
    key: 'headAgeMs',
    title: 'HEAD AGE',
    width: 8,
    priority: 3,
    right: true,
    text: (node) => age(node.headAgeMs),
    sort: (node) => node.headAgeMs,
  },
  {
    key: 'mempool',
    title: 'MEMPOOL',
    width: 7,
    priority: 5,
    right: true,
    text: (node) => count(node.mempool),
    sort: (node) => node.mempool,
  },
  { key: 'block', title: 'BLOCK', width: 12, grow: 1, priority: 2, text: (node) => node.blockHash },
  { key: 'root', title: 'STATE ROOT', width: 12, grow: 1, priority: 7, text: (n) => n.stateRoot },
]

export const CHAIN_TABLE: ViewTable<ChainNodeView> = {
  columns: CHAIN,
  fields: columnFields(CHAIN, (key) =>
    ['height', 'view', 'headAgeMs', 'mempool'].includes(key) ? 'number' : 'text',
  ),
  id: (node) => node.node,
  told: (process) => process.heard.chain?.validators,
}

type Block = ChainView['blocks'][number]

const BLOCKS: readonly Column<Block>[] = [
  {
    key: 'height',
    title: 'HEIGHT',
    width: 8,
    priority: 0,
    right: true,
    text: (block) => String(block.height),
    sort: (block) => block.height,
  },
  {
    key: 'transactions',
    title: 'TXS',
    width: 6,
    priority: 1,
    right: true,
    text: (block) => count(block.transactions),
    sort: (block) => block.transactions,
  },
  {
    key: 'finalMs',
    title: 'FINAL ms',
    width: 8,
    priority: 1,
    right: true,
    text: (block) => millis(block.finalMs),
    sort: (block) => block.finalMs,
  },
  { key: 'hash', title: 'HASH', width: 10, grow: 1, priority: 2, text: (block) => block.hash },
]

export const BLOCK_TABLE: ViewTable<Block> = {
  columns: BLOCKS,
  fields: columnFields(BLOCKS, (key) => (key === 'hash' ? 'text' : 'number')),
  id: (block) => String(block.height),
  told: (process) => process.heard.chain?.blocks,
}

const used = (store: StoreView) => store.usedBytes / store.mapBytes

const STORES: readonly Column<StoreView>[] = [
  { key: 'node', title: 'NODE', width: 10, priority: 1, text: (store) => store.node },
  { key: 'store', title: 'STORE', width: 14, grow: 1, priority: 0, text: (store) => store.store },
  storeFigure('usedBytes', 'USED', 9, 2, (store) => store.usedBytes, bytes),
  storeFigure('mapBytes', 'MAP', 9, 6, (store) => store.mapBytes, bytes),
  storeFigure('full', 'FULL', 6, 3, used, percent, (share) => share > 0.8),
  storeFigure('rows', 'ROWS', 8, 4, (store) => store.rows, count),
  storeFigure('readers', 'READERS', 7, 8, (store) => store.readers, count),
  storeFigure('commits', 'COMMITS', 8, 7, (store) => store.commits, count),
  storeFigure('commitP50Ms', 'P50 ms', 7, 9, (store) => store.commitP50Ms, millis),
  storeFigure('commitP99Ms', 'P99 ms', 7, 5, (store) => store.commitP99Ms, millis),
]

function storeFigure(
  key: string,
  title: string,
  width: number,
  priority: number,
  sort: (store: StoreView) => number | undefined,
  text: (figure: number) => string,
  bad: (figure: number) => boolean = () => false,
): Column<StoreView> {
  const shown = (store: StoreView) => {
    const figure = sort(store)
    return figure === undefined ? '-' : text(figure)
  }
  const style = (store: StoreView) => (bad(sort(store) ?? 0) ? STYLE.red : STYLE.plain)
  return { key, title, width, priority, right: true, sort, text: shown, style }
}

export const STORE_TABLE: ViewTable<StoreView> = {
  columns: STORES,
  fields: columnFields(STORES, (key) => (['node', 'store'].includes(key) ? 'text' : 'number')),
  id: (store) => `${store.node} ${store.store}`,
  told: (process) => process.heard.storage?.stores,
}

const LEVELS: Readonly<Record<LogEntry['level'], number>> = {
  debug: STYLE.dim,
  info: STYLE.plain,
  warn: STYLE.yellow,
  error: STYLE.red,
}

const LOG: readonly Column<LogEntry>[] = [
  {
    key: 'at',
    title: 'TIME (UTC)',
    width: 12,
    priority: 2,
    text: (entry) => clock(entry.at),
    sort: (entry) => entry.at,
    style: () => STYLE.dim,
  },
  {
    key: 'level',
    title: 'LEVEL',
    width: 5,
    priority: 3,
    text: (entry) => entry.level,
    style: (entry) => LEVELS[entry.level] ?? STYLE.plain,
  },
  { key: 'host', title: 'HOST', width: 14, priority: 4, text: (entry) => entry.host },
  { key: 'actor', title: 'ACTOR', width: 18, priority: 5, text: (entry) => entry.actor ?? '' },
  {
    key: 'event',
    title: 'EVENT',
    width: 20,
    grow: 1,
    priority: 0,
    text: (entry) => entry.event,
    style: (entry) => LEVELS[entry.level] ?? STYLE.plain,
  },
  { key: 'fields', title: 'FIELDS', width: 16, grow: 2, priority: 1, text: (e) => e.fields },
]

export const LOG_TABLE: ViewTable<LogEntry> = {
  columns: LOG,
  fields: withNode(
    columnFields(LOG, (key) => (key === 'at' ? 'number' : 'text')),
    (entry) => entry.host,
  ),
  id: (e) => `${e.at} ${e.host} ${e.actor ?? ''} ${e.event} ${e.fields}`,
  told: (process) => process.heard.log?.entries,
}
