// The actors of a validator that a host runs: block-builder first, then archive, mempool and
// validator.

import { Archive } from '../../actors/archive/archive.ts'
import { BlockBuilder } from '../../actors/block-builder/block-builder.ts'
import { Mempool } from '../../actors/mempool/mempool.ts'
import { shardKey } from '../../actors/messages/shard.ts'
import { PRUNE_STAGES } from '../../actors/pruner/prune-policy.ts'
import { Pruner } from '../../actors/pruner/pruner.ts'
import { SnapshotMaker } from '../../actors/snapshot-maker/snapshot-maker.ts'
import { StateSync } from '../../actors/state-sync/state-sync.ts'
import { Validator } from '../../actors/validator/validator.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { vrfNative } from '../../compute/crypto/vrf-native.ts'
import type { Network } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import type { Peer, SimplexConfig } from '../../protocol/consensus/simplex-types.ts'
import { CLOCK_AHEAD_MAX_MS, DELTA_MAX_MS, EMPTY_BLOCK_INTERVAL_MS } from '../../protocol/params.ts'
import type { Host } from '../../runtime/host.ts'
import type { ChainSetup } from './chain-setup.ts'
import { consensusKeys } from './keys/consensus-keys.ts'
import type { NodeKeys } from './keys/node-keys.ts'
import { signingKeys } from './keys/signing-keys.ts'
import { validatorNames } from './plan.ts'
import { startSequencers, startShards } from './start-rollup.ts'
import { NO_UPKEEP, type Upkeep } from './upkeep.ts'

const STATUS_INTERVAL_MS = 1000

interface Signer {
  /** Among the validators of the topology. */
  readonly index: number
  readonly keys: NodeKeys | undefined
}

function consensusConfig(
  setup: ChainSetup,
  network: Network,
  topology: Topology,
  { index, keys }: Signer,
): SimplexConfig {
  const peers = consensusKeys(network, topology)
  const { node, blsPublicKey } = peers[index] as Peer
  const { consensus, vrf } = signingKeys(index, keys)
  return {
    chain: { chainId: setup.genesis.chainId, genesisHash: network.genesisHash },
    bls: blsNative,
    vrf: vrfNative,
    node,
    peers,
    keys: { blsPublicKey, secretKey: consensus, vrfSecretKey: vrf },
    lostSignState: keys?.lostSignState ?? false,
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
  /** Undefined where keys are public. */
  readonly keys?: NodeKeys | undefined
  readonly upkeep?: Upkeep | undefined
}

/** The actors that write a node's chain; with a trusted block, after the node has a chain. */
function startChain(
  host: Host,
  node: string,
  peers: readonly string[],
  setup: ChainSetup,
  { trustedHash, trustedEpoch: epoch, pruneBytes }: Upkeep,
): void {
  const start = () => {
    const shards = [shardKey(node, 0)]
    host.spawn(BlockBuilder, node, { ...setup, mempool: node, archive: node, shards })
    host.spawn(SnapshotMaker, node, null)
    if (pruneBytes !== undefined) {
      const policy = { thresholdBytes: pruneBytes, stages: PRUNE_STAGES }
      host.spawn(Pruner, node, { policy })
    }
  }
  if (trustedHash === undefined) {
    start()
    return
  }
  const { chainId, block: genesis } = setup.genesis
  let started = false
  const ready = () => {
    if (!started) start()
    started = true
  }
  const trustedEpoch =
    epoch === undefined ? undefined : { epoch, hash: trustedHash, bls: blsNative }
  host.spawn(StateSync, node, { chainId, genesis, peers, trustedHash, trustedEpoch, ready })
}

export function startValidator(
  host: Host,
  { node, kinds, keys, upkeep = NO_UPKEEP }: ValidatorPlace,
  topology: Topology,
  network: Network,
  setup: ChainSetup,
): void {
  const names = validatorNames(topology)
  const peers = names.filter((name) => name !== node)
  const { chainId } = setup.genesis
  const index = names.indexOf(node)
  if (kinds.includes('block-builder')) startChain(host, node, peers, setup, upkeep)
  if (kinds.includes('archive')) host.spawn(Archive, node, setup)
  if (kinds.includes('mempool')) {
    host.spawn(Mempool, node, { chainId, peers, archive: node, validator: node })
  }
  const own = { node, index, keys, peers: consensusKeys(network, topology) }
  if (kinds.includes('shard')) startShards(host, own, setup)
  if (kinds.includes('rollup-sequencer')) startSequencers(host, own)
  if (kinds.includes('validator')) {
    const config = consensusConfig(setup, network, topology, { index, keys })
    host.spawn(Validator, node, { config })
  }
}
