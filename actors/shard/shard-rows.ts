// What a shard keeps on the disk: each batch that holds, once, with all that executing it again
// needs; and for final ones the block that ordered them. One commit for all that waits.

import { concatBytes, u64 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  type RlpItem,
  rlpInteger,
} from '../../protocol/rlp/rlp.ts'
import {
  decodeInboxEntry,
  encodeInboxEntry,
  type InboxEntry,
} from '../../protocol/rollup/inbox-entry.ts'
import type { EarlyLeaves } from '../../protocol/rollup/outbox-leaves.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import type { Context } from '../../runtime/context.ts'
import type { Put, Store } from '../../runtime/store.ts'

export const SHARD_TABLES = {
  batches: 'rollup-batches',
  final: 'rollup-final',
  exits: 'rollup-exits',
  operations: 'rollup-operations',
  pages: 'rollup-pages',
  meta: 'rollup-meta',
  accounts: 'rollup-accounts',
  attested: 'rollup-attested',
} as const

const RETRY_MS = 200

export interface BatchRow {
  readonly encoded: Uint8Array
  readonly bytes: Uint8Array
  readonly inbox: readonly InboxEntry[]
  /** Leaves of outgoing.ts. */
  readonly exits: Uint8Array
  readonly early: readonly EarlyLeaves[]
  /** Credits of other shards that it consumes. */
  readonly parcels: readonly Parcel[]
}

/** The block that ordered a claim. */
export interface FinalRow {
  readonly hash: Hex
  readonly height: number
  readonly blockHash: Hex
  readonly timestampMs: number
}

export const shardKeyBytes = (shard: number) => Uint8Array.of(shard >>> 8, shard & 0xff)
const numberKey = (shard: number, number: number) => concatBytes(shardKeyBytes(shard), u64(number))
const batchKey = (shard: number, number: number, hash: Hex) =>
  concatBytes(numberKey(shard, number), hexToBytes(hash))

const bytesOf = (words: Uint32Array) =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
const wordsOf = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer)

function encodeBatchRow({ encoded, bytes, inbox, exits, early, parcels }: BatchRow): Uint8Array {
  return encodeRlp([
    encoded,
    bytes,
    inbox.map(encodeInboxEntry),
    exits,
    early.map(({ shard, leaves }) => [rlpInteger(shard), bytesOf(leaves)]),
    parcels.map(({ shard, number, leaves }) => [
      rlpInteger(shard),
      rlpInteger(number),
      bytesOf(leaves),
    ]),
  ])
}

function readEarly(item: RlpItem | undefined): EarlyLeaves {
  const [shard, leaves] = asList(item, 2)
  return { shard: asNumber(shard), leaves: wordsOf(asBytes(leaves)) }
}

function readParcel(item: RlpItem | undefined): Parcel {
  const [shard, number, leaves] = asList(item, 3)
  return { shard: asNumber(shard), number: asNumber(number), leaves: wordsOf(asBytes(leaves)) }
}

/** Rows are our own: one that cannot be read is a broken disk, and throws. */
function decodeBatchRow(row: Uint8Array): BatchRow {
  const [encoded, bytes, inbox, exits, early, parcels] = asList(decodeRlp(Uint8Array.from(row)), 6)
  return {
    encoded: asBytes(encoded),
    // Copied once, so that it lies on a boundary of words.
    bytes: Uint8Array.from(asBytes(bytes)),
    inbox: asList(inbox).map((one) => decodeInboxEntry(asBytes(one))),
    exits: Uint8Array.from(asBytes(exits)),
    early: asList(early).map(readEarly),
    parcels: asList(parcels).map(readParcel),
  }
}

export function readBatchRow(
  store: Store,
  shard: number,
  number: number,
  hash: Hex,
): BatchRow | undefined {
  const row = store.get(SHARD_TABLES.batches, batchKey(shard, number, hash))
  return row && decodeBatchRow(row)
}

/** All batches with a number above this one. */
export function* rowsAbove(store: Store, shard: number, number: number): Iterable<BatchRow> {
  let from = numberKey(shard, number + 1)
  const to = shardKeyBytes(shard + 1)
  for (;;) {
    const [first] = store.range(SHARD_TABLES.batches, { from, to, limit: 1 })
    if (!first) return
    yield decodeBatchRow(first[1])
    from = concatBytes(first[0], Uint8Array.of(0))
  }
}

/** All that is stored with one number, what was final among it. */
export function* rowsAt(
  store: Store,
  shard: number,
  number: number,
): Iterable<{ key: Omit<Put, 'value'>; row: BatchRow; isFinal: boolean }> {
  const final = readFinalRow(store, shard, number)?.hash
  let from = numberKey(shard, number)
  const to = numberKey(shard, number + 1)
  for (;;) {
    const [first] = store.range(SHARD_TABLES.batches, { from, to, limit: 1 })
    if (!first) return
    const [key, value] = first
    const hash = bytesToHex(key.subarray(-32))
    const table = SHARD_TABLES.batches
    yield { key: { table, key }, row: decodeBatchRow(value), isFinal: hash === final }
    from = concatBytes(key, Uint8Array.of(0))
  }
}

