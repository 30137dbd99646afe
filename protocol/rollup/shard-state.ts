// The state of one shard: accounts, the tree over them, and the three numbers that the state root
// commits to besides. Only `executeBatch` changes it, and `undo` takes that back.

import { assert } from '../../lib/assert.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { SHARDS_MAX } from '../params.ts'
import { AccountTable } from './account-table.ts'
import { PageTree } from './page-tree.ts'
import type { ShardPlace } from './shard-place.ts'
import { encodeMeta, type StateMeta, stateRootOf } from './state-root.ts'
import { type Undo, undoTrace } from './undo-log.ts'

/** What a state has besides its records. */
export interface ShardNumbers {
  /** One above the highest registered slot. */
  readonly used: number
  readonly entries: number
  readonly supply: bigint
  readonly inboxTo: number
}

/** As they were before a batch. */
export function numbersBefore(undo: Undo): ShardNumbers {
  return {
    used: undo.usedBefore,
    entries: undo.entriesBefore,
    supply: undo.supplyBefore,
    inboxTo: undo.inboxToBefore,
  }
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

  get numbers(): ShardNumbers {
    const { entries, supply, inboxTo } = this
    return { used: this.table.used, entries, supply, inboxTo }
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
