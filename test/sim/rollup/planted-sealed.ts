// A bug on purpose in all sequencers: they hear of nothing that was undone, and whatever was sealed
// below a final claim they say is final, also what stands on another branch.

import { SealedBatches } from '../../../actors/rollup-sequencer/sealed-batches.ts'

export const SEALED_PLANTS = ['final-below'] as const
export type SealedPlant = (typeof SEALED_PLANTS)[number]

/** Runs with the bug; the sequencers are as they were afterwards. */
export function withSealedPlant<T>(plant: SealedPlant | undefined, run: () => T): T {
  const { settle, from } = SealedBatches.prototype
  if (plant === 'final-below') {
    SealedBatches.prototype.from = () => []
    SealedBatches.prototype.settle = function (this: SealedBatches, number, claim) {
      const { final, superseded } = settle.call(this, number, claim)
      return { final: [...final, ...superseded], superseded: [] }
    }
  }
  try {
    return run()
  } finally {
    Object.assign(SealedBatches.prototype, { settle, from })
  }
}
