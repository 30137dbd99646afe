// Rows of the shards that there were before changes of their number: which of them somebody may
// still ask for, and those that nobody does.

import { ROLLUP_NUMBERINGS_SEARCHED, SHARD_SET_DELETED_PUTS } from '../../config/shard-limits.ts'
import { SHARDS_MAX } from '../../protocol/params.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { isMissedRow } from './checkpoint-rows.ts'
import { type ShardProps, seriesIn } from './shard-props.ts'
import { SHARD_TABLES, shardKeyBytes } from './shard-rows.ts'

/** What a key's first two bytes can tell apart. */
const GENERATIONS = 256

/** All but exits: their owners may fetch them at any time. */
const PASSING = [
  SHARD_TABLES.batches,
  SHARD_TABLES.final,
  SHARD_TABLES.operations,
  SHARD_TABLES.attested,
  SHARD_TABLES.pages,
  SHARD_TABLES.accounts,
  SHARD_TABLES.meta,
]

type Numbered = Pick<ShardProps, 'config' | 'numbers'>

/** The latest first. */
function* generationsBefore({ numbers }: Numbered): Iterable<number> {
  const own = numbers?.generation ?? 0
  const last = Math.max(0, own - ROLLUP_NUMBERINGS_SEARCHED)
  for (let generation = own - 1; generation >= last; generation--) yield generation
}

/** Rows of a shard's number under the numberings before; its batches have other numbers in each. */
export function* seriesBefore(props: Numbered, shard: number): Iterable<number> {
  for (const generation of generationsBefore(props)) yield seriesIn(generation, shard)
}

/** All rows of before in which an account can be: by each number of shards that there can have been. */
export function* seriesOfAccount(props: Numbered, index: number): Iterable<number> {
  const counts: number[] = []
  let least = props.config.shards
  while (least % 2 === 0) least /= 2
  for (let shards = least; shards <= SHARDS_MAX; shards *= 2) counts.push(shards)
  const shards = new Set(counts.map((count) => shardOf(index, count)))
  for (const generation of generationsBefore(props)) {
    for (const shard of shards) yield seriesIn(generation, shard)
  }
}

/** First generation of a range of keys, and that after its last. */
function rangesOf(generation: number): readonly (readonly [from: number, to: number])[] {
  const own = generation % GENERATIONS
  const before = (generation - 1) % GENERATIONS
  if (before > own) return [[own + 1, before]]
  return [
    [0, before],
    [own + 1, GENERATIONS],
  ]
}

function keyOf(generation: number): Uint8Array {
  const series = seriesIn(generation, 0)
  return generation < GENERATIONS ? shardKeyBytes(series) : new Uint8Array(64).fill(0xff)
}

/**
 * Some rows of neither these shards nor those before them; none when all are gone. What tells that
 * exits were missed stays with them.
 */
export function oldRows(store: Store, generation: number): Put[] {
  for (const [from, to] of rangesOf(generation)) {
    for (const table of PASSING) {
      const limit = table === SHARD_TABLES.meta ? Number.MAX_SAFE_INTEGER : SHARD_SET_DELETED_PUTS
      const rows = store.range(table, { from: keyOf(from), to: keyOf(to), limit })
      const gone = rows.filter(([key]) => table !== SHARD_TABLES.meta || !isMissedRow(key))
      if (gone.length === 0) continue
      return gone
        .slice(0, SHARD_SET_DELETED_PUTS)
        .map(([key]) => ({ table, key, value: undefined }))
    }
  }
  return []
}
