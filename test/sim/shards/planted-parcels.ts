// Bugs on purpose, to see that the checkers see: in all shards of all nodes, one thing wrong in
// what they know of parcels.

import { Arrivals } from '../../../actors/shard/arrivals.ts'

/**
 * drop-parcel: never learns of parcels that the first shard sends; consume-twice: takes a parcel
 * that it has consumed for one that waits still.
 */
export const PARCEL_PLANTS = ['drop-parcel', 'consume-twice'] as const
export type ParcelPlant = (typeof PARCEL_PLANTS)[number]

/** Runs with the bug; the shards are as they were afterwards. */
export function withPlanted<T>(plant: ParcelPlant | undefined, run: () => T): T {
  const { ordered, becameFinal } = Arrivals.prototype
  if (plant === 'drop-parcel') {
    Arrivals.prototype.ordered = function (this: Arrivals, claim, timestampMs) {
      ordered.call(this, claim.shard === 0 ? { ...claim, outbox: [] } : claim, timestampMs)
    }
  } else if (plant === 'consume-twice') Arrivals.prototype.becameFinal = () => {}
  try {
    return run()
  } finally {
    Object.assign(Arrivals.prototype, { ordered, becameFinal })
  }
}
