// The chain of the simulated shards: four validators, K shards, some accounts in each; and locks.

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
  /** By shard: those that send, the first of each cohort. */
  readonly accounts: readonly (readonly number[])[]
  readonly market: ShardsMarket
}

/** Who takes part in jobs, and sends nothing else; nobody where there are no locks. */
export interface ShardsMarket {
  /** Accounts of the last shard, and a lock of each. */
  readonly pairs: readonly { readonly owner: number; readonly lock: number }[]
  /** Of all shards. */
  readonly payees: readonly number[]
}

const NO_MARKET: ShardsMarket = { pairs: [], payees: [] }

function chainOf(rollup: RollupConfig, market: ShardsMarket): ShardsChain {
  const genesis = rollup.committee
    ? epochGenesis(rollup, EPOCH_BLOCKS, EPOCH_MS)
    : genesisWith(rollup)
  const accounts = Array.from({ length: rollup.shards }, (_, shard) =>
    Array.from({ length: PER_SHARD }, (_, i) => shard * COHORT_SIZE + i),
  )
  const config = lightConfig(genesis)
  return { rollup, genesis, config, ports: lightPortsFor(rollup.accounts), accounts, market }
}

/** Of networks with committees: each draws its own. */
const EPOCH_BLOCKS = 60
const EPOCH_MS = 5000

const chains = new Map<string, ShardsChain>()

/** Made once for each kind: the same at all nodes. */
function kept(kind: string, make: () => ShardsChain): ShardsChain {
  const chain = chains.get(kind) ?? make()
  chains.set(kind, chain)
  return chain
}

const MONEY = { balance: BALANCE, owner: OWNER }

/** With a committee of so many seats for each shard; 0 for none. */
export function shardsChain(shards: number, committee = 0): ShardsChain {
  const accounts = (shards - 1) * COHORT_SIZE + PER_SHARD
  return kept(`${shards} ${committee}`, () => {
    const usual = { shards, accounts, locks: 0, ...MONEY }
    return chainOf(committee > 0 ? { ...usual, committee } : usual, NO_MARKET)
  })
}

/** Behind the accounts of the last shard that send there are as many that have a lock each. */
export function marketChain(shards: number): ShardsChain {
  return kept(`market of ${shards}`, () => {
    const locks = 2 * PER_SHARD
    const first = (shards - 1) * COHORT_SIZE
    const accounts = first + locks
    const others = Array.from({ length: PER_SHARD }, (_, i) => PER_SHARD + i)
    const pairs = others.map((i) => ({ owner: first + i, lock: accounts + i }))
    const payees = Array.from({ length: shards }, (_, shard) =>
      others.map((i) => shard * COHORT_SIZE + i),
    ).flat()
    return chainOf({ shards, accounts, locks, ...MONEY }, { pairs, payees })
  })
}
