// Where a block's time goes, as a validator's own metrics tell it: the difference of its counters
// between two moments.

import type { ReadFamily } from '../../../test/kit/read-open-metrics.ts'
import { scrape } from '../../../test/kit/scrape.ts'

export interface Counters {
  readonly nullifiedViews: number
  /** Step to how often and how long altogether. */
  readonly steps: ReadonlyMap<string, { readonly count: number; readonly seconds: number }>
}

export interface Steps {
  /** Views without a block: time-outs, on a machine that is too busy. */
  readonly nullified_views: number
  /** Means. */
  readonly step_ms: Readonly<Record<string, number>>
}

export function countersOf(families: readonly ReadFamily[]): Counters {
  const samples = families.flatMap((family) => family.samples)
  const sumOf = (name: string, step?: string) =>
    samples
      .filter((one) => one.name === name && (step === undefined || one.labels.step === step))
      .reduce((sum, { value }) => sum + value, 0)
  const step = 'consensus_step_duration_seconds'
  const names = new Set(
    samples.filter(({ name }) => name === `${step}_count`).map(({ labels }) => labels.step ?? ''),
  )
  return {
    nullifiedViews: sumOf('aitbc_consensus_nullified_views_total'),
    steps: new Map(
      [...names].map((name) => {
        return [name, { count: sumOf(`${step}_count`, name), seconds: sumOf(`${step}_sum`, name) }]
      }),
    ),
  }
}

export function stepsBetween(before: Counters, after: Counters): Steps {
  const step_ms = [...after.steps].flatMap(([name, { count, seconds }]) => {
    const old = before.steps.get(name) ?? { count: 0, seconds: 0 }
    const times = count - old.count
    if (times <= 0) return []
    return [[name, Math.round(((seconds - old.seconds) / times) * 1e5) / 100] as const]
  })
  return {
    nullified_views: after.nullifiedViews - before.nullifiedViews,
    step_ms: Object.fromEntries(step_ms),
  }
}

export async function readCounters(admin: string): Promise<Counters> {
  return countersOf([...(await scrape(admin)).values()])
}
