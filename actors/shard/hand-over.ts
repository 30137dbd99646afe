// What the shards before a change of their number had becomes the first checkpoint of one that is
// there now: from their last checkpoints, which have the roots with which the chain says that they
// ended. It counts with its last row, so a crash in between leaves nothing but work.

import type { Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../../protocol/crypto/hash-pairs.ts'
import { NODE_BYTES } from '../../protocol/crypto/hash-pairs.ts'
import {
  checkpointRoot,
  isZeroRoot,
  pageRoot,
  rootsFor,
} from '../../protocol/rollup/checkpoint-tree.ts'
import { genesisState } from '../../protocol/rollup/genesis-state.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import type { ShardBegin, ShardEnd } from '../../protocol/rollup/numbering-notice.ts'
import { sourcesOf } from '../../protocol/rollup/reshard-layout.ts'
import { reshardedState } from '../../protocol/rollup/reshard-state.ts'
import type { RollupConfig } from '../../protocol/rollup/rollup-storage.ts'
import type { ShardPlace } from '../../protocol/rollup/shard-place.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import { provenMeta, takeCheckpoint } from '../../protocol/rollup/state-checkpoint.ts'
import type { Put, Store } from '../../runtime/store.ts'
import {
  accountPut,
  checkpointPut,
  pagePut,
  prunedPut,
  readCheckpoint,
  restoreCheckpoint,
  storedAccounts,
} from './checkpoint-rows.ts'
import { seriesIn } from './shard-props.ts'

export interface HandOver {
  readonly store: Store
  readonly config: RollupConfig
  readonly hashPairs: HashPairs
  /** Of the shards that there are now, which is 1 or more. */
  readonly generation: number
  readonly place: ShardPlace
  /** How many shards there were, and where they ended. */
  readonly before: number
  readonly ends: readonly ShardEnd[]
  readonly begin: ShardBegin
}

/** Whether the shard has a checkpoint under its number of now. */
export function isHandedOver(store: Store, generation: number, shard: number): boolean {
  return readCheckpoint(store, seriesIn(generation, shard)) !== undefined
}

/** Reads the state with which a shard ended; undefined while it is not written down here. */
function readerAt(of: HandOver, shard: number): (() => ShardState | undefined) | undefined {
  const { store, generation, config, ends, hashPairs } = of
  const { number, root } = ends[shard] as ShardEnd
  const series = seriesIn(generation - 1, shard)
  if (number === 0 && generation === 1) return () => genesisState(config, shard).state
  const checkpoint = readCheckpoint(store, series)
  if (checkpoint?.number !== number || checkpoint.root !== root) return undefined
  return () => restoreCheckpoint(store, series, checkpoint, hashPairs)
}

function accountPuts(of: HandOver, sources: readonly number[], series: number): Put[] {
  const { store, generation, place } = of
  const puts: Put[] = []
  for (const source of sources) {
    for (const [index, account] of storedAccounts(store, seriesIn(generation - 1, source))) {
      if (shardOf(index, place.shards) !== place.shard) continue
      puts.push(accountPut(series, index, account))
    }
  }
  return puts
}

/** All rows, the one that counts the last; undefined while a source is not written down. */
export function handOverPuts(of: HandOver): { puts: Put[]; last: Put[]; root: Hex } | undefined {
  const { generation, place, before, begin, hashPairs } = of
  const sources = sourcesOf(place, before)
  // All accounts are much to read: only once, when all sources are there.
  const readers = sources.map((source) => readerAt(of, source))
  if (readers.includes(undefined)) return undefined
  const states: ShardState[] = []
  for (const read of readers) {
    const state = read?.()
    if (!state) return undefined
    states.push(state)
  }
  const state = reshardedState(place, states, begin)
  const { meta, pages } = takeCheckpoint(state)
  const series = seriesIn(generation, place.shard)
  const roots = rootsFor(state.table.depth, new Uint8Array(0))
  const puts: Put[] = accountPuts(of, sources, series)
  for (const { page, bytes } of pages) {
    if (page * NODE_BYTES >= roots.length) continue
    roots.set(pageRoot(bytes, hashPairs), page * NODE_BYTES)
    if (!isZeroRoot(roots, page)) puts.push(pagePut(series, page, 0, bytes))
  }
  const { number, hash } = begin
  const root = checkpointRoot(provenMeta(meta), roots, hashPairs)
  const sides = new Uint8Array(Math.ceil(roots.length / NODE_BYTES / 8))
  const checkpoint = { number, hash, root, meta, bytes: 0, sides, roots }
  // Batches of before are those of other shards: whoever lacks them takes a later state.
  const last = [prunedPut(series, { number, bytes: 0 }), checkpointPut(series, checkpoint)]
  return { puts, last, root }
}
