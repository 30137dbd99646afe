// The network that a cluster runs: what its file says, or for a development network a chain that
// begins in the mode somebody asked for. That is another genesis, with another hash.

import { blsNative } from '../../compute/crypto/bls-native.ts'
import type { Environment } from '../../config/env.ts'
import { loadNetwork, type Network } from '../../config/network.ts'
import type { ModeChoice } from '../../config/node-settings.ts'
import { makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'

type Mode = Exclude<ModeChoice, 'AUTO'>

/** Anybody can make the genesis of a network whose keys are public; of no other. */
export function withMode(network: Network, mode: Mode, modePolicy: 'auto' | 'pinned'): Network {
  const file = network.genesis as { readonly params?: object }
  const genesis = { ...file, mode, params: { ...file.params, modePolicy } }
  const { block, validatorSetHash } = makeGenesis(readGenesis(genesis, blsNative))
  return { ...network, genesis, genesisHash: block.hash, validatorSetHash }
}

type Asked = Pick<Environment, 'consensusMode'>

/** Throws an Error that names the networks there are. */
export function chosenNetwork(name: string, { consensusMode }: Asked): Network {
  const network = loadNetwork(name)
  if (network.keys !== 'public' || !consensusMode) return network
  return consensusMode === 'AUTO'
    ? withMode(network, 'FAST', 'auto')
    : withMode(network, consensusMode, 'pinned')
}

/** False when a mode was asked for that the network's own genesis does not give. */
export function isFollowed(network: Network, { consensusMode }: Asked): boolean {
  return network.keys === 'public' || consensusMode === undefined
}
