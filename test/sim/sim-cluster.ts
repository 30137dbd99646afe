// The cluster under test: the very actors that run in production, on a simulated world.

import { Archive } from '../../actors/archive/archive.ts'
import { BlockBuilder } from '../../actors/block-builder/block-builder.ts'
import { GpuWorker } from '../../actors/gpu-worker/gpu-worker.ts'
import { Mempool } from '../../actors/mempool/mempool.ts'
import { Scheduler } from '../../actors/scheduler/scheduler.ts'
import { Validator } from '../../actors/validator/validator.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Prng } from '../../lib/prng.ts'
import { CLOCK_AHEAD_MAX_MS, DELTA_MAX_MS, EMPTY_BLOCK_INTERVAL_MS } from '../../protocol/params.ts'
import { recoverSenders } from '../../protocol/transaction/recover-senders.ts'
import type { Host } from '../../runtime/host.ts'
import type { Faults } from '../../runtime/sim/faults.ts'
import { STALLS } from '../../runtime/sim/sim-tasks.ts'
import { World } from '../../runtime/sim/world.ts'
import { JobPerson, type PersonProps, type Seen, TransferPerson } from './clients.ts'
import { forgetSignLog } from './planted-bug.ts'
import type { SeedOptions } from './scenario.ts'
import {
  COORDINATOR,
  COORDINATOR_KEY,
  PEOPLE,
  PROVIDER,
  PROVIDER_KEY,
  person,
  personKey,
  simConfig,
  simGenesis,
  VALIDATORS,
  validatorKey,
  WALL_START_MS,
} from './sim-chain.ts'
import { simBls, simSecp256k1, simVrf } from './sim-crypto.ts'

export const NODES = Array.from({ length: VALIDATORS }, (_, i) => `v${i}`)
const MODEL_ROOT = `0x${'77'.repeat(32)}` as const

const NODE_KINDS = ['validator', 'mempool', 'block-builder', 'archive']

function place(kind: string, key: string): string {
  if (NODE_KINDS.includes(kind)) return key
  if (kind === 'scheduler') return 'market'
  return kind === 'gpu-worker' ? 'gpu' : 'people'
}

const DISKS: Record<string, string> = { validator: 'sign', scheduler: 'jobs' }

/** Models as modelled work: some text; sometimes a crash, silence, rubbish, or a lie about units. */
function runModel(_: unknown, random: Prng): unknown {
  const fate = random.below(40)
  if (fate === 0) throw new Error('MODEL_CRASHED')
  if (fate === 1) return STALLS
  if (fate === 2) return { output: 'not json', promptTokens: 2, completionTokens: 1, inputs: 1 }
  return {
    output: JSON.stringify({ text: `word ${random.below(1000)}` }),
    promptTokens: 2,
    completionTokens: fate === 3 ? 1_000_000 : 1 + random.below(3),
    inputs: 1,
    cancelled: false,
  }
}

const tasks = {
  'recover-senders': ({ transactions }: { transactions: readonly Uint8Array[] }) => ({
    senders: recoverSenders(transactions, simSecp256k1),
  }),
  'load-model': ({ modelId }: { modelId: string }) => ({
    modelId,
    modelRoot: MODEL_ROOT,
    engine: 'simulated',
    device: 'none',
    quantization: 'none',
    tokenizerHash: MODEL_ROOT,
    unit: 'tokens',
    unitPriceWei: 1000n,
    unitsPerSecond: 100,
    loadMs: 1,
  }),
  'run-model': runModel,
  'stop-run': () => null,
}

const blsKey = (i: number) => bytesToHex(simBls.publicKey(validatorKey(i)))

function spawnNode(host: Host, i: number): void {
  const node = NODES[i] as string
  const peers = NODES.filter((name) => name !== node)
  host.spawn(BlockBuilder, node, {
    genesis: simGenesis,
    config: simConfig,
    mempool: node,
    archive: node,
  })
  host.spawn(Archive, node, { config: simConfig })
  host.spawn(Mempool, node, { chainId: 1337n, peers, archive: node, validator: node })
  const config = {
    chain: { chainId: 1337n, genesisHash: simGenesis.block.hash },
    bls: simBls,
    vrf: simVrf,
    node,
    peers: NODES.map((name, at) => ({ node: name, blsPublicKey: blsKey(at) })),
    keys: { blsPublicKey: blsKey(i), secretKey: validatorKey(i), vrfSecretKey: validatorKey(i) },
    deltaMaxMs: DELTA_MAX_MS,
    emptyBlockIntervalMs: EMPTY_BLOCK_INTERVAL_MS,
    statusIntervalMs: 1000,
    clockAheadMaxMs: CLOCK_AHEAD_MAX_MS,
  }
  host.spawn(Validator, node, { config })
}

function spawnPeople(host: Host, seen: Seen): void {
  for (let i = 0; i < PEOPLE; i++) {
    const props: PersonProps = {
      nodes: NODES,
      secretKey: personKey(i),
      address: person(i),
      to: person((i + 1) % PEOPLE),
      pauseMs: 300,
      seen,
    }
    host.spawn(TransferPerson, `p${i}`, props)
    if (i < 2) host.spawn(JobPerson, `p${i}`, { ...props, pauseMs: 1000 })
  }
}

export function startCluster(
  seed: string,
  faults: Faults,
  { onLog, onEvent, plant }: SeedOptions = {},
): { world: World; seen: Seen } {
  const world = new World({
    seed,
    faults,
    place,
    disk: (kind) => DISKS[kind] ?? 'chain',
    tasks,
    wallStartMs: WALL_START_MS,
    ...(onLog && { onLog }),
    ...(onEvent && { onEvent }),
  })
  const seen: Seen = { finalTransfers: new Map(), acceptedJobs: new Set(), endedJobs: new Map() }
  for (let i = 0; i < VALIDATORS; i++) {
    world.addNode(`v${i}`, (host) => {
      if (plant === 'forget-sign-log') forgetSignLog(world.platter(`v${i}`, 'sign'))
      spawnNode(host, i)
    })
  }
  world.addNode('market', (host) => {
    host.spawn(Scheduler, 'main', {
      chainId: 1337n,
      secretKey: COORDINATOR_KEY,
      address: COORDINATOR,
      secp256k1: simSecp256k1,
      nodes: NODES,
      shards: 1,
      heartbeatMs: 1000,
    })
  })
  world.addNode('gpu', (host) => {
    host.spawn(GpuWorker, 'gpu', {
      schedulerKey: 'main',
      chainId: 1337,
      address: PROVIDER,
      secretKey: PROVIDER_KEY,
      secp256k1: simSecp256k1,
      models: ['stories15m'],
      slots: 2,
    })
  })
  world.addNode('people', (host) => spawnPeople(host, seen))
  return { world, seen }
}