/** Deletes batches up to a number, some at a time; none when all are gone. */
export function removeUpTo(
  store: Store,
  shard: number,
  number: number,
  untilMs: number,
  now: () => number,
): Put[] {
  const puts: Put[] = []
  for (const table of [SHARD_TABLES.batches, SHARD_TABLES.final]) {
    let from = numberKey(shard, 0)
    const to = numberKey(shard, number + 1)
    while (puts.length === 0 || now() < untilMs) {
      const [first] = store.range(table, { from, to, limit: 1 })
      if (!first) break
      puts.push({ table, key: first[0], value: undefined })
      from = concatBytes(first[0], Uint8Array.of(0))
    }
  }
  return puts
}

export function finalDelete(shard: number, number: number): Put {
  return { table: SHARD_TABLES.final, key: numberKey(shard, number), value: undefined }
}

/** Leaves of outgoing.ts of a final batch that has exits; they outlive it. */
export function readExits(store: Store, shard: number, number: number): Uint8Array | undefined {
  const row = store.get(SHARD_TABLES.exits, numberKey(shard, number))
  return row && Uint8Array.from(row)
}

/**
 * Batches with exits up to `last`, that one first. Rows above may be there: of batches that were
 * final before the shard was frozen at an earlier one.
 */
export function* exitsFromLast(
  store: Store,
  shard: number,
  most: number,
  last: number,
): Iterable<[number: number, leaves: Uint8Array]> {
  let to = numberKey(shard, last + 1)
  for (let found = 0; found < most; found++) {
    const from = shardKeyBytes(shard)
    const [highest] = store.range(SHARD_TABLES.exits, { from, to, limit: 1, reverse: true })
    if (!highest) return
    const [key, row] = highest
    yield [Number(new DataView(key.buffer, key.byteOffset).getBigUint64(2)), Uint8Array.from(row)]
    to = key
  }
}

export function readFinalRow(store: Store, shard: number, number: number): FinalRow | undefined {
  const row = store.get(SHARD_TABLES.final, numberKey(shard, number))
  if (!row) return undefined
  const [hash, height, blockHash, timestampMs] = asList(decodeRlp(Uint8Array.from(row)), 4)
  return {
    hash: bytesToHex(asBytes(hash, 32)),
    height: asNumber(height),
    blockHash: bytesToHex(asBytes(blockHash, 32)),
    timestampMs: asNumber(timestampMs),
  }
}

export class ShardKeeper {
  private readonly ctx: Context
  private readonly shard: number
  private puts: Put[] = []
  private waiting: (() => void)[] = []
  private isWriting = false

  constructor(ctx: Context, shard: number) {
    this.ctx = ctx
    this.shard = shard
  }

  /** Calls back once the row is durable, however long the disk refuses. */
  saveBatch(number: number, hash: Hex, row: BatchRow, done: () => void): void {
    const key = batchKey(this.shard, number, hash)
    this.puts.push({ table: SHARD_TABLES.batches, key, value: encodeBatchRow(row) })
    this.waiting.push(done)
    this.write()
  }

  /** Goes with the next batch: what is final is known from the chain, too. */
  saveFinal(number: number, { hash, height, blockHash, timestampMs }: FinalRow): void {
    const value = encodeRlp([
      hexToBytes(hash),
      rlpInteger(height),
      hexToBytes(blockHash),
      rlpInteger(timestampMs),
    ])
    this.puts.push({ table: SHARD_TABLES.final, key: numberKey(this.shard, number), value })
  }

  /** Goes with what is final, in an order with it. */
  saveExits(number: number, leaves: Uint8Array): void {
    const key = numberKey(this.shard, number)
    this.puts.push({ table: SHARD_TABLES.exits, key, value: leaves })
  }

  /** Goes with the next batch: what follows from final ones again. */
  saveSoon(put: Put): void {
    this.puts.push(put)
  }

  /** All of it in one commit, after what was given before; calls back once it is durable. */
  commit(puts: readonly Put[], done: () => void): void {
    this.puts.push(...puts)
    this.waiting.push(done)
    this.write()
  }

  /** Writes what waits, also when no batch comes. */
  flush(): void {
    if (this.puts.length > 0) this.write()
  }

  private write(): void {
    if (this.isWriting) return
    this.isWriting = true
    const { puts, waiting } = this
    this.puts = []
    this.waiting = []
    this.ctx.store.commit(puts, (error) => {
      if (error) {
        this.ctx.log('error', 'shard-commit-failed', { detail: error.message })
        this.ctx.reached('shard-commit-failed')
        this.puts = [...puts, ...this.puts]
        this.waiting = [...waiting, ...this.waiting]
        this.ctx.after('write-again', RETRY_MS, () => {
          this.isWriting = false
          this.write()
        })
        return
      }
      this.isWriting = false
      for (const done of waiting) done()
      if (this.waiting.length > 0) this.write()
    })
  }
}
