// One run of a load on a target, with what its processes used meanwhile, and whether the figures
// may be believed.

import { loadavg, tmpdir } from 'node:os'
import { watchDisk } from './disk-written.ts'
import { checkSum, type LoadOutcome, type LoadPlan } from './load-plan.ts'
import { watchReceived } from './network-received.ts'
import { type Role, type RoleUsage, UsageWatch } from './process-usage.ts'
import type { Target } from './target.ts'

/** A generator that sends later than this measures itself: then the point counts for nothing. */
export const LAG_P99_MS = 50
/** The share of the offered that a carried load commits. */
const ENOUGH = 0.98
/** In the last quarter of a carried load latency may be so much of the second quarter's. */
const GROWTH_MAX = 2
const GROWTH_SLACK_MS = 100

export interface Point {
  readonly target: string
  readonly name: string
  readonly plan: LoadPlan
  readonly outcome: LoadOutcome
  /** Over the time in which they were offered, or became final if that took longer. */
  readonly committedPerSecond: number
  readonly usage: ReadonlyMap<Role, RoleUsage>
  /** Every LOOK_MS, of the largest process that is not the generator. */
  readonly largest: UsageWatch['largest']
  /** By the whole machine, to the disk of temporary files; undefined where that is not told. */
  readonly writtenBytes: number | undefined
  /** By all nodes from each other; undefined where that is not told. */
  readonly receivedBytes: number | undefined
  /** Of the run itself, drain not included. */
  readonly wallMs: number
  readonly loadAverage: number
  /** Why the generator's figures do not count; empty when they do. */
  readonly invalid: string
  /** Committed in full, within the bound, and no slower at the end than in the middle. */
  readonly carried: boolean
}

function medianMs(histograms: LoadOutcome['bySecond'], from: number, to: number): number {
  const values = histograms.slice(from, to).map((histogram) => histogram.percentile(0.5) / 1000)
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function grows({ bySecond }: LoadOutcome): boolean {
  const { length } = bySecond
  const middle = medianMs(bySecond, Math.floor(length / 4), Math.ceil(length / 2))
  const end = medianMs(bySecond, Math.floor((3 * length) / 4), length)
  return end > GROWTH_MAX * middle + GROWTH_SLACK_MS
}

function whyInvalid({ lagUs, offered }: LoadOutcome): string {
  if (offered === 0) return 'nothing was offered'
  const lagMs = lagUs.percentile(0.99) / 1000
  if (lagMs <= LAG_P99_MS) return ''
  return `the generator was late: p99 ${Math.round(lagMs)} ms, at most ${LAG_P99_MS} ms count`
}

/** What was carried is final within a second of its schedule: then the schedule counts. */
function secondsToFinal({ finalBySecond }: LoadOutcome, { seconds }: LoadPlan): number {
  return finalBySecond.length > seconds + 2 ? finalBySecond.length - 1 : seconds
}

export async function measurePoint(target: Target, plan: LoadPlan, p99Ms: number): Promise<Point> {
  await target.prepare(plan)
  const receivedSince = await watchReceived(target.receivedBytes)
  const watch = new UsageWatch(target.processes())
  const writtenSince = watchDisk(tmpdir())
  const startedAt = performance.now()
  const outcome = await target.run(plan)
  const wallMs = performance.now() - startedAt
  const usage = watch.stop()
  const writtenBytes = writtenSince()
  const receivedBytes = await receivedSince()
  checkSum(outcome)
  const { committed, offered, latencyUs } = outcome
  return {
    target: target.name,
    name: plan.name,
    plan,
    outcome,
    committedPerSecond: committed / secondsToFinal(outcome, plan),
    usage,
    largest: watch.largest,
    writtenBytes,
    receivedBytes,
    wallMs,
    loadAverage: loadavg()[0] ?? 0,
    invalid: whyInvalid(outcome),
    carried:
      committed >= ENOUGH * offered &&
      latencyUs.percentile(0.99) <= p99Ms * 1000 &&
      !grows(outcome),
  }
}
