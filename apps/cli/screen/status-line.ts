// One calm line: how high, how fast, what runs.

import type { ClusterStatus } from '../../node/cluster-events.ts'
import { formatClock } from './duration.ts'

const ENDED = ['completed', 'failed', 'cancelled', 'expired']

function jobsText(jobs: Readonly<Record<string, number>>): string {
  const count = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + (jobs[name] ?? 0), 0)
  const running = count(['pending', 'assigned', 'running'])
  const bad = count(ENDED.slice(1))
  return `jobs ${running} open ${count(['completed'])} ok${bad ? ` ${bad} not` : ''}`
}

/** Validators at most two blocks behind the highest count as up. */
function upText(status: ClusterStatus): string {
  const up = status.validators.filter((validator) => validator.height + 2 >= status.height)
  return `${up.length}/${status.validators.length} validators`
}

/** Cut to `columns`. `uptimeMs` counts from the moment the cluster became ready. */
export function statusLine(status: ClusterStatus, uptimeMs: number, columns: number): string {
  const { p50, p99 } = status.finalityMs
  const finality =
    p50 === undefined || p99 === undefined
      ? 'no block timed yet'
      : `final in ${Math.round(p50)} ms (p99 ${Math.round(p99)})`
  const parts = [
    ` ${formatClock(uptimeMs)}`,
    `height ${status.height}`,
    `${status.mode} ${finality}`,
    jobsText(status.jobs),
    upText(status),
    'Ctrl-C stops',
  ]
  const line = parts.join(' | ')
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`
}
