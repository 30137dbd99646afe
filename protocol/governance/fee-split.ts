// Where a block's base fees go: burned, to the treasury, and to rewards. Exact: the three are the
// whole.

import { BASIS_POINTS } from '../params.ts'
import type { Parameters } from './parameters.ts'

export interface FeeSplit {
  readonly burned: bigint
  readonly treasury: bigint
  /** For proposers and voters, with the block reward. */
  readonly rewards: bigint
}

export function splitFees(baseFees: bigint, parameters: Parameters): FeeSplit {
  const burnShare = parameters('fee_burn_bp')
  const treasuryShare = parameters('fee_treasury_bp')
  const burned = (baseFees * burnShare) / BASIS_POINTS
  // Where there are no rewards the rounding is the treasury's, not theirs.
  if (burnShare + treasuryShare >= BASIS_POINTS) {
    return { burned, treasury: baseFees - burned, rewards: 0n }
  }
  const treasury = (baseFees * treasuryShare) / BASIS_POINTS
  return { burned, treasury, rewards: baseFees - burned - treasury }
}
