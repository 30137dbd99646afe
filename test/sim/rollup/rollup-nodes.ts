// What every simulated network with a rollup shares: its validators' names and keys, the actors of
// their chain, and the world in which they run.

import { Archive } from '../../../actors/archive/archive.ts'
import { BlockBuilder } from '../../../actors/block-builder/block-builder.ts'
import { Mempool } from '../../../actors/mempool/mempool.ts'
import { Validator } from '../../../actors/validator/validator.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import {
  CLOCK_AHEAD_MAX_MS,
  DELTA_MAX_MS,
  EMPTY_BLOCK_INTERVAL_MS,
} from '../../../protocol/params.ts'
import { firstSequencer } from '../../../protocol/rollup/sequencing.ts'
import { verifyColumns } from '../../../protocol/rollup/verify-columns.ts'
import { recoverSenders } from '../../../protocol/transaction/recover-senders.ts'
import type { Host } from '../../../runtime/host.ts'
import type { Faults } from '../../../runtime/sim/faults.ts'
import { World } from '../../../runtime/sim/world.ts'
import type { SeedOptions } from '../scenario.ts'
import { VALIDATORS, validatorKey, WALL_START_MS } from '../sim-chain.ts'
import { simBls, simSecp256k1, simVrf } from '../sim-crypto.ts'
import { type RollupChain, rollupChain, verifyLight } from './rollup-chain.ts'

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

export const nodesOf = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)
export const NODES = nodesOf(VALIDATORS)
export const blsKey = (i: number) => bytesToHex(simBls.publicKey(validatorKey(i)))
export const peersOf = (nodes: readonly string[]) =>
  nodes.map((node, i) => ({ node, blsPublicKey: blsKey(i) }))
export const PEERS = peersOf(NODES)

/** Who makes the first claims of the one shard, while nothing goes wrong. */
export function firstSequencerOf(nodes: readonly string[]): string {
  const { rules } = rollupChain(nodes.length).genesis
  const key = rules.set.validators[firstSequencer(rules, 0)]?.blsPublicKey
  return peersOf(nodes).find(({ blsPublicKey }) => blsPublicKey === key)?.node as string
}

interface ChainOfNode extends RollupChain {
  /** Keys of the node's shards. */
  readonly shards: readonly string[]
  /** All validators, where they are not the four. */
  readonly nodes?: readonly string[]
  readonly emptyBlockMs?: number
}

/** The actors of one node; `spawnShards` adds those of its shards. */
export function spawnNode(
  host: Host,
  i: number,
  { genesis, config, shards, nodes = NODES, emptyBlockMs }: ChainOfNode,
  spawnShards: () => void,
): void {
  const node = nodes[i] as string
  const peers = nodes.filter((name) => name !== node)
  host.spawn(BlockBuilder, node, { genesis, config, mempool: node, archive: node, shards })
  host.spawn(Archive, node, { config })
  host.spawn(Mempool, node, { chainId: 1337n, peers, archive: node, validator: node })
  spawnShards()
  host.spawn(Validator, node, {
    config: {
      chain: { chainId: 1337n, genesisHash: genesis.block.hash },
      bls: simBls,
      vrf: simVrf,
      node,
      peers: peersOf(nodes),
      keys: { blsPublicKey: blsKey(i), secretKey: validatorKey(i), vrfSecretKey: validatorKey(i) },
      deltaMaxMs: DELTA_MAX_MS,
      emptyBlockIntervalMs: emptyBlockMs ?? EMPTY_BLOCK_INTERVAL_MS,
      statusIntervalMs: 1000,
      clockAheadMaxMs: CLOCK_AHEAD_MAX_MS,
    },
  })
}

/** A world with the validators; a shard's key is its node's name, or that and its number. */
export function worldOfNodes(
  seed: string,
  faults: Faults,
  { onLog, onEvent }: SeedOptions,
  spawn: (host: Host, i: number) => void,
  nodes: readonly string[] = NODES,
): World {
  const world = new World({
    seed,
    faults,
    // Whoever else there is has a host of its name, all groups of senders one.
    place: (kind, key) => {
      if (NODE_KINDS.includes(kind)) return key.split('.')[0] as string
      return kind === 'observer' ? 'observer' : 'senders'
    },
    disk: (kind) => DISKS[kind] ?? 'chain',
    tasks,
    wallStartMs: WALL_START_MS,
    ...(onLog && { onLog }),
    ...(onEvent && { onEvent }),
  })
  for (const [i, node] of nodes.entries()) world.addNode(node, (host) => spawn(host, i))
  return world
}
