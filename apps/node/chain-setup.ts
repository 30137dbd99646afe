// What every host derives from a network's genesis: the same values on every thread.

import { blsNative } from '../../compute/crypto/bls-native.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { vrfNative } from '../../compute/crypto/vrf-native.ts'
import type { Network } from '../../config/network.ts'
import type { ChainConfig } from '../../protocol/execution/chain-config.ts'
import { chainModules } from '../../protocol/genesis/chain-modules.ts'
import { type Genesis, makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { genesisConfig } from '../../protocol/genesis/genesis-config.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'

export interface ChainSetup {
  readonly genesis: Genesis
  readonly config: ChainConfig
}

/** Validators' proofs of possession. PERF: in JavaScript each takes 30 ms. */
export type Possession = 'checked' | 'known'

/**
 * Throws if the network file's pinned hashes are not those of its genesis. `possession` is known in
 * the threads of a process that has checked it.
 */
export function chainSetup(network: Network, possession: Possession = 'checked'): ChainSetup {
  const believing = { ...blsNative, verifyPossession: () => true }
  const bls = possession === 'known' ? believing : blsNative
  const genesis = makeGenesis(readGenesis(network.genesis, bls))
  if (genesis.block.hash !== network.genesisHash) {
    throw new Error(
      `network ${network.name}: the genesis hashes to ${genesis.block.hash}, ` +
        `but ${network.genesisHash} is pinned`,
    )
  }
  const ports = { bls: blsNative, secp256k1: secp256k1Native, genesisHash: genesis.block.hash }
  const judges = { bls: blsNative, vrf: vrfNative }
  return { genesis, config: genesisConfig(genesis, chainModules(ports), judges) }
}
