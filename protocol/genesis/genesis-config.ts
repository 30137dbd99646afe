// The chain configuration that follows from a genesis while its validator set does not change.

import type { ChainConfig } from '../execution/chain-config.ts'
import type { Modules } from '../modules/registry.ts'
import type { Genesis } from './genesis-block.ts'

export function genesisConfig(genesis: Genesis, modules: Modules): ChainConfig {
  const { rules } = genesis
  return {
    chainId: genesis.chainId,
    modules,
    epochRules: (asked) => (asked === rules.epoch ? rules : undefined),
  }
}
