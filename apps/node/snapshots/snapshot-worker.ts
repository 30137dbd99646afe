// The entry of the thread that makes snapshots.

import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { makeDue, type SnapshotPlace } from './make-due.ts'

export async function work(place: SnapshotPlace): Promise<unknown> {
  const store = LmdbStore.readOnly(place.chain)
  try {
    return makeDue(store, place)
  } finally {
    await store.close()
  }
}
