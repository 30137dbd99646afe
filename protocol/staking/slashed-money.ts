// Where slashed wei go: a share to whoever reported the offence, a share is burned, and the
// treasury has what remains.

import type { Hex } from '../../lib/hex.ts'
import type { ModuleState } from '../modules/module.ts'
import { BASIS_POINTS, BURN_ADDRESS, STAKING_ADDRESS, TREASURY_ADDRESS } from '../params.ts'
import { parameter } from './staking-context.ts'

/** The wei are on the module's account and no longer owed. Returns the reporter's reward. */
export function payOutSlashed(state: ModuleState, amount: bigint, reporter?: Hex): bigint {
  const share = (name: 'slash_reporter_bp' | 'slash_burn_bp') =>
    (amount * parameter(state, name)) / BASIS_POINTS
  const reward = reporter === undefined ? 0n : share('slash_reporter_bp')
  const burned = share('slash_burn_bp')
  if (reporter !== undefined) state.transfer(STAKING_ADDRESS, reporter, reward)
  state.transfer(STAKING_ADDRESS, BURN_ADDRESS, burned)
  state.transfer(STAKING_ADDRESS, TREASURY_ADDRESS, amount - reward - burned)
  return reward
}
