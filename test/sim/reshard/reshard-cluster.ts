// The cluster under test: validators whose shards and sequencers follow the chain's number of
// shards, the very actors that run in production, and groups of senders of every cohort.

import { SequencerSetActor } from '../../../actors/rollup-sequencer/sequencer-set.ts'
import { ShardSetActor } from '../../../actors/shard/shard-set.ts'
import type { Prng } from '../../../lib/prng.ts'
import type { Host } from '../../../runtime/host.ts'
import type { Faults } from '../../../runtime/sim/faults.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { FEE } from '../rollup/rollup-chain.ts'
import { blsKey, NODES, PEERS, spawnNode, worldOfNodes } from '../rollup/rollup-nodes.ts'
import { type Habit, SenderGroup } from '../rollup/sender-group.ts'
import { SenderLog } from '../rollup/sender-log.ts'
import type { SeedOptions } from '../scenario.ts'
import { validatorKey } from '../sim-chain.ts'
import { simBls } from '../sim-crypto.ts'
import { type Observed, Observer } from './observer.ts'
import type { ReshardChain } from './reshard-chain.ts'

export interface ReshardOptions extends SeedOptions {
  readonly chain: ReshardChain
  readonly random: Prng
  /** How many shards senders and observer believe that there are: they learn it a little late. */
  readonly observed: Observed
}

function spawnSets(host: Host, i: number, { chain }: ReshardOptions): void {
  const node = NODES[i] as string
  host.spawn(ShardSetActor, node, {
    node,
    peers: PEERS,
    config: chain.rollup,
    genesisHash: chain.genesis.block.hash,
    ownKey: blsKey(i),
    sign: (digest: Uint8Array) => simBls.sign(validatorKey(i), digest),
    ports: chain.ports,
  })
  host.spawn(SequencerSetActor, node, { node, peers: PEERS, blsPublicKey: blsKey(i), fee: FEE })
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
  const { genesis, config } = options.chain
  const world = worldOfNodes(seed, faults, options, (host, i) => {
    const shards = [NODES[i] as string]
    spawnNode(host, i, { genesis, config, shards }, () => spawnSets(host, i, options))
  })
  const log = new SenderLog()
  world.addNode('senders', (host) => spawnSenders(host, options, log))
  const { chain, observed } = options
  const asks = { nodes: NODES, accounts: chain.accounts.flat(), observed }
  world.addNode('observer', (host) => void host.spawn(Observer, 'observer', asks))
  return { world, log }
}
