// What it costs to keep blocks so full that the rule answers as an attacker wants: his share of
// every block's gas at the base fee that the fuller blocks themselves drive up.

import { nextBaseFee } from '../../protocol/block/base-fee.ts'
import type { ModeNumber } from '../../protocol/consensus/validator-set.ts'
import { BLOCK_GAS_LIMITS, EPOCH_BLOCKS } from '../../protocol/params.ts'

export interface AttackPrice {
  readonly wei: bigint
  /** After the last block. */
  readonly baseFee: bigint
}

/** One load for each epoch, in basis points of its blocks; what is above `honest` is bought. */
export function attackPrice(
  mode: ModeNumber,
  loads: readonly number[],
  honest: number,
  baseFee: bigint,
): AttackPrice {
  const gasLimit = BLOCK_GAS_LIMITS[mode]
  const gasAt = (load: number) => Math.floor((gasLimit * load) / 10_000)
  let fee = baseFee
  let wei = 0n
  for (const load of loads) {
    const gasUsed = gasAt(load)
    const bought = BigInt(Math.max(0, gasUsed - gasAt(honest)))
    for (let block = 0; block < EPOCH_BLOCKS[mode]; block++) {
      wei += bought * fee
      fee = nextBaseFee({ baseFeePerGas: fee, gasUsed, gasLimit })
    }
  }
  return { wei, baseFee: fee }
}
