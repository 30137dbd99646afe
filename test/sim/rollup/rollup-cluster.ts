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
import { ACCOUNTS, FEE, lightPorts, ROLLUP_CONFIG, rollupChain } from './rollup-chain.ts'
import { blsKey, NODES, peersOf, spawnNode, worldOfNodes } from './rollup-nodes.ts'
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

export interface Liars {
  /** Of the nodes. */
  readonly indices: readonly number[]
  readonly lie: Lie
  readonly told: ToldLies
}

export interface RollupOptions extends SeedOptions {
  /** What the shards of some nodes do that they must not. */
  readonly liars?: Liars | undefined
  /** The validators; four where it is not said. */
  readonly nodes?: readonly string[]
  readonly habits: readonly Habit[]
  /** Of each group: sender-group.ts. */
  readonly patiences?: readonly number[]
  readonly keeping?: Partial<Keeping>
  /** Another shard than the real one, for some nodes. */
  readonly shardAt?: (node: string) => typeof ShardActor | undefined
  /** Nodes that start have a sequencer, but for one. */
  readonly sequencing?: { readonly not: string }
  /** Of a node: who pays the bond of its challenges. */
  readonly challengerAt?: (node: string) => ChallengerKey | undefined
}

function shardOf(i: number, { liars, plant, nodes = NODES }: RollupOptions) {
  if (liars?.indices.includes(i)) {
    const keys = { secret: validatorKey(i), genesisHash: genesisHashOf(nodes) }
    return liarShard({ ...liars, ...keys, shards: ROLLUP_CONFIG.shards })
  }
  const planted = SHARD_PLANTS.find((one) => one === plant)
  return planted ? plantedShard(planted) : ShardActor
}

const genesisHashOf = (nodes: readonly string[]) => rollupChain(nodes.length).genesis.block.hash

function spawnShard(host: Host, i: number, options: RollupOptions): void {
  const { nodes = NODES, keeping, sequencing, shardAt, challengerAt } = options
  const node = nodes[i] as string
  const place = { node, shard: 0, peers: peersOf(nodes) }
  host.spawn(shardAt?.(node) ?? shardOf(i, options), node, {
    ...place,
    config: ROLLUP_CONFIG,
    genesisHash: genesisHashOf(nodes),
    ownKey: blsKey(i),
    sign: (digest: Uint8Array) => simBls.sign(validatorKey(i), digest),
    ports: lightPorts,
    keeping: { ...KEEPING, ...keeping },
    challenger: challengerAt?.(node),
  })
  if (sequencing?.not !== node)
    host.spawn(RollupSequencer, node, { ...place, blsPublicKey: blsKey(i), fee: FEE })
}

export function startRollup(
  seed: string,
  faults: Faults,
  options: RollupOptions,
): { world: World; log: SenderLog } {
  const { habits, patiences = [], nodes = NODES } = options
  const spawn = (host: Host, i: number) => {
    const chain = { ...rollupChain(nodes.length), nodes, shards: [nodes[i] as string] }
    spawnNode(host, i, chain, () => spawnShard(host, i, options))
  }
  const world = worldOfNodes(seed, faults, options, spawn, nodes)
  const log = new SenderLog()
  world.addNode('senders', (host) => {
    const each = ACCOUNTS / GROUPS
    for (let g = 0; g < GROUPS; g++) {
      const accounts = Array.from({ length: each }, (_, i) => g * each + i)
      const habit = habits[g] ?? 'honest'
      const receivers = Array.from({ length: ACCOUNTS }, (_, i) => i)
      const place = { shard: 0, receivers, genesisHash: genesisHashOf(nodes), nodes }
      const ways = { habit, patienceMs: patiences[g], log }
      host.spawn(SenderGroup, `g${g}`, { ...place, group: 1000 + g, accounts, ...ways })
    }
  })
  return { world, log }
}
