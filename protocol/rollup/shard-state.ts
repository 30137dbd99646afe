// The state of one shard: accounts, the tree over them, and the three numbers that the state root
// commits to besides. Only `executeBatch` changes it, and `undo` takes that back.

import { sha256 } from '@noble/hashes/sha2.js'
import { assert } from '../../lib/assert.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { SHARDS_MAX } from '../params.ts'
import { AccountTable } from './account-table.ts'
import { PageTree } from './page-tree.ts'
import type { ShardPlace } from './shard-place.ts'
import { type Undo, undoTrace } from './undo-log.ts'

/** What the state root commits to besides the records. */
export interface StateMeta {
  /** Log2 of the number of records in the tree. */
  readonly depth: number
  readonly shard: number
  /** Number of the last entry. */
  readonly entries: number
  /** Units in the shard. */
  readonly supply: bigint
  /** Messages of the inbox consumed. */
  readonly inboxTo: number
}

const U32 = 2 ** 32

/** 64 bytes: u32 depth, u32 shard, u64 entries, u64 supply, u64 inboxTo, zeros. */
export function encodeMeta(meta: StateMeta): Uint8Array {
  const words = new Uint32Array(16)
  words[0] = meta.depth
  words[1] = meta.shard
  words[2] = meta.entries
  words[3] = Math.floor(meta.entries / U32)
  words[4] = Number(meta.supply & 0xffff_ffffn)
  words[5] = Number(meta.supply >> 32n)
  words[6] = meta.inboxTo
  words[7] = Math.floor(meta.inboxTo / U32)
  return new Uint8Array(words.buffer)
}

/** The state root out of the tree's root and the 64 bytes of `encodeMeta`. */
export function stateRootOf(treeRoot: Uint8Array, meta: Uint8Array): Uint8Array {
  const pair = new Uint8Array(64)
  pair.set(treeRoot)
  pair.set(sha256(meta), 32)
  return sha256(pair)
}

export class ShardState implements ShardPlace {
  readonly shard: number
  readonly shards: number
  readonly table: AccountTable
  readonly pages: PageTree
  entries = 0
  supply = 0n
  inboxTo = 0

  constructor(place: ShardPlace, table = AccountTable.create()) {
    assert(place.shards >= 1 && place.shards <= SHARDS_MAX, 'shards are few')
    assert(place.shard < place.shards, 'no such shard')
    this.shard = place.shard
    this.shards = place.shards
    this.table = table
    this.pages = new PageTree(table)
  }

  get meta(): StateMeta {
    const { shard, entries, supply, inboxTo } = this
    return { depth: this.table.depth, shard, entries, supply, inboxTo }
  }

  /** The state root. Costs what changed since it was asked last. */
  root(hashPairs: HashPairs): Hex {
    return bytesToHex(stateRootOf(this.pages.root(hashPairs), encodeMeta(this.meta)))
  }

  /** Takes the last batch back; of several the last one first. */
  undo(undo: Undo): void {
    assert(undo.entriesAfter === this.entries, 'batches are undone in reverse order')
    undoTrace(this.table, this, undo.trace, undo.count)
    this.table.used = undo.usedBefore
    this.entries = undo.entriesBefore
    this.supply = undo.supplyBefore
    this.inboxTo = undo.inboxToBefore
  }
}
