// The registered accounts of one shard, as the base chain's registry has them: for a node whose
// shard did not see them register.

import { hexToBytes } from '../../lib/hex.ts'
import { COHORT_SIZE } from '../params.ts'
import type { StateView } from '../state/state-view.ts'
import type { RegisteredAccount } from './inbox-entry.ts'
import { shardOf } from './layout.ts'
import { ownerOf, registeredKeys } from './registry.ts'
import { accountCount, loadConfig, rollupWords, shardCount } from './rollup-storage.ts'

export interface ShardAccounts {
  readonly accounts: readonly (readonly [index: number, account: RegisteredAccount])[]
  /** Where to go on; undefined when these were the last. */
  readonly next: number | undefined
}

/** Up to `most` of the shard's accounts from an index on, without those of the genesis. */
export function shardAccounts(
  view: StateView,
  shard: number,
  from: number,
  most: number,
): ShardAccounts {
  const words = rollupWords(view)
  const { accounts: genesis } = loadConfig(words)
  const shards = shardCount(words)
  const count = accountCount(words)
  const accounts: (readonly [number, RegisteredAccount])[] = []
  let index = Math.max(from, genesis)
  while (index < count && accounts.length < most) {
    if (shardOf(index, shards) !== shard) {
      // Cohorts go to the shards in turn.
      index = (Math.floor(index / COHORT_SIZE) + 1) * COHORT_SIZE
      continue
    }
    const owner = ownerOf(words, index)
    const keys = registeredKeys(words, index)
    if (owner !== undefined && keys) {
      const spendKey = hexToBytes(keys.spendKey)
      accounts.push([index, { owner, blsKey: keys.blsKey, spendKey }])
    }
    index++
  }
  return { accounts, next: index < count ? index : undefined }
}
