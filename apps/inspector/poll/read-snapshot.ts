// An admin server's answer, checked as far as drawing needs: a server of another version must not
// bring the screen down.

import type { ProcessHead, Snapshot, ViewName } from '../snapshot.ts'

const LISTS: Readonly<Record<ViewName, readonly string[]>> = {
  actors: ['actors'],
  cluster: ['threads', 'links'],
  jobs: ['jobs'],
  chain: ['validators', 'blocks'],
  storage: ['stores'],
  log: ['entries'],
}

/** Throws an Error with the reason when the value is no snapshot of that view. */
export function readSnapshot(value: unknown, view: ViewName): Snapshot {
  const snapshot = value as Partial<Snapshot> | null
  const head = snapshot?.head as Partial<ProcessHead> | undefined
  const body = snapshot?.body as Record<string, unknown> | undefined
  const wrong = (what: string) => new Error(`its answer is no ${view} snapshot: ${what}`)
  if (typeof head?.process !== 'string' || !Array.isArray(head.nodes)) throw wrong('no head')
  if (snapshot?.view !== view || typeof body !== 'object' || body === null) throw wrong('no body')
  const missing = LISTS[view].find((name) => !isRows(body[name]))
  if (missing) throw wrong(`no ${missing}`)
  if (view === 'actors') return { ...(snapshot as Snapshot), body: withCounts(body) }
  if (view === 'chain' && typeof body.finalityMs !== 'object') throw wrong('no finality')
  return snapshot as Snapshot
}

function isRows(value: unknown): boolean {
  return Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null)
}

function withCounts(body: Record<string, unknown>): Snapshot<'actors'>['body'] {
  const actors = body.actors as Snapshot<'actors'>['body']['actors']
  const { matched, total, gone } = body
  return {
    actors,
    matched: typeof matched === 'number' ? matched : actors.length,
    total: typeof total === 'number' ? total : actors.length,
    gone: isRows(gone) ? (gone as Snapshot<'actors'>['body']['gone']) : [],
  }
}
