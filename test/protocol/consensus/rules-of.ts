// Epoch rules for tests of consensus.

import type { Hex } from '../../../lib/hex.ts'
import {
  BALANCED_STAKE_PUBLISHED,
  type EpochRules,
} from '../../../protocol/consensus/epoch-rules.ts'
import {
  type ModeNumber,
  type Validator,
  validatorSetHash,
} from '../../../protocol/consensus/validator-set.ts'

export const zeros = (bytes: number): Hex => `0x${'00'.repeat(bytes)}`

export function validatorOf(fields: Partial<Validator> & Pick<Validator, 'index'>): Validator {
  const keys = { address: zeros(20), blsPublicKey: zeros(48), vrfPublicKey: zeros(32) }
  return { ...keys, stake: 1n, authority: true, ...fields }
}

export function rulesOf(
  mode: ModeNumber,
  validators: readonly Validator[],
  over: Partial<EpochRules> = {},
): EpochRules {
  const set = { validators }
  return {
    epoch: 0,
    mode,
    balancedStake: BALANCED_STAKE_PUBLISHED,
    set,
    setHash: validatorSetHash(set),
    seed: zeros(32),
    startHeight: 1,
    startMs: 0,
    epochBlocks: 1_000_000,
    epochMs: 1e12,
    ...over,
  }
}
