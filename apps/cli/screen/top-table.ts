// The busiest actors of a cluster as a plain table: `aitbc top`.

import type { ActorView } from '../../inspector/snapshot.ts'
import { table } from './table.ts'

function ageText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return `${(ms / 1000).toFixed(1)} s`
}

function timeText(us: number | undefined): string {
  if (us === undefined) return '-'
  return us < 1000 ? `${us} µs` : `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`
}

const HEAD = ['actor', 'host', 'state', 'wait', 'oldest', 'in/s', 'p50<', 'p99<', 'rst', 'dead']

export function topTable(actors: readonly ActorView[], columns: number): string[] {
  const rows = actors.map((actor) => [
    actor.id,
    actor.host,
    actor.state,
    String(actor.depth),
    actor.depth > 0 ? ageText(actor.oldestMs) : '-',
    actor.perSecond.toFixed(actor.perSecond < 10 ? 1 : 0),
    timeText(actor.p50Us),
    timeText(actor.p99Us),
    String(actor.restarts),
    String(actor.deadLetters),
  ])
  return table([HEAD, ...rows]).map((line) => line.slice(0, columns))
}
