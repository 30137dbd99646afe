// Bugs on purpose, to see that the checkers see: in all shards of all nodes, one thing wrong in
// what is known of parcels, of locks, or of what was paid.

import { Arrivals } from '../../../actors/shard/arrivals.ts'
import { packFields, slotAfter } from '../../../protocol/modules/storage-layout.ts'
import { COHORT_SIZE, ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import { BatchRun } from '../../../protocol/rollup/batch-run.ts'
import { LOCK } from '../../../protocol/rollup/lock-record.ts'
import { leftPlace, parcelSlot, queueSlot } from '../../../protocol/rollup/rollup-storage.ts'
import { Overlay } from '../../../protocol/state/overlay.ts'
import { PER_SHARD } from './shards-chain.ts'

/**
 * drop-parcel: shards never learn of parcels that the first shard sends; consume-again: neither the
 * shards nor the chain remember that the first parcel of a shard for another was consumed;
 * lock-again: a lock that was given back counts as never filled; pay-again: the chain does not
 * remember that a lock of a frozen shard was paid.
 */
export const MONEY_PLANTS = ['drop-parcel', 'consume-again', 'lock-again', 'pay-again'] as const
export type MoneyPlant = (typeof MONEY_PLANTS)[number]

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

/** Of the locks behind the accounts of each shard: what they hold is fetched last. */
function withoutLeft(save: Overlay['save']): Overlay['save'] {
  const first = leftPlace(2 * PER_SHARD).bit
  const slots = Array.from({ length: SHARDS }, (_, shard) => leftPlace(shard * COHORT_SIZE).slot)
  return function (this: Overlay, address, slot, word) {
    const isLeft = address === ROLLUP_ADDRESS && slots.includes(slot)
    save.call(this, address, slot, isLeft ? word & (2n ** BigInt(first) - 1n) : word)
  }
}

/** Runs with the bug; all is as it was afterwards. */
export function withPlanted<T>(plant: MoneyPlant | undefined, run: () => T): T {
  const { ordered, becameFinal } = Arrivals.prototype
  const { save } = Overlay.prototype
  const { changeLock } = BatchRun.prototype
  if (plant === 'drop-parcel') {
    Arrivals.prototype.ordered = function (this: Arrivals, claim, timestampMs) {
      ordered.call(this, claim.shard === 0 ? { ...claim, outbox: [] } : claim, timestampMs)
    }
  } else if (plant === 'consume-again') {
    Arrivals.prototype.becameFinal = () => {}
    Overlay.prototype.save = forgetfulSave(save)
  } else if (plant === 'pay-again') {
    Overlay.prototype.save = withoutLeft(save)
  } else if (plant === 'lock-again') {
    BatchRun.prototype.changeLock = function (this: BatchRun, slot, units, use, flags, ...rest) {
      const again = flags === LOCK && use > 0 ? use - 1 : use
      changeLock.call(this, slot, units, again, flags, ...rest)
    }
  }
  try {
    return run()
  } finally {
    Object.assign(Arrivals.prototype, { ordered, becameFinal })
    Overlay.prototype.save = save
    BatchRun.prototype.changeLock = changeLock
  }
}
