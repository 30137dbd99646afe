// Credits that one claim of another shard made for this shard, as a batch consumes them: one entry
// for each leaf, in their order.

import { OUTGOING_WORDS } from './outgoing.ts'

export interface Parcel {
  readonly shard: number
  /** Number of the claim there. */
  readonly number: number
  /** Leaves of that claim's tree for this shard: see outgoing.ts. */
  readonly leaves: Uint32Array
}

export function creditsOf(parcels: readonly Parcel[]): number {
  return parcels.reduce((sum, parcel) => sum + parcel.leaves.length / OUTGOING_WORDS, 0)
}
