// What a node must know to build and check blocks of its chain.

import type { EpochRules } from '../consensus/epoch-rules.ts'
import type { Modules } from '../modules/registry.ts'

export interface ChainConfig {
  readonly chainId: bigint
  readonly modules: Modules
  /** Undefined for an epoch that has not begun. */
  epochRules(epoch: number): EpochRules | undefined
}
