// The cluster under test: validators whose shards and sequencers follow the chain's number of
// shards, the very actors that run in production, and groups of senders of every cohort.

import { Archive } from '../../../actors/archive/archive.ts'
import { BlockBuilder } from '../../../actors/block-builder/block-builder.ts'
import { Mempool } from '../../../actors/mempool/mempool.ts'
import { SequencerSetActor } from '../../../actors/rollup-sequencer/sequencer-set.ts'
import { ShardSetActor } from '../../../actors/shard/shard-set.ts'
import { Validator } from '../../../actors/validator/validator.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import type { Prng } from '../../../lib/prng.ts'
import {
  CLOCK_AHEAD_MAX_MS,
  DELTA_MAX_MS,
  EMPTY_BLOCK_INTERVAL_MS,
} from '../../../protocol/params.ts'
import { verifyColumns } from '../../../protocol/rollup/verify-columns.ts'
import { recoverSenders } from '../../../protocol/transaction/recover-senders.ts'
import type { Host } from '../../../runtime/host.ts'
import type { Faults } from '../../../runtime/sim/faults.ts'
import { World } from '../../../runtime/sim/world.ts'
import { FEE, verifyLight } from '../rollup/rollup-chain.ts'
import { NODES, PEERS } from '../rollup/rollup-cluster.ts'
import { type Habit, SenderGroup } from '../rollup/sender-group.ts'
import { SenderLog } from '../rollup/sender-log.ts'
import type { SeedOptions } from '../scenario.ts'
import { VALIDATORS, validatorKey, WALL_START_MS } from '../sim-chain.ts'
import { simBls, simSecp256k1, simVrf } from '../sim-crypto.ts'
import { type Observed, Observer } from './observer.ts'
import type { ReshardChain } from './reshard-chain.ts'

const NODE_KINDS = [
  ...['validator', 'mempool', 'block-builder', 'archive', 'shard', 'rollup-sequencer'],
  ...['shard-set', 'sequencer-set'],
]
const DISKS: Record<string, string> = { validator: 'sign', shard: 'shards', 'shard-set': 'shards' }

const tasks = {
  'recover-senders': ({ transactions }: { transactions: readonly Uint8Array[] }) => ({
    senders: recoverSenders(transactions, simSecp256k1),
  }),
  'verify-ed25519': (columns: Parameters<typeof verifyColumns>[0]) => ({
    bad: verifyColumns(columns, verifyLight),
  }),
}

const blsKey = (i: number) => bytesToHex(simBls.publicKey(validatorKey(i)))

export interface ReshardOptions extends SeedOptions {
  readonly chain: ReshardChain
  readonly random: Prng
  /** How many shards senders and observer believe that there are: they learn it a little late. */
  readonly observed: Observed
}

function spawnNode(host: Host, i: number, { chain }: ReshardOptions): void {
  const node = NODES[i] as string
  const peers = NODES.filter((name) => name !== node)
  const { genesis, config, rollup, ports } = chain
  const genesisHash = genesis.block.hash
  host.spawn(BlockBuilder, node, { genesis, config, mempool: node, archive: node, shards: [node] })
  host.spawn(Archive, node, { config })
  host.spawn(Mempool, node, { chainId: 1337n, peers, archive: node, validator: node })
  host.spawn(ShardSetActor, node, {
    node,
    peers: PEERS,
    config: rollup,
    genesisHash,
    ownKey: blsKey(i),
    sign: (digest: Uint8Array) => simBls.sign(validatorKey(i), digest),
    ports,
  })
  host.spawn(SequencerSetActor, node, { node, peers: PEERS, blsPublicKey: blsKey(i), fee: FEE })
  host.spawn(Validator, node, {
    config: {
      chain: { chainId: 1337n, genesisHash },
      bls: simBls,
      vrf: simVrf,
      node,
      peers: PEERS,
      keys: { blsPublicKey: blsKey(i), secretKey: validatorKey(i), vrfSecretKey: validatorKey(i) },
      deltaMaxMs: DELTA_MAX_MS,
      emptyBlockIntervalMs: EMPTY_BLOCK_INTERVAL_MS,
      statusIntervalMs: 1000,
      clockAheadMaxMs: CLOCK_AHEAD_MAX_MS,
    },
  })
}

const HABITS: readonly Habit[] = ['honest', 'honest', 'late', 'never', 'partly']

function spawnSenders(host: Host, options: ReshardOptions, log: SenderLog): void {
  const { chain, random, observed } = options
  const receivers = chain.accounts.flat()
  const genesisHash = chain.genesis.block.hash
  for (const [cohort, accounts] of chain.accounts.entries()) {
    const habit = cohort === 0 ? 'honest' : (HABITS[random.below(HABITS.length)] as Habit)
    const props = {
      group: 1000 + cohort,
      nodes: NODES,
      accounts,
      receivers,
      genesisHash,
      habit,
      log,
    }
    const shard = { get: () => cohort % observed.shards, enumerable: true }
    const given = Object.defineProperty({ ...props, shard: 0 }, 'shard', shard)
    host.spawn(SenderGroup, `c${cohort}`, given)
  }
}

export function startReshardWorld(
  seed: string,
  faults: Faults,
  options: ReshardOptions,
): { world: World; log: SenderLog } {
  const { onLog, onEvent } = options
  const world = new World({
    seed,
    faults,
    place: (kind, key) => (NODE_KINDS.includes(kind) ? (key.split('.')[0] as string) : key),
    disk: (kind) => DISKS[kind] ?? 'chain',
    tasks,
    wallStartMs: WALL_START_MS,
    ...(onLog && { onLog }),
    ...(onEvent && { onEvent }),
  })
  for (let i = 0; i < VALIDATORS; i++) {
    world.addNode(`v${i}`, (host) => spawnNode(host, i, options))
  }
  const log = new SenderLog()
  world.addNode('senders', (host) => spawnSenders(host, options, log))
  const { chain, observed } = options
  const asks = { nodes: NODES, accounts: chain.accounts.flat(), observed }
  world.addNode('observer', (host) => void host.spawn(Observer, 'observer', asks))
  return { world, log }
}
