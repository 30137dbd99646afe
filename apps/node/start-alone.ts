// Starts one node of a topology by itself on this machine; the others run wherever the topology
// says, and may come later. Several nodes can share a data folder: each has its own place in
// endpoints.json.

import { resolve } from 'node:path'
import type { Environment } from '../../config/env.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { checkDataDirectory } from '../../storage/lmdb/data-directory.ts'
import { chosenNetwork } from './chosen-network.ts'
import type { ClusterEvent } from './cluster-events.ts'
import { devAccounts } from './dev-keys.ts'
import {
  type Endpoints,
  type NodeEndpoints,
  processAlive,
  readEndpoints,
  removeEndpoints,
  writeEndpoints,
} from './endpoints.ts'
import type { KeyAccess } from './keys/node-keys.ts'
import { networkMark, pinNetwork } from './pin-network.ts'
import { processOf } from './plan.ts'
import { startProcess } from './start-process.ts'
import { withPorts } from './topology-ports.ts'

export interface AloneOptions {
  /** With process: each. */
  readonly topology: Topology
  readonly node: string
  readonly dataDirectory: string
  readonly environment: Environment
  /** For networks whose keys are not public. */
  readonly access?: KeyAccess | undefined
  readonly report: (event: ClusterEvent) => void
}

export interface AloneNode {
  readonly node: NodeEndpoints
  readonly detail: string
  /** Resolves once every validator of the topology has answered; never if one stays away. */
  readonly linked: Promise<unknown>
  stop(): Promise<void>
}

/** The nodes that run with this folder besides `name`. */
function others(dataDirectory: string, name: string): NodeEndpoints[] {
  const found = readEndpoints(dataDirectory)?.nodes ?? []
  return found.filter((node) => node.name !== name && processAlive(node.pid))
}

function write(folder: string, nodes: readonly NodeEndpoints[], accounts: Endpoints['accounts']) {
  if (nodes.length === 0) {
    removeEndpoints(folder)
    return
  }
  const first = (what: 'rpc' | 'ws' | 'api') => nodes.find((node) => node[what])?.[what] ?? ''
  const endpoints = { rpc: first('rpc'), ws: first('ws'), api: first('api') }
  const pids = [...new Set(nodes.map(({ pid }) => pid))]
  writeEndpoints(folder, { ready: true, endpoints, accounts, pids, nodes })
}

export async function startAlone(options: AloneOptions): Promise<AloneNode> {
  const { node: name, environment, access, report } = options
  const dataDirectory = resolve(options.dataDirectory)
  const topology = withPorts(options.topology, (_node, _what, port) => port)
  const network = chosenNetwork(topology.network, environment)
  checkDataDirectory(dataDirectory, networkMark(network))
  const plan = processOf(topology, name)
  const running = await startProcess({
    topology,
    process: plan,
    dataDirectory,
    environment,
    access,
    report,
  })
  pinNetwork(dataDirectory, network, topology.network)
  const accounts = network.keys === 'public' ? devAccounts() : []
  const entry = { name, process: plan.name, pid: process.pid, admin: '', ...running.nodes[name] }
  write(dataDirectory, [...others(dataDirectory, name), entry], accounts)
  return {
    node: entry,
    detail: running.detail,
    linked: running.linked,
    async stop() {
      await running.stop()
      write(dataDirectory, others(dataDirectory, name), accounts)
    },
  }
}
