// Actors of all processes: rows come chosen and sorted from each server and are merged by the same
// order here; counts are the servers' own.

import { ACTOR_SORTS, actorFields, actorFilter, actorOrder } from '../query/actor-query.ts'
import type { ActorView } from '../snapshot.ts'
import type { ProcessState } from '../state/model.ts'
import { STYLE } from '../terminal/style.ts'
import { age, count, millis, rate } from '../views/figures.ts'
import { type Column, type Found, gather, type Order, type ViewTable } from './view-table.ts'

const STATES: Readonly<Record<string, number>> = {
  running: STYLE.green,
  starting: STYLE.cyan,
  paused: STYLE.yellow,
  parked: STYLE.yellow,
  restarting: STYLE.magenta,
  stopped: STYLE.red,
}

export function stateStyle(state: string): number {
  return STATES[state] ?? STYLE.plain
}

const red = (bad: boolean) => (bad ? STYLE.red : STYLE.plain)

type Actors = Column<ActorView>

const figure = (
  key: string,
  title: string,
  width: number,
  priority: number,
  text: (actor: ActorView) => string,
  style?: (actor: ActorView) => number,
): Actors => ({
  key,
  title,
  width,
  priority,
  right: true,
  text,
  sort: ACTOR_SORTS[key] as (actor: ActorView) => number | undefined,
  ...(style ? { style } : {}),
})

const COLUMNS: readonly Actors[] = [
  { key: 'id', title: 'ACTOR', width: 20, grow: 3, priority: 0, text: (actor) => actor.id },
  { key: 'host', title: 'HOST', width: 14, grow: 1, priority: 7, text: (actor) => actor.host },
  {
    key: 'state',
    title: 'STATE',
    width: 10,
    priority: 1,
    text: (actor) => actor.state,
    style: (actor) => stateStyle(actor.state),
  },
  figure('depth', 'MBOX', 6, 2, (actor) => count(actor.depth)),
  figure('highWater', 'HIGH', 6, 9, (actor) => count(actor.highWater)),
  figure('oldestMs', 'AGE', 7, 6, (actor) => (actor.oldestMs > 0 ? age(actor.oldestMs) : '-')),
  figure('perSecond', 'MSG/S', 6, 3, (actor) => rate(actor.perSecond)),
  figure('p50Us', 'P50 ms', 7, 10, (actor) => ms(actor.p50Us)),
  figure('p99Us', 'P99 ms', 7, 4, (actor) => ms(actor.p99Us)),
  figure('handled', 'HANDLED', 8, 11, (actor) => count(actor.handled)),
  figure(
    'restarts',
    'RST',
    4,
    5,
    (actor) => count(actor.restarts),
    (a) => red(a.restarts > 0),
  ),
  figure(
    'deadLetters',
    'DEAD',
    5,
    8,
    (a) => count(a.deadLetters),
    (a) => red(a.deadLetters > 0),
  ),
  {
    key: 'lastError',
    title: 'LAST ERROR',
    width: 16,
    grow: 2,
    priority: 12,
    text: (actor) => actor.lastError,
    style: () => STYLE.red,
  },
]

function ms(us: number | undefined): string {
  return us === undefined ? '-' : millis(us / 1000)
}

export const ACTOR_TABLE: ViewTable<ActorView> = {
  columns: COLUMNS,
  fields: actorFields,
  id: (actor) => actor.id,
  told: (process) => process.heard.actors?.actors,
}

/** At most `limit` rows: past the limit that servers were given, the merged order is not known. */
export function findActors(
  processes: readonly ProcessState[],
  order: Order,
  limit: number,
): Found<ActorView> {
  const filter = actorFilter(order.filter)
  const all = gather(ACTOR_TABLE, processes)
  const rows = filter.ok ? all.filter((row) => filter.matches(row.value)) : all
  const compare = actorOrder(`${order.reverse ? '-' : ''}${order.sort}`)
  if (compare) rows.sort((a, b) => compare(a.value, b.value))
  const sum = (of: 'matched' | 'total') =>
    processes.reduce((total, process) => total + (process.heard.actors?.[of] ?? 0), 0)
  return {
    rows: rows.slice(0, limit),
    matched: Math.max(sum('matched'), rows.length),
    total: sum('total'),
    problem: filter.ok ? undefined : filter.problem,
  }
}
