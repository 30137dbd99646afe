// After which block a snapshot is made: the newest boundary of an epoch while its state can still
// be told, else the newest final block.

import { CHAIN_TABLES } from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'
import { boundaryBefore, finalHeight } from './boundary-before.ts'
import { anchorAt } from './make-snapshot.ts'
import { StateAt } from './state-at.ts'

function isKept(store: Store, height: number): boolean {
  try {
    anchorAt(store, height)
    return new StateAt(store, height).rows(CHAIN_TABLES.meta) !== undefined
  } catch {
    return false
  }
}

/** Undefined before the first block after the genesis. */
export function snapshotTarget(store: Store): number | undefined {
  const final = finalHeight(store)
  if (final === undefined || final === 0) return undefined
  const boundary = boundaryBefore(store, final)
  return boundary !== undefined && isKept(store, boundary) ? boundary : final
}
