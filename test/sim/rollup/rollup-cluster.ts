// The cluster under test: validators with their shards and sequencers, the very actors that run in
// production, and groups of senders, on a simulated world.

import { Archive } from '../../../actors/archive/archive.ts'
import { BlockBuilder } from '../../../actors/block-builder/block-builder.ts'
import { Mempool } from '../../../actors/mempool/mempool.ts'
import { RollupSequencer } from '../../../actors/rollup-sequencer/rollup-sequencer.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { Keeping } from '../../../actors/shard/shard-props.ts'
import { Validator } from '../../../actors/validator/validator.ts'
import { bytesToHex } from '../../../lib/hex.ts'
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
import type { SeedOptions } from '../scenario.ts'
import { VALIDATORS, validatorKey, WALL_START_MS } from '../sim-chain.ts'
import { simBls, simSecp256k1, simVrf } from '../sim-crypto.ts'
import { liarShard } from './liar-shard.ts'
import type { Lie, ToldLies } from './lies.ts'
import { plantedShard, SHARD_PLANTS } from './planted-shards.ts'
import {
  ACCOUNTS,
  FEE,
  GENESIS_HASH,
  lightPorts,
  ROLLUP_CONFIG,
  rollupConfig,
  rollupGenesis,
  verifyLight,
} from './rollup-chain.ts'
import { type Habit, SenderGroup } from './sender-group.ts'
import { SenderLog } from './sender-log.ts'

export const NODES = Array.from({ length: VALIDATORS }, (_, i) => `v${i}`)
const NODE_KINDS = ['validator', 'mempool', 'block-builder', 'archive', 'shard', 'rollup-sequencer']
const DISKS: Record<string, string> = { validator: 'sign', shard: 'shards' }
const GROUPS = 4
/** Checkpoints all the time, and every batch kept: the checker reads them. */
const KEEPING: Keeping = {
  checkpointBatches: 2,
  checkpointMs: 1000,
  settledSeconds: 1,
  pages: 1,
  batches: 1_000_000,
  batchesMin: 1_000_000,
  bytes: 2 ** 50,
  missing: 1024,
}

const tasks = {
  'recover-senders': ({ transactions }: { transactions: readonly Uint8Array[] }) => ({
    senders: recoverSenders(transactions, simSecp256k1),
  }),
  'verify-ed25519': (columns: Parameters<typeof verifyColumns>[0]) => ({
    bad: verifyColumns(columns, verifyLight),
  }),
}

const blsKey = (i: number) => bytesToHex(simBls.publicKey(validatorKey(i)))
export const PEERS = NODES.map((node, i) => ({ node, blsPublicKey: blsKey(i) }))

export interface Liar {
  /** Of the node. */
  readonly index: number
  readonly lie: Lie
  readonly told: ToldLies
}

export interface RollupOptions extends SeedOptions {
  /** What the shard of a node does that it must not. */
  readonly liar?: Liar | undefined
  readonly habits: readonly Habit[]
  readonly keeping?: Partial<Keeping>
  /** Another shard than the real one, for some nodes. */
  readonly shardAt?: (node: string) => typeof ShardActor | undefined
  /** Whether nodes that start have a sequencer; they all do where it is not said. */
  readonly sequencing?: { isOn: boolean }
}

function shardOf(i: number, liar: Liar | undefined, plant: string | undefined) {
  if (i === liar?.index) {
    const keys = { secret: validatorKey(i), genesisHash: GENESIS_HASH }
    return liarShard({ ...liar, ...keys, shards: ROLLUP_CONFIG.shards })
  }
  const planted = SHARD_PLANTS.find((one) => one === plant)
  return planted ? plantedShard(planted) : ShardActor
}

function spawnNode(
  host: Host,
  i: number,
  { liar, plant, keeping, sequencing, shardAt }: RollupOptions,
): void {
  const node = NODES[i] as string
  const peers = NODES.filter((name) => name !== node)
  const [genesis, config] = [rollupGenesis, rollupConfig]
  host.spawn(BlockBuilder, node, { genesis, config, mempool: node, archive: node, shards: [node] })
  host.spawn(Archive, node, { config })
  host.spawn(Mempool, node, { chainId: 1337n, peers, archive: node, validator: node })
  const place = { node, shard: 0, peers: PEERS }
  const shard = {
    ...place,
    config: ROLLUP_CONFIG,
    genesisHash: GENESIS_HASH,
    ownKey: blsKey(i),
    sign: (digest: Uint8Array) => simBls.sign(validatorKey(i), digest),
    ports: lightPorts,
    keeping: { ...KEEPING, ...keeping },
  }
  host.spawn(shardAt?.(node) ?? shardOf(i, liar, plant), node, shard)
  if (sequencing?.isOn !== false)
    host.spawn(RollupSequencer, node, { ...place, blsPublicKey: blsKey(i), fee: FEE })
  host.spawn(Validator, node, {
    config: {
      chain: { chainId: 1337n, genesisHash: GENESIS_HASH },
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

export function startRollup(
  seed: string,
  faults: Faults,
  options: RollupOptions,
): { world: World; log: SenderLog } {
  const { onLog, onEvent, habits } = options
  const world = new World({
    seed,
    faults,
    place: (kind, key) => (NODE_KINDS.includes(kind) ? key : 'senders'),
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
  world.addNode('senders', (host) => {
    const each = ACCOUNTS / GROUPS
    for (let g = 0; g < GROUPS; g++) {
      const accounts = Array.from({ length: each }, (_, i) => g * each + i)
      const habit = habits[g] ?? 'honest'
      const receivers = Array.from({ length: ACCOUNTS }, (_, i) => i)
      const place = { shard: 0, receivers, genesisHash: GENESIS_HASH, nodes: NODES }
      host.spawn(SenderGroup, `g${g}`, { ...place, group: 1000 + g, accounts, habit, log })
    }
  })
  return { world, log }
}
