// What the thread of the `make-snapshot` task does: finds out which snapshot is due, makes it, and
// removes the ones that are not kept. The store is opened for reading, beside its one writer.

import { join } from 'node:path'
import { SNAPSHOT_EPOCHS, SNAPSHOTS_KEPT } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { Store } from '../../../runtime/store.ts'
import { boundaryBefore, epochAt, finalHeight } from '../../../storage/snapshot/boundary-before.ts'
import { makeSnapshot } from '../../../storage/snapshot/make-snapshot.ts'
import {
  folderSink,
  snapshotHeights,
  trimSnapshots,
} from '../../../storage/snapshot/snapshot-folder.ts'

export interface SnapshotPlace {
  /** Folder of the chain store. */
  readonly chain: string
  /** Folder of the snapshots. */
  readonly snapshots: string
  readonly chainId: bigint
  readonly genesisHash: Hex
}

/** The newest boundary that ends a number of epochs which is due for one; undefined without. */
export function dueHeight(store: Store, everyEpochs: number): number | undefined {
  let height = finalHeight(store)
  // At most so many boundaries are looked at: the one that is due is among them.
  for (let looked = 0; height !== undefined && looked < everyEpochs; looked++) {
    height = boundaryBefore(store, height)
    const epoch = height === undefined ? undefined : epochAt(store, height)
    if (epoch !== undefined && (epoch + 1) % everyEpochs === 0) return height
  }
  return undefined
}

export function makeDue(
  store: Store,
  { snapshots, chainId, genesisHash }: Omit<SnapshotPlace, 'chain'>,
  everyEpochs = SNAPSHOT_EPOCHS,
) {
  const started = performance.now()
  const height = dueHeight(store, everyEpochs)
  if (height === undefined || snapshotHeights(snapshots).some((made) => made >= height)) return null
  trimSnapshots(snapshots, SNAPSHOTS_KEPT - 1)
  const sink = folderSink(join(snapshots, String(height)))
  const { accounts, slots, chunks, bytes } = makeSnapshot(
    { store, chainId, genesisHash },
    height,
    sink,
  )
  return { height, accounts, slots, chunks, bytes, ms: Math.round(performance.now() - started) }
}
