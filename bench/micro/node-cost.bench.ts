// What a whole validator spends on a transfer, in one process without sockets: from the text of a
// JSON-RPC batch until the client has read the block with it, with the node's own actors, store,
// consensus and signature threads. Processor time of all threads, so it can be compared on a busy
// machine, beside bare recovery of the same signatures at the same time.
// npm run bench -- node-cost [--count=20000] [--rounds=5] [--accounts=2000] [--json]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import secp256k1 from 'secp256k1'
import { BlockCache } from '../../apps/gateway/block-cache.ts'
import { ChainFollower } from '../../apps/gateway/chain-follower.ts'
import { JsonRpc } from '../../apps/gateway/json-rpc.ts'
import type { RpcContext } from '../../apps/gateway/method.ts'
import { METHODS } from '../../apps/gateway/method-table.ts'
import { NodeAccess } from '../../apps/gateway/node-access.ts'
import { PendingFeed } from '../../apps/gateway/pending-feed.ts'
import { chainSetup } from '../../apps/node/chain-setup.ts'
import { HostStores } from '../../apps/node/host-stores.ts'
import { loadActors } from '../../apps/node/load-actors.ts'
import { nodeTasks } from '../../apps/node/node-tasks.ts'
import { hostsOf, mainHostOf, placement } from '../../apps/node/plan.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { loadNetwork } from '../../config/network.ts'
import { loadTopology } from '../../config/topology.ts'
import { decodeTransaction } from '../../protocol/transaction/decode-transaction.ts'
import { signingDigest } from '../../protocol/transaction/encode-transaction.ts'
import { Host } from '../../runtime/host.ts'
import { realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { memoryLinks } from '../../transport/memory/memory-link.ts'
import { benchAccount } from '../harness/transfers/bench-account.ts'
import {
  BENCH_CHAIN_ID,
  validatorNodes,
  writeBenchNetwork,
} from '../harness/transfers/bench-network.ts'
import { type SignedTransfers, signTransfers } from '../harness/transfers/signed-transfers.ts'
import { OwnClock } from './own-clock.ts'

const BATCH = 100
const LANES = 16
/** Sent and not seen in a block: about what a node holds that is at its limit. */
const UNDER_WAY_MAX = 8000
const WARM_UP_ROUNDS = 1

function option(name: string, fallback: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`))
  return given ? Number(given.slice(name.length + 3)) : fallback
}

const count = option('count', 20_000)
const rounds = option('rounds', 5)
const accounts = Array.from({ length: option('accounts', 2000) }, (_, i) => benchAccount(i))
const nonces = new Uint32Array(accounts.length)
const clock = new OwnClock()
const folder = mkdtempSync(join(tmpdir(), 'aitbc-node-cost-'))

function cpuUs(before?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

async function startNode() {
  const nodes = validatorNodes(1)
  const topology = loadTopology(
    writeBenchNetwork(folder, { validators: 1, accounts: accounts.length, nodes }),
  )
  const network = loadNetwork(topology.network)
  const [plan] = hostsOf(topology, 'node0')
  const spec = topology.nodes.node0
  if (!plan || !spec) throw new Error('no host')
  const input = { plan, topology, network, dataDirectory: join(folder, 'data') }
  const stores = new HostStores(input.dataDirectory, 'node0')
  const tasks = await nodeTasks(spec, input, (line) => console.error(line))
  const ports = { clock, entropy: realEntropy, scheduler: realScheduler }
  const log = ({ level, event }: { level: string; event: string }) => {
    if (level === 'warn' || level === 'error') console.error(event)
  }
  const place = placement(topology)
  const storeFor = (kind: string) => stores.storeFor(kind)
  const host = new Host({ ...ports, name: plan.name, place, storeFor, tasks, log })
  const nothing = { start: () => () => {} }
  const memory = () => new MemoryStore()
  const name = mainHostOf('node0')
  const main = new Host({ ...ports, name, place, storeFor: memory, tasks: nothing, log })
  const [here, there] = memoryLinks()
  main.attach(plan.name, here)
  host.attach(name, there)
  const startActors = await loadActors(input)
  startActors(host, chainSetup(network))
  return { host, main, tasks, stores }
}

/** Median microseconds of bare recovery of these signatures. */
function bareRecovery(transfers: SignedTransfers): number {
  const some = transfers.requests.slice(0, 2000).map((request) => {
    const [hex] = (JSON.parse(request.toString()) as { params: string[] }).params
    const decoded = decodeTransaction(new Uint8Array(Buffer.from((hex as string).slice(2), 'hex')))
    if (!decoded.ok) throw new Error(decoded.detail)
    const { signature } = decoded.transaction
    const digest = signingDigest(decoded.transaction)
    return { compact: signature.slice(0, 64), recovery: signature[64] as number, digest }
  })
  const before = process.cpuUsage()
  for (const { compact, recovery, digest } of some) {
    secp256k1.ecdsaRecover(compact, recovery, digest, false)
  }
  return cpuUs(before) / some.length
}

const { host, main, tasks, stores } = await startNode()
const chain = new NodeAccess(main.edge, ['node0'], (line) => console.error(line))
const blocks = new BlockCache(chain, secp256k1Native)
const context = { chain, blocks, pending: new PendingFeed() } as unknown as RpcContext
const rpc = new JsonRpc(METHODS, (error) => {
  throw error
})
const follower = new ChainFollower(chain, blocks, (error) => {
  throw error
})
let seen = 0
let reading = Promise.resolve()
/** As a client does that hears of a header: it asks for the block's hashes. */
follower.listen(({ height }) => {
  const params = JSON.stringify([`0x${height.toString(16)}`, false])
  const text = `{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":${params}}`
  reading = reading.then(async () => {
    const answer = JSON.parse((await rpc.answer(text, context)) as string)
    seen += answer.result.transactions.length
  })
})
follower.start()

async function send({ requests }: SignedTransfers): Promise<void> {
  const start = seen
  let next = 0
  const lane = async () => {
    while (next < requests.length) {
      if (next - (seen - start) > UNDER_WAY_MAX) {
        await pause(5)
        continue
      }
      const batch = requests.slice(next, next + BATCH)
      next += batch.length
      const answer = await rpc.answer(`[${batch.join(',')}]`, context)
      if (answer?.includes('"error"')) throw new Error(answer.slice(0, 300))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  while (seen < start + requests.length) await pause(5)
}

const found: { node: number; recovery: number; blocks: number; ms: number }[] = []
try {
  let first = 0
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const facts = { chainId: BENCH_CHAIN_ID, maxFeePerGas: 10n ** 13n }
    const signed = signTransfers(accounts, nonces, first, count, facts, 0)
    first += count
    const { height } = await chain.head()
    const bare = bareRecovery(signed)
    const started = performance.now()
    const before = process.cpuUsage()
    await send(signed)
    const node = cpuUs(before) / count
    const ms = performance.now() - started
    const recovery = (bare + bareRecovery(signed)) / 2
    const made = (await chain.head()).height - height
    if (round >= 0) found.push({ node, recovery, blocks: made, ms })
  }
} finally {
  follower.stop()
  await host.stop()
  await main.stop()
  await tasks.stop()
  await stores.close()
  clock.stop()
  rmSync(folder, { recursive: true, force: true })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

const summary = {
  count,
  node: median(found.map(({ node }) => node)),
  recovery: median(found.map(({ recovery }) => recovery)),
  ratio: median(found.map(({ node, recovery }) => node / recovery)),
  rounds: found,
}
if (process.argv.includes('--json')) console.log(JSON.stringify(summary))
else {
  for (const { node, recovery, blocks, ms } of found) {
    const size = Math.round(count / blocks)
    const rate = Math.round((1000 * count) / ms)
    console.log(
      `${node.toFixed(1)} µs a transfer, bare recovery ${recovery.toFixed(1)} µs: ` +
        `${(node / recovery).toFixed(2)} times; ${size} a block, ${rate}/s`,
    )
  }
  console.log(
    `median: ${summary.node.toFixed(1)} µs a transfer, ` +
      `${summary.ratio.toFixed(2)} times bare recovery`,
  )
}
// The follower's last question has nobody left who could answer it.
process.exit()
