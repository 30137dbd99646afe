// Which consensus key each validator of a topology votes with: what its peers know it by.

import { blsNative } from '../../../compute/crypto/bls-native.ts'
import type { Network } from '../../../config/network.ts'
import type { NodeSpec, Topology } from '../../../config/topology-schema.ts'
import { assert } from '../../../lib/assert.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { devValidatorKey } from '../dev-validator-key.ts'
import { validatorNames } from '../plan.ts'

interface NamedKey {
  readonly name: string
  readonly blsPublicKey: Hex
}

/** By the topology, else by the genesis, whose validators have names; for private networks. */
export function consensusKeyOf(network: Network, name: string, spec: NodeSpec): Hex | undefined {
  if (spec.consensus) return spec.consensus as Hex
  const { validators = [] } = network.genesis as { validators?: readonly NamedKey[] }
  return validators.find((validator) => validator.name === name)?.blsPublicKey
}

/** In the order of the topology; the same on every node. */
export function consensusKeys(
  network: Network,
  topology: Topology,
): { readonly node: string; readonly blsPublicKey: Hex }[] {
  return validatorNames(topology).map((node, index) => {
    const spec = topology.nodes[node] as NodeSpec
    const blsPublicKey =
      network.keys === 'public'
        ? bytesToHex(blsNative.publicKey(devValidatorKey(index)))
        : consensusKeyOf(network, node, spec)
    assert(blsPublicKey, `nobody says the consensus key of ${node}`)
    return { node, blsPublicKey }
  })
}
