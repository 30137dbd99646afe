// Which actors an inspector asks for, and in which order. The admin server chooses rows with this,
// the inspector merges the rows of several processes with it: both must mean the same.

import type { ActorView } from '../snapshot.ts'
import { type FilterFields, type RowFilter, rowFilter } from './row-filter.ts'

/** Query of `GET /inspector/snapshot?view=actors`, besides `limit`: how many rows at most. */
export interface ActorQuery {
  /** A name of ACTOR_SORTS: figures the greatest first, texts from A; `-name` the other way. */
  readonly sort: string
  readonly filter: string
  /** The id of an actor that is wanted whatever filter and limit say: the selected one. */
  readonly also?: string
}

/** What one can sort by, as a value of the row. Undefined comes last, whichever way. */
export const ACTOR_SORTS: Readonly<
  Record<string, (actor: ActorView) => number | string | undefined>
> = {
  id: (actor) => actor.id,
  host: (actor) => actor.host,
  state: (actor) => actor.state,
  depth: (actor) => actor.depth,
  highWater: (actor) => actor.highWater,
  oldestMs: (actor) => actor.oldestMs,
  handled: (actor) => actor.handled,
  perSecond: (actor) => actor.perSecond,
  p50Us: (actor) => actor.p50Us,
  p99Us: (actor) => actor.p99Us,
  restarts: (actor) => actor.restarts,
  deadLetters: (actor) => actor.deadLetters,
  lastError: (actor) => actor.lastError || undefined,
}

export const ACTOR_SORT_DEFAULT = 'depth'

const nodeOf = (host: string) => host.split('/')[0] as string

export const actorFields: FilterFields<ActorView> = {
  bare: (actor) => [actor.id, `${actor.host}/${actor.id}`],
  texts: {
    id: (actor) => actor.id,
    kind: (actor) => actor.id.split('/')[0] as string,
    host: (actor) => actor.host,
    node: (actor) => nodeOf(actor.host),
    state: (actor) => actor.state,
    parent: (actor) => actor.parent ?? '',
    error: (actor) => actor.lastError,
  },
  numbers: {
    mb: (actor) => actor.depth,
    high: (actor) => actor.highWater,
    age: (actor) => actor.oldestMs,
    handled: (actor) => actor.handled,
    rate: (actor) => actor.perSecond,
    p50: (actor) => millis(actor.p50Us),
    p99: (actor) => millis(actor.p99Us),
    rst: (actor) => actor.restarts,
    dead: (actor) => actor.deadLetters,
  },
}

function millis(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us / 1000
}

/** `validator*`, `kind:mempool`, `host:node0/*`, `node:node1`, `state:run`, `mb>100`. */
export function actorFilter(text: string): RowFilter<ActorView> {
  return rowFilter(text, actorFields)
}

type Value = number | string | undefined

/** An order of rows by one value; equal ones by `tie`, so that rows do not dance. */
export function orderBy<Row>(
  value: (row: Row) => Value,
  tie: (row: Row) => string,
  reverse: boolean,
): (a: Row, b: Row) => number {
  return (a, b) => compare(value(a), value(b), reverse) || (tie(a) < tie(b) ? -1 : 1)
}

function compare(a: Value, b: Value, reverse: boolean): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  const first = typeof a === 'number' && typeof b === 'number' ? b - a : a < b ? -1 : 1
  return reverse ? -first : first
}

/** Undefined when `sort` names nothing. */
export function actorOrder(sort: string): ((a: ActorView, b: ActorView) => number) | undefined {
  const reverse = sort.startsWith('-')
  const name = reverse ? sort.slice(1) : sort
  const value = Object.hasOwn(ACTOR_SORTS, name) ? ACTOR_SORTS[name] : undefined
  return value && orderBy(value, (actor) => actor.id, reverse)
}
