// What the state of a block says of the shards that there are: how many, where each of them began
// when their number changed last, and where those before ended. A node's shards follow it.

import type { Hex } from '../../lib/hex.ts'
import type { StateView } from '../state/state-view.ts'
import { genesisParent } from './claim.ts'
import { loadNumbering, rollupWords } from './rollup-storage.ts'
import { loadEnded, loadRoot, loadShard, NO_ROOT } from './shard-record.ts'

/** What a shard's first claim after a change stands on. */
export interface ShardBegin {
  /** Counts as that of a claim; 0 where the chain does not say it any more. */
  readonly number: number
  readonly hash: Hex
  readonly entries: number
  readonly inboxTo: number
}

export interface ShardEnd {
  readonly number: number
  readonly hash: Hex
  readonly root: Hex
}

export interface NumberingNotice {
  /** How often the number of shards has changed. */
  readonly generation: number
  readonly shards: number
  /** Before the last change. */
  readonly before: number
  /** By shard; none before the first change. */
  readonly begins: readonly ShardBegin[]
  /** By shard of before. */
  readonly ends: readonly ShardEnd[]
}

const NOWHERE: ShardBegin = { number: 0, hash: NO_ROOT, entries: 0, inboxTo: 0 }

export function generationAfter(view: StateView): { generation: number; shards: number } {
  const { generation, shards } = loadNumbering(rollupWords(view))
  return { generation, shards }
}

/** Where a shard ended; the parent of its first claim where it never had one. */
export function shardEnd(view: StateView, shard: number, genesisHash: Hex): ShardEnd {
  const { number, hash, root } = loadEnded(rollupWords(view), shard)
  return { number, hash: number === 0 ? genesisParent(genesisHash, shard) : hash, root }
}

/** Whether the shard stands at a change: no claim has stated its root yet. */
export function isUnopenedAfter(view: StateView, shard: number): boolean {
  const words = rollupWords(view)
  const { number, lastRoot } = loadShard(words, shard)
  return number > 0 && loadRoot(words, shard, lastRoot).root === NO_ROOT
}

export function numberingAfter(view: StateView, genesisHash: Hex): NumberingNotice {
  const words = rollupWords(view)
  const { generation, shards, before } = loadNumbering(words)
  if (generation === 0) return { generation, shards, before, begins: [], ends: [] }
  const begins = Array.from({ length: shards }, (_, shard) => {
    const first = loadRoot(words, shard, loadShard(words, shard).firstRoot)
    if (first.root !== NO_ROOT) return NOWHERE
    const { number, hash, entries, inboxTo } = first
    return { number, hash, entries, inboxTo }
  })
  const ends = Array.from({ length: before }, (_, shard) => shardEnd(view, shard, genesisHash))
  return { generation, shards, before, begins, ends }
}
