// Two results of one scenario beside each other, and one against its gates.

import type { BenchResult } from './bench-result.ts'

interface Gate {
  readonly least?: number
  readonly most?: number
}

/** By scenario and validators, then by the figure's path in the result. */
export type Gates = Readonly<Record<string, Readonly<Record<string, Gate>>>>

const FIGURES = [
  'committed_tps',
  'offered_tps',
  'finality_ms.p50',
  'finality_ms.p99',
  'cpu_us_per_tx.validator',
  'cpu_us_per_tx.total',
  'bytes_per_tx',
  'written_bytes_per_tx',
  'received_bytes_per_tx',
  'rss_max_mb',
  'raw.allowed_tps',
  'raw.share',
  'raw.cost_ratio',
]

/** `comparators.NAME.ratio` finds a comparator by its name. Undefined when there is none. */
export function figureAt(result: BenchResult, path: string): number | undefined {
  const named = /^comparators\.(.+)\.(\w+)$/.exec(path)
  if (named) {
    const [, name, field] = named
    const found = result.comparators.find((one) => one.name === name)
    return found?.[field as 'tps' | 'ratio']
  }
  let at: unknown = result
  for (const name of path.split('.')) at = (at as Record<string, unknown> | undefined)?.[name]
  return typeof at === 'number' ? at : undefined
}

export function compareLines(a: BenchResult, b: BenchResult): string[] {
  if (a.scenario !== b.scenario || a.validators !== b.validators) {
    throw new Error('these are results of different scenarios')
  }
  const names = a.comparators.map(({ name }) => `comparators.${name}.ratio`)
  const rows = [...FIGURES, ...names].flatMap((path) => {
    const [one, other] = [figureAt(a, path), figureAt(b, path)]
    if (one === undefined || other === undefined) return []
    const ratio = one === 0 ? '-' : (other / one).toFixed(3)
    return [
      [path.padEnd(40), String(one).padStart(12), String(other).padStart(12), ratio].join('  '),
    ]
  })
  const of = ({ machine, audited, valid }: BenchResult) =>
    `${machine.commit}, ${machine.cores} × ${machine.cpu}, load ${machine.load_before}, ${
      audited && valid ? 'audited' : 'NOT TO BE RELIED ON'
    }`
  return [`A: ${of(a)}`, `B: ${of(b)}`, ...rows]
}

export function gateLines(result: BenchResult, gates: Gates): { lines: string[]; ok: boolean } {
  const name = `${result.scenario}, ${result.validators} validators`
  const own = gates[name]
  if (!own) throw new Error(`bench/gates.json has no gates for ${name}`)
  let ok = result.audited && result.valid
  const lines = ok ? [] : ['FAIL  the result is not audited, or not valid']
  for (const [path, { least, most }] of Object.entries(own)) {
    const value = figureAt(result, path)
    const holds =
      value !== undefined &&
      (least === undefined || value >= least) &&
      (most === undefined || value <= most)
    if (!holds) ok = false
    const bound = [
      least !== undefined && `at least ${least}`,
      most !== undefined && `at most ${most}`,
    ]
    const text = `${path}: ${value ?? 'not measured'}, ${bound.filter(Boolean).join(', ')}`
    lines.push(`${holds ? 'pass' : 'FAIL'}  ${text}`)
  }
  return { lines, ok }
}
