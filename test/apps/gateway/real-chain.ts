// The validators of the development network, each on a host of this thread, linked in memory, and
// one more host where the gateway runs: the real actors, consensus included.

import { type Gateway, startGateway } from '../../../apps/gateway/start-gateway.ts'
import { admits } from '../../../apps/node/admits.ts'
import { chainSetup } from '../../../apps/node/chain-setup.ts'
import { hostsOf, mainHostOf, placement } from '../../../apps/node/plan.ts'
import { startValidator } from '../../../apps/node/start-validator.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { checkCosigners } from '../../../compute/crypto/check-cosigners.ts'
import { verifyEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { taskTable } from '../../../compute/tasks/task-table.ts'
import { loadNetwork, type Network } from '../../../config/network.ts'
import type { Topology } from '../../../config/topology-schema.ts'
import { makeGenesis } from '../../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import { proveShare } from '../../../protocol/light/genesis-share.ts'
import { type SignatureColumns, verifyColumns } from '../../../protocol/rollup/verify-columns.ts'
import { recoverSenders } from '../../../protocol/transaction/recover-senders.ts'
import { Host } from '../../../runtime/host.ts'
import type { Link, LogLine } from '../../../runtime/ports.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import type { Store } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { memoryLinks } from '../../../transport/memory/memory-link.ts'

/** As in apps/node/host-stores.ts. */
const FOLDERS: Readonly<Record<string, string>> = {
  validator: 'sign',
  shard: 'shards',
  'shard-set': 'shards',
}

/** The host of the gateway. */
export const MAIN = mainHostOf('test')

export interface RealChain {
  readonly gateway: Gateway
  readonly network: ReturnType<typeof loadNetwork>
  /** What the operator was told. */
  readonly said: string[]
  readonly errors: string[]
  /** By name: the validators' hosts, and MAIN. */
  readonly hosts: ReadonlyMap<string, Host>
  /** What was logged at info and above, by all. */
  readonly logs: LogLine[]
  /** Takes all links of a host down, and makes them anew. */
  cut(name: string): void
  join(name: string): void
  /** Ends a validator's host as if its thread had died. */
  kill(name: string): Promise<void>
  stop(): Promise<void>
}

function makeHost(name: string, topology: Topology, logs: LogLine[]): Host {
  const stores = new Map<string, Store>()
  return new Host({
    name,
    place: placement(topology),
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: (kind) => {
      const folder = FOLDERS[kind] ?? 'chain'
      const store = stores.get(folder) ?? new MemoryStore()
      stores.set(folder, store)
      return store
    },
    tasks: taskTable({
      'recover-senders': ({ transactions }: { transactions: readonly Uint8Array[] }) => ({
        senders: recoverSenders(transactions, secp256k1Native),
      }),
      'check-cosigners': checkCosigners,
      'verify-ed25519': (columns: SignatureColumns) => ({
        bad: verifyColumns(columns, verifyEd25519Native),
      }),
    }),
    log: (line) => {
      if (line.level !== 'debug') logs.push(line)
    },
    ...(name !== MAIN && { admits: admits(topology, name.split('/')[0] as string) }),
  })
}

/** The development network with other parameters in its genesis, and so with another hash. */
function networkWith(params: object | undefined): Network {
  const network = loadNetwork('dev')
  if (!params) return network
  const genesis = { ...(network.genesis as object), params }
  const { block } = makeGenesis(readGenesis(genesis, blsNative))
  return { ...network, genesis, genesisHash: block.hash }
}

export interface RealChainOptions {
  /** Four are those of the genesis; others only follow until they join. */
  readonly validators?: number
  /** Instead of the development network's. */
  readonly network?: Network
}

export async function startRealChain(
  driver: 'uws' | 'node' = 'uws',
  params?: object,
  { validators = 4, network = networkWith(params) }: RealChainOptions = {},
): Promise<RealChain> {
  const names = Array.from({ length: validators }, (_, i) => `node${i}`)
  const nodes = Object.fromEntries(names.map((name) => [name, { roles: ['validator' as const] }]))
  const topology: Topology = { name: 'test', network: 'dev', epoch: 1, process: 'shared', nodes }
  const plans = names.flatMap((name) => hostsOf(topology, name))
  const setup = chainSetup(network)
  const logs: LogLine[] = []
  const hosts = new Map<string, Host>()
  const links = new Map<string, Link[]>()
  const join = (name: string, others: Iterable<string>) => {
    for (const other of others) {
      if (other === name) continue
      const [here, there] = memoryLinks()
      hosts.get(name)?.attach(other, here)
      hosts.get(other)?.attach(name, there)
      for (const one of [name, other]) links.set(one, [...(links.get(one) ?? []), here])
    }
  }
  for (const name of [...plans.map((plan) => plan.name), MAIN]) {
    hosts.set(name, makeHost(name, topology, logs))
    join(name, hosts.keys())
  }
  for (const plan of plans) {
    startValidator(hosts.get(plan.name) as Host, plan, topology, network, setup)
  }
  const said: string[] = []
  const gateway = await startGateway({
    host: hosts.get(MAIN) as Host,
    nodes: names,
    chainId: setup.genesis.chainId,
    genesisHash: network.genesisHash,
    validatorSet: setup.genesis.validatorSet,
    genesisShare: proveShare(setup.genesis.tree),
    port: 0,
    driver,
    say: (line) => said.push(line),
  })
  return {
    gateway,
    network,
    said,
    hosts,
    logs,
    get errors() {
      const bad = logs.filter(({ level }) => level === 'error')
      return bad.map(({ host, event, fields }) => `${host}: ${event} ${JSON.stringify(fields)}`)
    },
    cut: (name) => {
      for (const link of links.get(name) ?? []) link.close('cut')
    },
    join: (name) => join(name, hosts.keys()),
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
