// A shard's accounts on the disk. Every page has two places; a checkpoint writes the pages that
// changed to those that are not in use, and then one row that says which are. So a checkpoint of
// many commits counts whole or not at all.

import { concatBytes, u64 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { HashPairs } from '../../protocol/crypto/hash-pairs.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  rlpInteger,
} from '../../protocol/rlp/rlp.ts'
import type { RegisteredAccount } from '../../protocol/rollup/inbox-entry.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import { restoreState, type StoredPage } from '../../protocol/rollup/state-checkpoint.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { SHARD_TABLES, shardKeyBytes } from './shard-rows.ts'

const LATEST = 0
const PRUNED = 1
const MISSED = 2
const ACCOUNTS_AT_ONCE = 4096

export interface Checkpoint {
  /** The last batch that it contains, which states `root`. */
  readonly number: number
  readonly hash: Hex
  readonly root: Hex
  /** state-checkpoint.ts. */
  readonly meta: Uint8Array
  /** Bytes of all batches up to it. */
  readonly bytes: number
  /** A bit for each page: which of its two places is in use. */
  readonly sides: Uint8Array
  /** Of the pages of its tree (checkpoint-tree.ts). */
  readonly roots: Uint8Array
}

/** What is gone: batches up to `number`, which had so many bytes. */
export interface Pruned {
  readonly number: number
  readonly bytes: number
}

/** Batches that may never have been executed here: a state of peers came in their place. */
export interface Missed {
  readonly from: number
  readonly to: number
}

const u32 = (value: number) => u64(value).subarray(4)
const metaKey = (shard: number, which: number) =>
  concatBytes(shardKeyBytes(shard), Uint8Array.of(which))
const pageKey = (shard: number, page: number, side: number) =>
  concatBytes(shardKeyBytes(shard), u32(page), Uint8Array.of(side))
const accountKey = (shard: number, index: number) => concatBytes(shardKeyBytes(shard), u32(index))

export function sideOf(sides: Uint8Array, page: number): number {
  return ((sides[page >>> 3] ?? 0) >>> (page & 7)) & 1
}

/** `sides` with other places for some pages. */
export function otherSides(sides: Uint8Array, pages: readonly number[]): Uint8Array {
  const length = Math.max(sides.length, ((pages.at(-1) ?? 0) >>> 3) + 1)
  const other = new Uint8Array(length)
  other.set(sides)
  for (const page of pages) other[page >>> 3] = (other[page >>> 3] as number) ^ (1 << (page & 7))
  return other
}

export function pagePut(shard: number, page: number, side: number, value: Uint8Array): Put {
  return { table: SHARD_TABLES.pages, key: pageKey(shard, page, side), value }
}

export function accountPut(shard: number, index: number, account: RegisteredAccount): Put {
  const { owner, blsKey, spendKey } = account
  const value = concatBytes(hexToBytes(owner), blsKey, spendKey)
  return { table: SHARD_TABLES.accounts, key: accountKey(shard, index), value }
}

export function checkpointPut(shard: number, at: Checkpoint): Put {
  const value = encodeRlp([
    rlpInteger(at.number),
    hexToBytes(at.hash),
    hexToBytes(at.root),
    at.meta,
    rlpInteger(at.bytes),
    at.sides,
    at.roots,
  ])
  return { table: SHARD_TABLES.meta, key: metaKey(shard, LATEST), value }
}

export function prunedPut(shard: number, { number, bytes }: Pruned): Put {
  const value = encodeRlp([rlpInteger(number), rlpInteger(bytes)])
  return { table: SHARD_TABLES.meta, key: metaKey(shard, PRUNED), value }
}

export function readPruned(store: Store, shard: number): Pruned {
  const row = store.get(SHARD_TABLES.meta, metaKey(shard, PRUNED))
  if (!row) return { number: 0, bytes: 0 }
  const [number, bytes] = asList(decodeRlp(Uint8Array.from(row)), 2)
  return { number: asNumber(number), bytes: asNumber(bytes) }
}

export function missedPut(shard: number, { from, to }: Missed): Put {
  const value = encodeRlp([rlpInteger(from), rlpInteger(to)])
  return { table: SHARD_TABLES.meta, key: metaKey(shard, MISSED), value }
}

/** Of a key of the table that this row is in. */
export const isMissedRow = (key: Uint8Array) => key.at(-1) === MISSED

export function readMissed(store: Store, shard: number): Missed | undefined {
  const row = store.get(SHARD_TABLES.meta, metaKey(shard, MISSED))
  if (!row) return undefined
  const [from, to] = asList(decodeRlp(Uint8Array.from(row)), 2)
  return { from: asNumber(from), to: asNumber(to) }
}

export function readCheckpoint(store: Store, shard: number): Checkpoint | undefined {
  const row = store.get(SHARD_TABLES.meta, metaKey(shard, LATEST))
  if (!row) return undefined
  const items = asList(decodeRlp(Uint8Array.from(row)))
  // Before 0186 it had no roots of pages.
  if (items.length === 6) {
    const advice = 'stop the node, move its folder shards away, start: it takes up what peers have'
    throw new Error(`the checkpoint of shard ${shard} is of an older version: ${advice}`)
  }
  const [number, hash, root, meta, bytes, sides, roots] = asList(items, 7)
  return {
    number: asNumber(number),
    hash: bytesToHex(asBytes(hash, 32)),
    root: bytesToHex(asBytes(root, 32)),
    meta: Uint8Array.from(asBytes(meta)),
    bytes: asNumber(bytes),
    sides: Uint8Array.from(asBytes(sides)),
    roots: Uint8Array.from(asBytes(roots)),
  }
}

/** What one of the two places of a page has; undefined where nothing was written there. */
export function readPage(
  store: Store,
  shard: number,
  page: number,
  side: number,
): Uint8Array | undefined {
  return store.get(SHARD_TABLES.pages, pageKey(shard, page, side))
}

function* pagesOf(store: Store, shard: number, { sides }: Checkpoint): Iterable<StoredPage> {
  for (let page = 0; page < 8 * sides.length; page++) {
    const bytes = readPage(store, shard, page, sideOf(sides, page))
    if (bytes) yield { page, bytes }
  }
}

/** The state of a checkpoint; undefined where what is stored does not have its root. */
export function restoreCheckpoint(
  store: Store,
  shard: number,
  at: Checkpoint,
  hashPairs: HashPairs,
): ShardState | undefined {
  const state = restoreState(at.meta, pagesOf(store, shard, at))
  return state?.root(hashPairs) === at.root ? state : undefined
}

/** Accounts whose registration was known at a checkpoint. */
export function* storedAccounts(
  store: Store,
  shard: number,
): Iterable<[index: number, account: RegisteredAccount]> {
  let from: Uint8Array = shardKeyBytes(shard)
  const to = shardKeyBytes(shard + 1)
  for (;;) {
    const rows = store.range(SHARD_TABLES.accounts, { from, to, limit: ACCOUNTS_AT_ONCE })
    for (const [key, row] of rows) {
      const index = new DataView(key.buffer, key.byteOffset).getUint32(2)
      const bytes = Uint8Array.from(row)
      const owner = bytesToHex(bytes.subarray(0, 20))
      yield [index, { owner, blsKey: bytes.slice(20, 68), spendKey: bytes.slice(68) }]
    }
    const last = rows.at(-1)
    if (!last || rows.length < ACCOUNTS_AT_ONCE) return
    from = concatBytes(last[0], Uint8Array.of(0))
  }
}
