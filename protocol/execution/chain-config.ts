// What a node must know to build and check blocks of its chain.

import type { Hex } from '../../lib/hex.ts'
import type { ValidatorSet } from '../consensus/validator-set.ts'
import type { Modules } from '../modules/registry.ts'

export interface EpochRules {
  readonly set: ValidatorSet
  /** validatorSetHash(set), which every block's sidecar names. */
  readonly setHash: Hex
}

export interface ChainConfig {
  readonly chainId: bigint
  readonly modules: Modules
  /** Undefined for an epoch that has not begun. */
  epochRules(epoch: number): EpochRules | undefined
}
