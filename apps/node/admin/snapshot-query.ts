// The query of GET /inspector/snapshot, read strictly: an unknown name or an impossible value is an
// answer that says so, never an empty screen.

import {
  ADMIN_FILTER_CHARS_MAX,
  ADMIN_ROWS_DEFAULT,
  ADMIN_ROWS_MAX,
} from '../../../config/limits.ts'
import { nearestName } from '../../../lib/nearest-name.ts'
import type { ViewName } from '../../inspector/snapshot.ts'
import { Problem } from './problem.ts'

const VIEWS: readonly ViewName[] = ['actors', 'cluster', 'jobs', 'chain', 'storage', 'log']

export interface SnapshotQuery {
  readonly view: ViewName
  readonly sort: string
  readonly filter: string
  readonly limit: number
  /** The id of a row that is wanted whatever filter and limit say. */
  readonly also: string
}

function hint(given: string, known: readonly string[]): string {
  const near = nearestName(given, known)
  return near ? `; did you mean ${near}?` : ` (${known.join(', ')})`
}

/** Throws Problem BAD_REQUEST. */
export function readFields(query: string, known: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (!known.includes(name)) {
      const short = name.slice(0, 40)
      throw new Problem('BAD_REQUEST', `unknown parameter ${short}${hint(short, known)}`)
    }
    if (fields.has(name)) throw new Problem('BAD_REQUEST', `${name} is given twice`)
    if (value.length > ADMIN_FILTER_CHARS_MAX) {
      throw new Problem('BAD_REQUEST', `${name} has at most ${ADMIN_FILTER_CHARS_MAX} characters`)
    }
    fields.set(name, value)
  }
  return fields
}

/** Throws Problem BAD_REQUEST. */
export function readSnapshotQuery(query: string): SnapshotQuery {
  const fields = readFields(query, ['view', 'sort', 'filter', 'limit', 'also'])
  const view = fields.get('view') ?? 'actors'
  if (!VIEWS.includes(view as ViewName)) {
    const short = view.slice(0, 40)
    throw new Problem('BAD_REQUEST', `there is no view ${short}${hint(short, VIEWS)}`)
  }
  const limit = fields.get('limit') ?? String(ADMIN_ROWS_DEFAULT)
  if (!/^\d{1,6}$/.test(limit) || Number(limit) < 1 || Number(limit) > ADMIN_ROWS_MAX) {
    throw new Problem('BAD_REQUEST', `limit is a whole number from 1 to ${ADMIN_ROWS_MAX}`)
  }
  return {
    view: view as ViewName,
    sort: fields.get('sort') ?? '',
    filter: fields.get('filter') ?? '',
    limit: Number(limit),
    also: fields.get('also') ?? '',
  }
}
