// The money at the end of a block: base fees are shared out, new wei are made, burned wei are
// destroyed. During the block, base fees lie on EPOCH_ADDRESS, where no transaction can spend
// them.

import type { Hex } from '../../lib/hex.ts'
import type { ModeNumber } from '../consensus/validator-set.ts'
import { splitFees } from '../governance/fee-split.ts'
import { parametersOf } from '../governance/parameters.ts'
import {
  BLOCK_TIMES_MS,
  BURN_ADDRESS,
  EPOCH_ADDRESS,
  GOVERNANCE_ADDRESS,
  STAKING_ADDRESS,
  TREASURY_ADDRESS,
} from '../params.ts'
import { payBlockReward } from '../staking/block-reward.ts'
import type { System } from './begin-block.ts'

/** The same new wei a second in every mode. */
function newWei(perUnit: bigint, mode: ModeNumber): bigint {
  return perUnit * BigInt(BLOCK_TIMES_MS[mode] / BLOCK_TIMES_MS[0])
}

export function payBlock(
  system: System,
  { mode, proposer }: { readonly mode: ModeNumber; readonly proposer: Hex },
): void {
  const fees = system(EPOCH_ADDRESS)
  const staking = system(STAKING_ADDRESS)
  const parameters = parametersOf(system(GOVERNANCE_ADDRESS))
  const split = splitFees(fees.balance(EPOCH_ADDRESS), parameters)
  fees.transfer(EPOCH_ADDRESS, TREASURY_ADDRESS, split.treasury)
  fees.transfer(EPOCH_ADDRESS, STAKING_ADDRESS, split.rewards)
  fees.transfer(EPOCH_ADDRESS, BURN_ADDRESS, split.burned)
  const minted = newWei(parameters('block_reward_wei'), mode)
  staking.mint(STAKING_ADDRESS, minted)
  payBlockReward(staking, { amount: minted + split.rewards, mode, proposer })
  staking.burn(BURN_ADDRESS, staking.balance(BURN_ADDRESS))
}
