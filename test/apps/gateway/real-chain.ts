// Four validators of the development network on four hosts of this thread, linked in memory, and a
// fifth host where the gateway runs: the real actors, consensus included.

import { type Gateway, startGateway } from '../../../apps/gateway/start-gateway.ts'
import { chainSetup } from '../../../apps/node/chain-setup.ts'
import { hostsOf, placement } from '../../../apps/node/plan.ts'
import { startValidator } from '../../../apps/node/start-validator.ts'
import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { taskTable } from '../../../compute/tasks/task-table.ts'
import { loadNetwork } from '../../../config/network.ts'
import type { Topology } from '../../../config/topology-schema.ts'
import { recoverSenders } from '../../../protocol/transaction/recover-senders.ts'
import { Host } from '../../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import type { Store } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { memoryLinks } from '../../../transport/memory/memory-link.ts'

export interface RealChain {
  readonly gateway: Gateway
  readonly network: ReturnType<typeof loadNetwork>
  /** What the operator was told. */
  readonly said: string[]
  readonly errors: string[]
  /** Ends a validator's host as if its thread had died. */
  kill(name: string): Promise<void>
  stop(): Promise<void>
}

function makeHost(
  name: string,
  place: (kind: string, key: string) => string,
  errors: string[],
): Host {
  const stores = new Map<string, Store>()
  return new Host({
    name,
    place,
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: (kind) => {
      const folder = kind === 'validator' ? 'sign' : 'chain'
      const store = stores.get(folder) ?? new MemoryStore()
      stores.set(folder, store)
      return store
    },
    tasks: taskTable({
      'recover-senders': ({ transactions }: { transactions: readonly Uint8Array[] }) => ({
        senders: recoverSenders(transactions, secp256k1Native),
      }),
    }),
    log: ({ level, event, fields }) => {
      if (level === 'error') errors.push(`${name}: ${event} ${JSON.stringify(fields)}`)
    },
  })
}

export async function startRealChain(driver: 'uws' | 'node' = 'uws'): Promise<RealChain> {
  const network = loadNetwork('dev')
  const names = ['node0', 'node1', 'node2', 'node3']
  const nodes = Object.fromEntries(names.map((name) => [name, { roles: ['validator' as const] }]))
  const topology: Topology = { name: 'test', network: 'dev', epoch: 1, process: 'shared', nodes }
  const plans = names.flatMap((name) => hostsOf(topology, name))
  const setup = chainSetup(network)
  const errors: string[] = []
  const hosts = new Map<string, Host>()
  for (const name of [...plans.map((plan) => plan.name), 'main']) {
    const host = makeHost(name, placement(topology), errors)
    for (const [peerName, peer] of hosts) {
      const [here, there] = memoryLinks()
      host.attach(peerName, here)
      peer.attach(name, there)
    }
    hosts.set(name, host)
  }
  for (const plan of plans) {
    startValidator(hosts.get(plan.name) as Host, plan, topology, network, setup)
  }
  const said: string[] = []
  const gateway = await startGateway({
    host: hosts.get('main') as Host,
    nodes: names,
    chainId: setup.genesis.chainId,
    genesisHash: network.genesisHash,
    validatorSet: setup.genesis.validatorSet,
    port: 0,
    driver,
    say: (line) => said.push(line),
  })
  return {
    gateway,
    network,
    said,
    errors,
    kill: async (name) => {
      const [plan] = hostsOf(topology, name)
      await hosts.get(plan?.name ?? '')?.stop()
      hosts.delete(plan?.name ?? '')
    },
    async stop() {
      await gateway.stop()
      for (const host of hosts.values()) await host.stop()
    },
  }
}
