// The cluster under test: validators that each run K shards and K sequencers, the very actors that
// run in production, and groups of senders of every shard, on a simulated world.

import { shardKey } from '../../../actors/messages/shard.ts'
import { RollupSequencer } from '../../../actors/rollup-sequencer/rollup-sequencer.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { Keeping } from '../../../actors/shard/shard-props.ts'
import type { Prng } from '../../../lib/prng.ts'
import type { Host } from '../../../runtime/host.ts'
import type { Faults } from '../../../runtime/sim/faults.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { liarShard } from '../rollup/liar-shard.ts'
import { FEE } from '../rollup/rollup-chain.ts'
import type { Liars } from '../rollup/rollup-cluster.ts'
import { blsKey, NODES, PEERS, spawnNode, worldOfNodes } from '../rollup/rollup-nodes.ts'
import { HABITS, type Habit, SenderGroup } from '../rollup/sender-group.ts'
import { SenderLog } from '../rollup/sender-log.ts'
import type { SeedOptions } from '../scenario.ts'
import { validatorKey } from '../sim-chain.ts'
import { simBls } from '../sim-crypto.ts'
import type { ShardsChain } from './shards-chain.ts'

/** Senders of a shard are in so many groups. */
const GROUPS = 2
/** PERF: longer than of a single shard, as there are several times as many. */
const PAUSE_MS = 200

export interface ShardsOptions extends SeedOptions {
  readonly chain: ShardsChain
  readonly random: Prng
  readonly keeping?: Keeping
  /** Others on the senders' host. */
  readonly guests?: (host: Host, log: SenderLog) => void
  /** Whom senders pay besides each other. */
  readonly receivers?: readonly number[]
  /** Nodes that start have no sequencer of this shard. */
  readonly sequencing?: { without: number | undefined }
  /** Of blocks without anything in them. */
  readonly emptyBlockMs?: number
  /** Nodes all of whose shards do what they must not. */
  readonly liars?: Liars | undefined
  /** Another shard than the real one, for some nodes. */
  readonly shardAt?: (node: string) => typeof ShardActor | undefined
}

function shardActor(i: number, { liars, chain, shardAt }: ShardsOptions): typeof ShardActor {
  const other = shardAt?.(NODES[i] as string)
  if (other || !liars?.indices.includes(i)) return other ?? ShardActor
  const keys = { secret: validatorKey(i), genesisHash: chain.genesis.block.hash }
  return liarShard({ ...liars, ...keys, shards: chain.rollup.shards })
}

function spawnShards(host: Host, i: number, options: ShardsOptions): void {
  const { chain, keeping, sequencing } = options
  const node = NODES[i] as string
  const { genesis, rollup, ports } = chain
  const actor = shardActor(i, options)
  for (let shard = 0; shard < rollup.shards; shard++) {
    const place = { node, shard, peers: PEERS }
    host.spawn(actor, shardKey(node, shard), {
      ...place,
      config: rollup,
      genesisHash: genesis.block.hash,
      ownKey: blsKey(i),
      sign: (digest: Uint8Array) => simBls.sign(validatorKey(i), digest),
      ports,
      keeping,
    })
    if (shard === sequencing?.without) continue
    const keys = { blsPublicKey: blsKey(i), fee: FEE }
    host.spawn(RollupSequencer, shardKey(node, shard), { ...place, ...keys })
  }
}

const DRAWN: readonly Habit[] = ['honest', 'honest', 'honest', ...HABITS]

function spawnSenders(host: Host, options: ShardsOptions, log: SenderLog): void {
  const { chain, random, receivers = [] } = options
  const all = [...chain.accounts.flat(), ...receivers]
  const genesisHash = chain.genesis.block.hash
  for (const [shard, accounts] of chain.accounts.entries()) {
    for (let g = 0; g < GROUPS; g++) {
      const own = accounts.filter((_, i) => i % GROUPS === g)
      const isFar = random.chance(0.7)
      host.spawn(SenderGroup, `g${shard}-${g}`, {
        group: 1000 + GROUPS * shard + g,
        nodes: NODES,
        accounts: own,
        shard,
        receivers: isFar ? all : [...accounts, ...accounts, ...all],
        genesisHash,
        pauseMs: PAUSE_MS,
        habit: g === 0 ? 'honest' : (DRAWN[random.below(DRAWN.length)] as Habit),
        log,
      })
    }
  }
}

export function startShardsWorld(
  seed: string,
  faults: Faults,
  options: ShardsOptions,
): { world: World; log: SenderLog } {
  const { genesis, config, rollup } = options.chain
  const world = worldOfNodes(seed, faults, options, (host, i) => {
    const numbers = Array.from({ length: rollup.shards }, (_, shard) => shard)
    const shards = numbers.map((shard) => shardKey(NODES[i] as string, shard))
    const { emptyBlockMs } = options
    const place = { genesis, config, shards, ...(emptyBlockMs !== undefined && { emptyBlockMs }) }
    spawnNode(host, i, place, () => spawnShards(host, i, options))
  })
  const log = new SenderLog()
  world.addNode('senders', (host) => {
    spawnSenders(host, options, log)
    options.guests?.(host, log)
  })
  return { world, log }
}
