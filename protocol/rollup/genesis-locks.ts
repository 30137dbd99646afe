// Where accounts and locks of a genesis are: the accounts have the first indices, the locks those
// behind them. In each shard the nth lock belongs to the nth account, counted round.

import { COHORT_SIZE } from '../params.ts'
import { indexOf, shardOf, slotOf } from './layout.ts'
import type { RollupConfig } from './rollup-storage.ts'

type Counts = Pick<RollupConfig, 'shards' | 'accounts' | 'locks'>

/** How many of the first `count` indices are in a shard: they take its first slots. */
function slotsOf(count: number, shards: number, shard: number): number {
  const whole = Math.floor(count / COHORT_SIZE)
  const cohorts = Math.floor(whole / shards) + (shard < whole % shards ? 1 : 0)
  const isPart = count % COHORT_SIZE > 0 && whole % shards === shard
  return cohorts * COHORT_SIZE + (isPart ? count % COHORT_SIZE : 0)
}

export function genesisAccountSlots({ shards, accounts }: Counts, shard: number): number {
  return slotsOf(accounts, shards, shard)
}

/** With the locks, which come after the accounts. */
export function genesisSlots({ shards, accounts, locks }: Counts, shard: number): number {
  return slotsOf(accounts + locks, shards, shard)
}

/** Whether each shard that has locks has an account to own them. */
export function haveOwners(config: Counts): boolean {
  for (let shard = 0; shard < config.shards; shard++) {
    const accounts = genesisAccountSlots(config, shard)
    if (accounts === 0 && genesisSlots(config, shard) > 0) return false
  }
  return true
}

/** The account of the lock at a slot of a shard. */
export function lockOwnerAt(config: Counts, shard: number, slot: number): number {
  const accounts = genesisAccountSlots(config, shard)
  return indexOf(shard, config.shards, (slot - accounts) % accounts)
}

/** The account of a lock of the genesis, by the lock's index. */
export function genesisLockOwner(config: Counts, index: number): number {
  const { shards } = config
  return lockOwnerAt(config, shardOf(index, shards), slotOf(index, shards))
}
