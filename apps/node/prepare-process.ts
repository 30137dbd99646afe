// What must hold before a process starts anything: the network is known and its genesis is the one
// pinned, the folders of its nodes are free and belong to that network. Throws what the command
// line turns into advice.

import { join } from 'node:path'
import { selfTestEd25519 } from '../../compute/crypto/ed25519-native.ts'
import { selfTestHashPairs } from '../../compute/crypto/hash-pairs-native.ts'
import { selfTestSecp256k1 } from '../../compute/crypto/secp256k1-native.ts'
import { selfTestVrf } from '../../compute/crypto/vrf-native.ts'
import type { Environment } from '../../config/env.ts'
import type { Network } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { openDataDirectory } from '../../storage/lmdb/data-directory.ts'
import { chainDifferences } from './chain-differences.ts'
import { type ChainSetup, chainSetup } from './chain-setup.ts'
import { chosenNetwork, isFollowed } from './chosen-network.ts'
import type { ClusterEvent } from './cluster-events.ts'
import { type KeyAccess, type NodeKeys, openNodeKeys } from './keys/node-keys.ts'
import { networkMark } from './pin-network.ts'
import type { ProcessPlan } from './plan.ts'

export interface ProcessOptions {
  /** With its ports written out. */
  readonly topology: Topology
  readonly process: ProcessPlan
  /** Absolute. */
  readonly dataDirectory: string
  readonly environment: Environment
  /** For networks whose keys are not public. */
  readonly access?: KeyAccess | undefined
  readonly report: (event: ClusterEvent) => void
}

export interface PreparedProcess {
  readonly network: Network
  readonly setup: ChainSetup
  /** What was found, for people. */
  readonly detail: string
  /** Of each node, on networks whose keys are not public. */
  readonly keys: Readonly<Record<string, NodeKeys>>
  /** Gives the nodes' folders back. */
  release(): void
}

const NO_ACCESS: KeyAccess = { password: undefined, lostSignState: false }

/** The nodes' folders and keys, all or none. */
async function takeNodes(options: ProcessOptions, network: Network) {
  const { topology, process, dataDirectory, access = NO_ACCESS } = options
  const mark = networkMark(network)
  const releases: (() => void)[] = []
  const keys: Record<string, NodeKeys> = {}
  const release = () => {
    for (const one of releases.splice(0).reverse()) one()
  }
  try {
    for (const node of process.nodes) {
      releases.push(openDataDirectory(join(dataDirectory, 'nodes', node), mark))
      const spec = topology.nodes[node]
      if (network.keys === 'public' || !spec) continue
      const opened = await openNodeKeys({ network, mark, dataDirectory, node, spec, access })
      releases.push(opened.release)
      keys[node] = opened.keys
    }
  } catch (error) {
    release()
    throw error
  }
  return { keys, release }
}

/** Rejects with what the command line turns into advice. */
export async function prepareProcess(options: ProcessOptions): Promise<PreparedProcess> {
  const { topology, environment, report } = options
  const network = chosenNetwork(topology.network, environment)
  if (!isFollowed(network, environment)) {
    const message = `network ${network.name} decides its mode itself: AITBC_CONSENSUS_MODE has no say`
    report({ type: 'warning', message })
  }
  const { msPerRecovery, isNative } = selfTestSecp256k1()
  if (!isNative) {
    const message = `secp256k1 runs in JavaScript: ${msPerRecovery.toFixed(2)} ms a check`
    report({ type: 'warning', message })
  }
  selfTestVrf()
  selfTestEd25519()
  selfTestHashPairs()
  const setup = chainSetup(network)
  const { chainId } = setup.genesis
  if (environment.chainId !== undefined && environment.chainId !== chainId) {
    throw new Error(
      `AITBC_CHAIN_ID is ${environment.chainId}, network ${network.name} has ${chainId}`,
    )
  }
  for (const message of chainDifferences(environment, setup.genesis)) {
    report({ type: 'warning', message })
  }
  const curves = `secp256k1 ${isNative ? 'native' : 'JavaScript'} · BLS native · VRF native`
  const detail = `chain ${chainId} · ${curves}`
  // Last, because nothing that fails here may leave a folder locked.
  const { keys, release } = await takeNodes(options, network)
  for (const [node, { lostSignState }] of Object.entries(keys)) {
    if (!lostSignState) continue
    const message = `${node} does not vote before two epochs are final without a vote of its key`
    report({ type: 'warning', message })
  }
  return { network, setup, detail, keys, release }
}
