// The links of one process to all others of its topology: the connections, and the relay that gives
// every pair of hosts its own channel on them.

import type { Worker } from 'node:worker_threads'
import type { Network } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import type { Host } from '../../runtime/host.ts'
import { realClock, realEntropy } from '../../runtime/real-ports.ts'
import { LinkFaults } from '../../transport/chaos/link-faults.ts'
import type { Trunks } from '../../transport/libp2p/start-trunks.ts'
import { DATA } from '../../transport/mux/mux-header.ts'
import { closeRing, ringLink, ringMemory } from '../../transport/threads/ring-link.ts'
import type { HostLog } from './host-log.ts'
import { mainHostOf, type ProcessPlan, processPlans } from './plan.ts'
import type { RelayMessage } from './relay/carrier-message.ts'
import { Relay } from './relay/relay.ts'
import { LISTEN_DEFAULT, topologyPorts } from './topology-ports.ts'

export interface LinksOptions {
  readonly topology: Topology
  readonly process: ProcessPlan
  readonly network: Network
  readonly dataDirectory: string
  /** From the keys of the first node, if it has any. */
  readonly peerSecret?: Uint8Array | undefined
  readonly host: Host
  readonly log: HostLog
}

export interface ProcessLinks {
  readonly faults: LinkFaults
  /** Where other processes reach this one; undefined when it is the only one. */
  readonly address: string | undefined
  /** A worker thread runs, for the first time or again. */
  thread(name: string, worker: Worker): void
  stop(): Promise<void>
}

/** Host part of the address, with the port of the process's first node. */
function addressOf(topology: Topology, { nodes }: ProcessPlan, forDialling: boolean): string {
  const [name = ''] = nodes
  const node = topology.nodes[name]
  const listen = node?.listen ?? LISTEN_DEFAULT
  const host = forDialling ? (node?.address ?? listen) : listen
  return `${host}/tcp/${topologyPorts(topology)[name]?.peer ?? 0}`
}

export async function startLinks(options: LinksOptions): Promise<ProcessLinks> {
  const { topology, process, host } = options
  const others = processPlans(topology).filter(({ name }) => name !== process.name)
  const faults = new LinkFaults({
    clock: realClock,
    entropy: realEntropy,
    mayLose: (frame) => frame[0] === DATA,
  })
  const remote = others.map(({ name, hosts }) => ({
    name,
    hosts: [mainHostOf(name), ...hosts.map((one) => one.name)],
  }))
  const relay = new Relay(host, remote)
  const trunks = others.length > 0 ? await connect(options, others, relay, faults) : undefined
  return {
    faults,
    address: trunks?.addresses[0],
    thread: (name, worker) => {
      if (trunks) joinThread(relay, name, worker)
    },
    stop: async () => trunks?.stop(),
  }
}

/** Gives the thread a link that carries all of its links to other processes. */
function joinThread(relay: Relay, name: string, worker: Worker): void {
  const memory = ringMemory()
  const tell = (message: RelayMessage) => worker.postMessage(message)
  tell({ type: 'aitbc-carrier', memory })
  worker.once('exit', () => closeRing(memory, `${name} has ended`))
  relay.thread(name, ringLink(memory, 0), (peer) => tell({ type: 'aitbc-reach', peer }))
}

async function connect(
  { topology, process, network, dataDirectory, peerSecret, log }: LinksOptions,
  others: readonly ProcessPlan[],
  relay: Relay,
  faults: LinkFaults,
): Promise<Trunks> {
  const { startTrunks } = await import('../../transport/libp2p/start-trunks.ts')
  const { expectedPeer, nodeIdentity } = await import('./peer-identity.ts')
  const { identityOf } = await import('../../transport/libp2p/identity.ts')
  const peers = others.map((other) => {
    const [name = ''] = other.nodes
    const node = topology.nodes[name]
    const peerId = node && expectedPeer(network.keys, name, node)
    if (!peerId) throw new Error(`the topology does not say the peer id of ${name}`)
    return { name: other.name, peerId, address: addressOf(topology, other, true) }
  })
  const main = mainHostOf(process.name)
  return startTrunks({
    process: process.name,
    identity: peerSecret
      ? identityOf(peerSecret)
      : nodeIdentity(network, dataDirectory, process.nodes[0] as string),
    listen: addressOf(topology, process, false),
    peers,
    onTrunk: (peer, carrier) => relay.trunk(peer, faults.wrap(peer, carrier)),
    log: (event, fields) =>
      log.write({ level: 'info', host: main, actor: undefined, event, fields }),
  })
}
