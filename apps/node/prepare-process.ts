// What must hold before a process starts anything: the network is known and its genesis is the one
// pinned, the folders of its nodes are free and belong to that network. Throws what the command
// line turns into advice.

import { join } from 'node:path'
import { selfTestSecp256k1 } from '../../compute/crypto/secp256k1-native.ts'
import { selfTestVrf } from '../../compute/crypto/vrf-native.ts'
import type { Environment } from '../../config/env.ts'
import type { Network } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { openDataDirectory } from '../../storage/lmdb/data-directory.ts'
import { type ChainSetup, chainSetup } from './chain-setup.ts'
import { chosenNetwork, isFollowed } from './chosen-network.ts'
import type { ClusterEvent } from './cluster-events.ts'
import { networkMark } from './pin-network.ts'
import type { ProcessPlan } from './plan.ts'

export interface ProcessOptions {
  /** With its ports written out. */
  readonly topology: Topology
  readonly process: ProcessPlan
  /** Absolute. */
  readonly dataDirectory: string
  readonly environment: Environment
  readonly report: (event: ClusterEvent) => void
}

export interface PreparedProcess {
  readonly network: Network
  readonly setup: ChainSetup
  /** What was found, for people. */
  readonly detail: string
  /** Gives the nodes' folders back. */
  release(): void
}

function takeFolders(folders: readonly string[], mark: string): () => void {
  const releases: (() => void)[] = []
  const release = () => {
    for (const one of releases.reverse()) one()
  }
  try {
    for (const folder of folders) releases.push(openDataDirectory(folder, mark))
  } catch (error) {
    release()
    throw error
  }
  return release
}

export function prepareProcess(options: ProcessOptions): PreparedProcess {
  const { topology, process, dataDirectory, environment, report } = options
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
  const setup = chainSetup(network)
  const { chainId } = setup.genesis
  if (environment.chainId !== undefined && environment.chainId !== chainId) {
    throw new Error(
      `AITBC_CHAIN_ID is ${environment.chainId}, network ${network.name} has ${chainId}`,
    )
  }
  const curves = `secp256k1 ${isNative ? 'native' : 'JavaScript'} · BLS native · VRF native`
  const detail = `chain ${chainId} · ${curves}`
  // Last, because nothing that fails here may leave a folder locked.
  const folders = process.nodes.map((node) => join(dataDirectory, 'nodes', node))
  return { network, setup, detail, release: takeFolders(folders, networkMark(network)) }
}
