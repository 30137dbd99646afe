// The chain of the simulated shards: four validators, K shards, some accounts in each.

import type { ShardPorts } from '../../../actors/shard/shard-props.ts'
import type { Genesis } from '../../../protocol/genesis/genesis-block.ts'
import { COHORT_SIZE } from '../../../protocol/params.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import {
  BALANCE,
  epochGenesis,
  genesisWith,
  lightConfig,
  lightPortsFor,
  OWNER,
} from '../rollup/rollup-chain.ts'

/** Accounts that send and receive, of each shard. */
export const PER_SHARD = 16

export interface ShardsChain {
  readonly rollup: RollupConfig
  readonly genesis: Genesis
  readonly config: ReturnType<typeof lightConfig>
  readonly ports: ShardPorts
  /** By shard: the first of each cohort. */
  readonly accounts: readonly (readonly number[])[]
}

/** Of networks with committees: each draws its own. */
const EPOCH_BLOCKS = 60
const EPOCH_MS = 5000

const chains = new Map<string, ShardsChain>()

/** Made once for each K and size of committees, 0 for none: the same at all nodes. */
export function shardsChain(shards: number, committee = 0): ShardsChain {
  const known = chains.get(`${shards} ${committee}`)
  if (known) return known
  const count = (shards - 1) * COHORT_SIZE + PER_SHARD
  const usual = { shards, accounts: count, locks: 0, balance: BALANCE, owner: OWNER }
  const rollup = committee > 0 ? { ...usual, committee } : usual
  const genesis = committee > 0 ? epochGenesis(rollup, EPOCH_BLOCKS, EPOCH_MS) : genesisWith(rollup)
  const accounts = Array.from({ length: shards }, (_, shard) =>
    Array.from({ length: PER_SHARD }, (_, i) => shard * COHORT_SIZE + i),
  )
  const config = lightConfig(genesis)
  const chain = { rollup, genesis, config, ports: lightPortsFor(count), accounts }
  chains.set(`${shards} ${committee}`, chain)
  return chain
}

export interface MarketChain extends ShardsChain {
  /** Accounts of shard 1 that send nothing, and a lock of each. */
  readonly pairs: readonly { readonly owner: number; readonly lock: number }[]
  /** Of both shards. */
  readonly payees: readonly number[]
}

/** Two shards; behind the accounts of shard 1 each of them has a lock. */
export function marketChain(): MarketChain {
  const each = 2 * PER_SHARD
  const count = COHORT_SIZE + each
  const rollup = { shards: 2, accounts: count, locks: each, balance: BALANCE, owner: OWNER }
  const genesis = genesisWith(rollup)
  const { accounts } = shardsChain(2)
  const others = Array.from({ length: PER_SHARD }, (_, i) => PER_SHARD + i)
  const pairs = others.map((i) => ({ owner: COHORT_SIZE + i, lock: count + i }))
  const payees = [...others, ...others.map((i) => COHORT_SIZE + i)]
  const config = lightConfig(genesis)
  return { rollup, genesis, config, ports: lightPortsFor(count), accounts, pairs, payees }
}
