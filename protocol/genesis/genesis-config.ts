// The chain configuration that follows from a genesis: its identity, and who checks signatures.

import type { Bls, Vrf } from '../crypto/signatures.ts'
import type { ChainConfig } from '../execution/chain-config.ts'
import type { Modules } from '../modules/registry.ts'
import type { Genesis } from './genesis-block.ts'

export function genesisConfig(
  genesis: Genesis,
  modules: Modules,
  signatures: { readonly bls: Bls; readonly vrf: Vrf },
): ChainConfig {
  const { chainId, block } = genesis
  return { chainId, chain: { chainId, genesisHash: block.hash }, modules, ...signatures }
}
