// Where operations of final batches are, by lock, use and kind: the last ones, also after a start.

import { ROLLUP_FOUND_OPERATIONS_MAX } from '../../config/shard-limits.ts'
import { bytesToBigint, concatBytes, u64 } from '../../lib/bytes.ts'
import {
  LOCK_WORDS,
  type Operations,
  REFUND_WORDS,
  SETTLE_WORDS,
} from '../../protocol/rollup/operations.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { SHARD_TABLES, type ShardKeeper, shardKeyBytes } from './shard-rows.ts'

export interface OperationPlace {
  /** Of the batch. */
  readonly number: number
  readonly position: number
}

export interface OperationName {
  readonly lock: number
  readonly use: number
  readonly kind: number
}

const nameOf = ({ lock, use, kind }: OperationName) => `${lock} ${use} ${kind}`

export class OperationIndex {
  private readonly shard: number
  private readonly rows: Pick<ShardKeeper, 'saveSoon'>
  /** The oldest first. */
  private readonly places = new Map<string, OperationPlace & OperationName>()

  constructor(store: Store, shard: number, rows: Pick<ShardKeeper, 'saveSoon'>) {
    this.shard = shard
    this.rows = rows
    const [from, to] = [shardKeyBytes(shard), shardKeyBytes(shard + 1)]
    const limit = Number.MAX_SAFE_INTEGER
    const stored = store.range(SHARD_TABLES.operations, { from, to, limit }).map(decodeRow)
    stored.sort((a, b) => a.number - b.number || a.position - b.position)
    for (const one of stored) this.places.set(nameOf(one), one)
  }

  find(name: OperationName): OperationPlace | undefined {
    return this.places.get(nameOf(name))
  }

  /** What a final batch did, for the first time or again after a start. */
  final(number: number, { settles, locks, refunds }: Operations): void {
    let position = 0
    const enter = (words: Uint32Array, size: number, lockAt: number, useAt: number) => {
      for (let at = 0; at < words.length; at += size) {
        const kind = (words[at] as number) & 0xff
        const [lock, use] = [words[at + lockAt] as number, words[at + useAt] as number]
        this.remember({ lock, use, kind, number, position: position++ })
      }
    }
    enter(settles, SETTLE_WORDS, 1, 3)
    enter(refunds, REFUND_WORDS, 1, 3)
    enter(locks, LOCK_WORDS, 2, 7)
    for (const [name, oldest] of this.places) {
      if (this.places.size <= ROLLUP_FOUND_OPERATIONS_MAX) return
      this.places.delete(name)
      this.rows.saveSoon(this.put(oldest, undefined))
    }
  }

  private remember(one: OperationPlace & OperationName): void {
    this.places.set(nameOf(one), one)
    this.rows.saveSoon(this.put(one, u64(one.number * 2 ** 12 + one.position)))
  }

  private put({ lock, use, kind }: OperationName, value: Uint8Array | undefined): Put {
    const table = SHARD_TABLES.operations
    const key = concatBytes(shardKeyBytes(this.shard), u64(lock), u64(use), Uint8Array.of(kind))
    return { table, key, value }
  }
}

/** A position lies below OPERATIONS_MAX, which is 2^12. */
function decodeRow([key, value]: [Uint8Array, Uint8Array]): OperationPlace & OperationName {
  const [lock, use] = [key.slice(2, 10), key.slice(10, 18)].map(bytesToBigint).map(Number)
  const place = Number(bytesToBigint(value))
  return {
    lock: lock as number,
    use: use as number,
    kind: key[18] as number,
    number: Math.floor(place / 2 ** 12),
    position: place % 2 ** 12,
  }
}
