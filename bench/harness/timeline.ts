// Where the time of a batch goes: each part between two points that were really measured, by the
// clocks of the processes that did the work, which on one machine are one clock.

import { HdrHistogram } from './hdr-histogram.ts'

/** A batch as whoever sent its transfers saw it: means over these, milliseconds on the wall clock. */
export interface HeardTimes {
  readonly shard: number
  readonly number: number
  readonly transfers: number
  /** When they were meant to be sent, when they were, and when they were heard to be final. */
  readonly intended: number
  readonly sent: number
  readonly heard: number
}

/**
 * In their order; they add up to `finality`. What each is from and to: docs/spec/throughput.md.
 */
export const TIMELINE_PARTS = [
  'fill_gather',
  'fill_queue',
  'seal_assemble',
  'seal_proofs',
  'seal_cosign',
  'seal_aggregate',
  'dissemination',
  'wait_for_block',
  'block_to_final',
  'notice_commit',
  'notice_client',
] as const
export type TimelinePart = (typeof TIMELINE_PARTS)[number]

/** Milliseconds of one batch. */
export interface BatchTimeline {
  readonly transfers: number
  /** Of the block that ordered it. */
  readonly height: number
  readonly parts: Readonly<Record<TimelinePart, number>>
}

interface Spread {
  readonly p50: number
  readonly p99: number
  readonly mean: number
}

/** Sums of the parts whose names begin so. */
export const TIMELINE_STAGES = [
  'fill',
  'seal',
  'dissemination',
  'wait_for_block',
  'block_to_final',
  'notice',
] as const
export type TimelineStage = (typeof TIMELINE_STAGES)[number]

export interface TimelineResult {
  /** Those of which every point was found. */
  readonly batches: number
  /** All that were heard of, and the blocks that ordered those of `batches`: not in old reports. */
  readonly heard?: number
  readonly blocks?: number
  readonly transfers_p50: number
  readonly stages: Readonly<Record<TimelineStage, Spread>>
  readonly parts: Readonly<Record<TimelinePart, Spread>>
  /** From the mean intended time of its transfers. */
  readonly finality: Spread
}

function spreadOf(values: readonly number[]): Spread {
  const histogram = new HdrHistogram()
  let sum = 0
  for (const value of values) {
    histogram.record(value * 1000)
    sum += value
  }
  const ms = (value: number) => Math.round(value * 10) / 10
  const at = (share: number) => ms(histogram.percentile(share) / 1000)
  return { p50: at(0.5), p99: at(0.99), mean: ms(sum / values.length) }
}

/** `heard` is the number of all batches; undefined when nothing is known of any. */
export function timelineResult(
  rows: readonly BatchTimeline[],
  heard: number,
): TimelineResult | undefined {
  if (rows.length === 0) return undefined
  const sumOf = (begin: string) => (row: BatchTimeline) =>
    TIMELINE_PARTS.reduce((sum, part) => sum + (part.startsWith(begin) ? row.parts[part] : 0), 0)
  const spread = (of: (row: BatchTimeline) => number) => spreadOf(rows.map(of))
  const sizes = rows.map(({ transfers }) => transfers).sort((a, b) => a - b)
  const parts = TIMELINE_PARTS.map((part) => [part, spread((row) => row.parts[part])] as const)
  const stages = TIMELINE_STAGES.map((stage) => [stage, spread(sumOf(stage))] as const)
  return {
    batches: rows.length,
    heard,
    blocks: new Set(rows.map(({ height }) => height)).size,
    transfers_p50: sizes[Math.floor(sizes.length / 2)] as number,
    stages: Object.fromEntries(stages) as TimelineResult['stages'],
    parts: Object.fromEntries(parts) as TimelineResult['parts'],
    finality: spread(sumOf('')),
  }
}

/** One line a part, for people. */
export function timelineLines(timeline: TimelineResult): string[] {
  const { batches, transfers_p50: size, parts, finality } = timeline
  const line = (name: string, { p50, p99, mean }: Spread) =>
    `  ${name.padEnd(16)} ${[p50, p99, mean].map((ms) => `${ms}`.padStart(9)).join('')}`
  return [
    `where the time goes, of ${batches} batches of ${size} transfers, ms: p50, p99, mean`,
    ...TIMELINE_PARTS.map((part) => line(part, parts[part])),
    line('finality', finality),
  ]
}
