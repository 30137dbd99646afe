// The actors of a validator that a host runs: block-builder first, then archive, mempool and
// validator.

import { Archive } from '../../actors/archive/archive.ts'
import { BlockBuilder } from '../../actors/block-builder/block-builder.ts'
import { Mempool } from '../../actors/mempool/mempool.ts'
import { Validator } from '../../actors/validator/validator.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import type { Network } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Peer, SimplexConfig } from '../../protocol/consensus/simplex-types.ts'
import { vrfNoble } from '../../protocol/crypto/ecvrf.ts'
import { CLOCK_AHEAD_MAX_MS, DELTA_MAX_MS, EMPTY_BLOCK_INTERVAL_MS } from '../../protocol/params.ts'
import type { Host } from '../../runtime/host.ts'
import type { ChainSetup } from './chain-setup.ts'
import { devValidatorKey, devVrfKey } from './dev-validator-key.ts'
import { validatorNames } from './plan.ts'

const STATUS_INTERVAL_MS = 1000

function consensusConfig(
  setup: ChainSetup,
  network: Network,
  names: readonly string[],
  index: number,
): SimplexConfig {
  if (network.keys !== 'public') throw new Error('only the development network has keys here')
  const peers = names.map((node, i) => ({
    node,
    blsPublicKey: bytesToHex(blsNative.publicKey(devValidatorKey(i))),
  }))
  const { node, blsPublicKey } = peers[index] as Peer
  const secretKey = devValidatorKey(index)
  return {
    chain: { chainId: setup.genesis.chainId, genesisHash: network.genesisHash },
    bls: blsNative,
    vrf: vrfNoble,
    node,
    peers,
    keys: { blsPublicKey, secretKey, vrfSecretKey: devVrfKey(index) },
    deltaMaxMs: DELTA_MAX_MS,
    emptyBlockIntervalMs: EMPTY_BLOCK_INTERVAL_MS,
    statusIntervalMs: STATUS_INTERVAL_MS,
    clockAheadMaxMs: CLOCK_AHEAD_MAX_MS,
  }
}

export interface ValidatorPlace {
  readonly node: string
  /** Which of the validator's actors live on this host. */
  readonly kinds: readonly string[]
}

export function startValidator(
  host: Host,
  { node, kinds }: ValidatorPlace,
  topology: Topology,
  network: Network,
  setup: ChainSetup,
): void {
  const names = validatorNames(topology)
  const peers = names.filter((name) => name !== node)
  const { chainId } = setup.genesis
  const index = names.indexOf(node)
  const size = setup.genesis.validatorSet.validators.length
  if (names.length !== size) {
    throw new Error(
      `the topology has ${names.length} validators, the network ${network.name} has ${size}`,
    )
  }
  if (kinds.includes('block-builder')) {
    host.spawn(BlockBuilder, node, { ...setup, mempool: node, archive: node })
  }
  if (kinds.includes('archive')) host.spawn(Archive, node, setup)
  if (kinds.includes('mempool')) {
    host.spawn(Mempool, node, { chainId, peers, archive: node, validator: node })
  }
  if (kinds.includes('validator')) {
    const config = consensusConfig(setup, network, names, index)
    host.spawn(Validator, node, { config })
  }
}
