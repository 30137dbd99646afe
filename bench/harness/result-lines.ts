// A result as a few lines for people.

import type { PointRow } from './bench-result.ts'
import { jobLines } from './job-figures.ts'
import type { SignedReport } from './signed-report.ts'
import { timelineLines } from './timeline.ts'

const NAME_WIDTH = 34
const WIDTHS = [NAME_WIDTH, 11, 11, 8, 8, 8, 8, 9]

function cells(values: readonly (string | number | null)[]): string {
  return values.map((value, i) => String(value ?? '-').padEnd(WIDTHS[i] ?? 10)).join(' ')
}

function row({ target, name, ...point }: PointRow): string {
  const verdict = point.invalid ? 'INVALID' : point.carried ? 'ok' : 'too much'
  const { offered_tps, committed_tps, p50_ms, p90_ms, p99_ms, max_ms } = point
  const what = `${target} · ${name}`.slice(-NAME_WIDTH)
  return cells([what, offered_tps, committed_tps, p50_ms, p90_ms, p99_ms, max_ms, verdict])
}

export function resultLines(result: SignedReport): string[] {
  const { finality_ms: final, cpu_us_per_tx: cpu, raw, machine } = result
  const head = ['', 'offered/s', 'final/s', 'p50', 'p90', 'p99', 'max', 'ms']
  const { what, allowed_tps: allowed, share, cost_ratio: ratio } = raw
  const beside = `this is ${share} of it, at ${ratio ?? '-'} times the bare cost`
  const bare = allowed === undefined ? [] : [`${what}: ${allowed}/s; ${beside}`]
  return [
    `${result.scenario}: ${result.about}`,
    cells(head),
    ...[...result.steps, ...result.rounds].map(row),
    `${result.committed_tps} ${result.unit} a second final of ${result.offered_tps} offered, ${result.failed} failed, ${result.expired} expired`,
    `from the intended time to final: p50 ${final.p50}, p90 ${final.p90}, p99 ${final.p99}, max ${final.max} ms`,
    `processor time: validators ${cpu.validator}, all but the generator ${cpu.total}, generator ${cpu.generator} µs each`,
    `${result.bytes_per_tx} bytes each as sent, ${result.received_bytes_per_tx ?? '-'} received by all nodes, ${result.written_bytes_per_tx ?? '-'} written; ${result.rss_max_mb} MB in the largest process, ${Math.max(0, ...(result.memory.own_mb ?? []))} of them in no file`,
    ...bare,
    ...(result.jobs ? jobLines(result.jobs) : []),
    ...(result.timeline_ms ? timelineLines(result.timeline_ms) : []),
    ...result.comparators.map(({ name, tps, ratio }) => `${name}: ${tps}/s, ratio ${ratio}`),
    ...result.audit,
    ...result.notes,
    result.audited ? 'audited' : 'NOT AUDITED: see above',
    `${machine.cores} × ${machine.cpu}, commit ${machine.commit}, load ${machine.load_before} at the start`,
    `report ${result.id}, signed: ${result.report}`,
  ]
}
