// Bugs on purpose, to see that the checkers see: in all shards of all nodes, one thing wrong in
// what is known of parcels.

import { Arrivals } from '../../../actors/shard/arrivals.ts'
import { packFields, slotAfter } from '../../../protocol/modules/storage-layout.ts'
import { ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import { parcelSlot, queueSlot } from '../../../protocol/rollup/rollup-storage.ts'
import { Overlay } from '../../../protocol/state/overlay.ts'

/**
 * drop-parcel: shards never learn of parcels that the first shard sends; consume-again: neither the
 * shards nor the chain remember that the first parcel of a shard for another was consumed.
 */
export const PARCEL_PLANTS = ['drop-parcel', 'consume-again'] as const
export type ParcelPlant = (typeof PARCEL_PLANTS)[number]

const SHARDS = 4
/** As parcel-queue.ts lays them out: of a queue how many are consumed, of a parcel by whom. */
const CONSUMED = packFields([
  [0, 48],
  [1, 48],
])
const CONSUMED_BY = packFields([
  [0, 48],
  [0, 32],
  [0, 64],
  [2 ** 48 - 1, 48],
])

function forgetfulSave(save: Overlay['save']): Overlay['save'] {
  const queues = new Set<string>()
  const parcels = new Set<string>()
  for (let source = 0; source < SHARDS; source++) {
    for (let destination = 0; destination < SHARDS; destination++) {
      queues.add(queueSlot(source, destination))
      parcels.add(slotAfter(parcelSlot(source, destination, 0), 1))
    }
  }
  return function (this: Overlay, address, slot, word) {
    let kept = word
    if (address === ROLLUP_ADDRESS && queues.has(slot)) kept &= ~CONSUMED
    if (address === ROLLUP_ADDRESS && parcels.has(slot)) kept &= ~CONSUMED_BY
    save.call(this, address, slot, kept)
  }
}

/** Runs with the bug; all is as it was afterwards. */
export function withPlanted<T>(plant: ParcelPlant | undefined, run: () => T): T {
  const { ordered, becameFinal } = Arrivals.prototype
  const { save } = Overlay.prototype
  if (plant === 'drop-parcel') {
    Arrivals.prototype.ordered = function (this: Arrivals, claim, timestampMs) {
      ordered.call(this, claim.shard === 0 ? { ...claim, outbox: [] } : claim, timestampMs)
    }
  } else if (plant === 'consume-again') {
    Arrivals.prototype.becameFinal = () => {}
    Overlay.prototype.save = forgetfulSave(save)
  }
  try {
    return run()
  } finally {
    Object.assign(Arrivals.prototype, { ordered, becameFinal })
    Overlay.prototype.save = save
  }
}
