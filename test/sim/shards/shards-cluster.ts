// The cluster under test: validators that each run K shards and K sequencers, the very actors that
// run in production, and groups of senders of every shard, on a simulated world.

import { Archive } from '../../../actors/archive/archive.ts'
import { BlockBuilder } from '../../../actors/block-builder/block-builder.ts'
import { Mempool } from '../../../actors/mempool/mempool.ts'
import { shardKey } from '../../../actors/messages/shard.ts'
import { RollupSequencer } from '../../../actors/rollup-sequencer/rollup-sequencer.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { Keeping } from '../../../actors/shard/shard-props.ts'
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
import { liarShard } from '../rollup/liar-shard.ts'
import { FEE, verifyLight } from '../rollup/rollup-chain.ts'
import { type Liar, NODES, PEERS } from '../rollup/rollup-cluster.ts'
import { HABITS, type Habit, SenderGroup } from '../rollup/sender-group.ts'
import { SenderLog } from '../rollup/sender-log.ts'
import type { SeedOptions } from '../scenario.ts'
import { VALIDATORS, validatorKey, WALL_START_MS } from '../sim-chain.ts'
import { simBls, simSecp256k1, simVrf } from '../sim-crypto.ts'
import type { ShardsChain } from './shards-chain.ts'

const NODE_KINDS = ['validator', 'mempool', 'block-builder', 'archive', 'shard', 'rollup-sequencer']
const DISKS: Record<string, string> = { validator: 'sign', shard: 'shards' }
/** Senders of a shard are in so many groups. */
const GROUPS = 2
/** PERF: longer than of a single shard, as there are several times as many. */
const PAUSE_MS = 200

const tasks = {
  'recover-senders': ({ transactions }: { transactions: readonly Uint8Array[] }) => ({
    senders: recoverSenders(transactions, simSecp256k1),
  }),
  'verify-ed25519': (columns: Parameters<typeof verifyColumns>[0]) => ({
    bad: verifyColumns(columns, verifyLight),
  }),
}

const blsKey = (i: number) => bytesToHex(simBls.publicKey(validatorKey(i)))

export interface ShardsOptions extends SeedOptions {
  readonly chain: ShardsChain
  readonly random: Prng
  readonly keeping?: Keeping
  /** Others on the senders' host. */
  readonly guests?: (host: Host) => void
  /** A node all of whose shards do what they must not. */
  readonly liar?: Liar | undefined
  /** Another shard than the real one, for some nodes. */
  readonly shardAt?: (node: string) => typeof ShardActor | undefined
}

function shardActor(i: number, { liar, chain, shardAt }: ShardsOptions): typeof ShardActor {
  const other = shardAt?.(NODES[i] as string)
  if (other || i !== liar?.index) return other ?? ShardActor
  const keys = { secret: validatorKey(i), genesisHash: chain.genesis.block.hash }
  return liarShard({ ...liar, ...keys, shards: chain.rollup.shards })
}

function spawnNode(host: Host, i: number, options: ShardsOptions): void {
  const { chain, keeping } = options
  const node = NODES[i] as string
  const peers = NODES.filter((name) => name !== node)
  const { genesis, config, rollup, ports } = chain
  const genesisHash = genesis.block.hash
  const numbers = Array.from({ length: rollup.shards }, (_, shard) => shard)
  const shards = numbers.map((shard) => shardKey(node, shard))
  host.spawn(BlockBuilder, node, { genesis, config, mempool: node, archive: node, shards })
  host.spawn(Archive, node, { config })
  host.spawn(Mempool, node, { chainId: 1337n, peers, archive: node, validator: node })
  const actor = shardActor(i, options)
  for (const shard of numbers) {
    const place = { node, shard, peers: PEERS }
    host.spawn(actor, shardKey(node, shard), {
      ...place,
      config: rollup,
      genesisHash,
      ownKey: blsKey(i),
      sign: (digest: Uint8Array) => simBls.sign(validatorKey(i), digest),
      ports,
      keeping,
    })
    const keys = { blsPublicKey: blsKey(i), fee: FEE }
    host.spawn(RollupSequencer, shardKey(node, shard), { ...place, ...keys })
  }
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

const DRAWN: readonly Habit[] = ['honest', 'honest', 'honest', ...HABITS]

function spawnSenders(host: Host, { chain, random }: ShardsOptions, log: SenderLog): void {
  const all = chain.accounts.flat()
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
  const { onLog, onEvent } = options
  const world = new World({
    seed,
    faults,
    place: (kind, key) => (NODE_KINDS.includes(kind) ? (key.split('.')[0] as string) : 'senders'),
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
    spawnSenders(host, options, log)
    options.guests?.(host)
  })
  return { world, log }
}
