// The cluster under test: validators with their shards and sequencers, the very actors that run in
// production, and groups of senders, on a simulated world.

import { RollupSequencer } from '../../../actors/rollup-sequencer/rollup-sequencer.ts'
import type { ChallengerKey } from '../../../actors/shard/challenger.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { Keeping } from '../../../actors/shard/shard-props.ts'
import type { Host } from '../../../runtime/host.ts'
import type { Faults } from '../../../runtime/sim/faults.ts'
import type { World } from '../../../runtime/sim/world.ts'
import type { SeedOptions } from '../scenario.ts'
import { validatorKey } from '../sim-chain.ts'
import { simBls } from '../sim-crypto.ts'
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
} from './rollup-chain.ts'
import { blsKey, NODES, PEERS, spawnNode, worldOfNodes } from './rollup-nodes.ts'
import { type Habit, SenderGroup } from './sender-group.ts'
import { SenderLog } from './sender-log.ts'

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
  readonly sequencing?: { isOn: boolean; readonly not?: string }
  /** Of a node: who pays the bond of its challenges. */
  readonly challengerAt?: (node: string) => ChallengerKey | undefined
}

function shardOf(i: number, liar: Liar | undefined, plant: string | undefined) {
  if (i === liar?.index) {
    const keys = { secret: validatorKey(i), genesisHash: GENESIS_HASH }
    return liarShard({ ...liar, ...keys, shards: ROLLUP_CONFIG.shards })
  }
  const planted = SHARD_PLANTS.find((one) => one === plant)
  return planted ? plantedShard(planted) : ShardActor
}

function spawnShard(
  host: Host,
  i: number,
  { liar, plant, keeping, sequencing, shardAt, challengerAt }: RollupOptions,
): void {
  const node = NODES[i] as string
  const place = { node, shard: 0, peers: PEERS }
  host.spawn(shardAt?.(node) ?? shardOf(i, liar, plant), node, {
    ...place,
    config: ROLLUP_CONFIG,
    genesisHash: GENESIS_HASH,
    ownKey: blsKey(i),
    sign: (digest: Uint8Array) => simBls.sign(validatorKey(i), digest),
    ports: lightPorts,
    keeping: { ...KEEPING, ...keeping },
    challenger: challengerAt?.(node),
  })
  if (sequencing?.isOn !== false && sequencing?.not !== node)
    host.spawn(RollupSequencer, node, { ...place, blsPublicKey: blsKey(i), fee: FEE })
}

export function startRollup(
  seed: string,
  faults: Faults,
  options: RollupOptions,
): { world: World; log: SenderLog } {
  const { habits } = options
  const world = worldOfNodes(seed, faults, options, (host, i) => {
    const chain = { genesis: rollupGenesis, config: rollupConfig, shards: [NODES[i] as string] }
    spawnNode(host, i, chain, () => spawnShard(host, i, options))
  })
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
