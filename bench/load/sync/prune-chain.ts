// Pruning of the chain that was made, as `aitbc prune --keep-epochs` does it on a stopped node.

import { Pruning } from '../../../actors/pruner/pruning.ts'
import { PRUNE_EPOCHS_MIN } from '../../../config/limits.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import type { PhaseWatch } from './sync-world.ts'

export async function pruneChain(folder: string, blocks: number, watch: PhaseWatch) {
  const store = new LmdbStore(folder)
  const stage = { givesUp: '', keepMs: 0, keepEpochs: PRUNE_EPOCHS_MIN, keepBoundaryMs: 0 }
  const started = performance.now()
  const pruning = new Pruning(store, { thresholdBytes: 0, stages: [stage] })
  let rows = 0
  for (let puts = pruning.next(); puts.length > 0; puts = pruning.next()) {
    await new Promise<void>((resolve, reject) =>
      store.commit(puts, (error) => (error ? reject(error) : resolve())),
    )
    rows += puts.length
    watch.at(pruning.marks.oldest(), blocks)
  }
  const ms = Math.round(performance.now() - started)
  const oldest = pruning.marks.oldest()
  await store.close()
  return { ms, rows, blocks: oldest - 1 }
}
