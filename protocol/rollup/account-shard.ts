// The shard of an account that somebody names, if it can take messages; a lock is no account.

import type { ReadWords } from '../modules/storage-layout.ts'
import { isInboxFull } from './inbox.ts'
import { shardOf } from './layout.ts'
import { lockOwner } from './registry.ts'
import type { RollupRefusal } from './rollup-refusals.ts'
import { accountCount, shardCount } from './rollup-storage.ts'
import { isClosing } from './shard-change.ts'
import { loadShard } from './shard-record.ts'

export function accountShard(words: ReadWords, index: bigint): number | RollupRefusal {
  if (index >= BigInt(accountCount(words))) return 'UNKNOWN_ACCOUNT'
  if (lockOwner(words, Number(index)) !== undefined) return 'IS_A_LOCK'
  if (isClosing(words)) return 'RESHARDING'
  const shard = shardOf(Number(index), shardCount(words))
  if (loadShard(words, shard).frozen) return 'SHARD_FROZEN'
  return isInboxFull(words, shard) ? 'INBOX_FULL' : shard
}
