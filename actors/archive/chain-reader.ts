// Reads the chain store: final blocks, and the state after the last of them.

import { assert } from '../../lib/assert.ts'
import { bytesToBigint, u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { type Block, blockHash, decodeBlock } from '../../protocol/block/block.ts'
import { asBytes, decodeRlp } from '../../protocol/rlp/rlp.ts'
import { decodeAccount, EMPTY_ACCOUNT } from '../../protocol/state/account.ts'
import type { StateView } from '../../protocol/state/state-view.ts'
import {
  CHAIN_TABLES,
  decodeFinality,
  decodePlace,
  decodeReceipts,
  META_FINAL,
  META_OLDEST,
  readHeight,
  storageKey,
  type TransactionPlace,
} from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'

export interface StoredRows {
  readonly height: number
  readonly hash: Hex
  readonly block: Uint8Array
  /** An rlp list. */
  readonly receipts: Uint8Array
  readonly certificate: Uint8Array
  readonly finalAtMs: number
}

export class ChainReader implements StateView {
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  /** Undefined until the genesis is written. */
  finalHeight(): number | undefined {
    const row = this.store.get(CHAIN_TABLES.meta, META_FINAL)
    return row && readHeight(row)
  }

  /** Blocks below are not kept, except for the genesis. */
  oldestHeight(): number {
    const row = this.store.get(CHAIN_TABLES.meta, META_OLDEST)
    return row ? readHeight(row) : 0
  }

  block(height: number): Block | undefined {
    const bytes = this.store.get(CHAIN_TABLES.blocks, u64(height))
    return bytes && decodeBlock(bytes)
  }

  receipts(height: number): Uint8Array[] {
    return decodeReceipts(this.receiptsRow(height))
  }

  private receiptsRow(height: number): Uint8Array {
    const row = this.store.get(CHAIN_TABLES.receipts, u64(height))
    assert(row, `chain store: the receipts of ${height} are missing`)
    return row
  }

  stored(height: number): StoredRows | undefined {
    const bytes = this.store.get(CHAIN_TABLES.blocks, u64(height))
    const finality = this.store.get(CHAIN_TABLES.finality, u64(height))
    if (!bytes || !finality) return undefined
    if (height > 0 && height < this.oldestHeight()) return undefined
    return {
      height,
      hash: blockHash(bytes),
      block: bytes,
      receipts: this.receiptsRow(height),
      ...decodeFinality(finality),
    }
  }

  heightOf(hash: Hex): number | undefined {
    const row = this.store.get(CHAIN_TABLES.heights, hexToBytes(hash))
    return row && readHeight(row)
  }

  transactionAt(hash: Hex): TransactionPlace | undefined {
    const row = this.store.get(CHAIN_TABLES.transactions, hexToBytes(hash))
    return row && decodePlace(row)
  }

  account(address: Hex) {
    const row = this.store.get(CHAIN_TABLES.accounts, hexToBytes(address))
    return row ? decodeAccount(row) : EMPTY_ACCOUNT
  }

  storage(address: Hex, slot: Hex): bigint {
    const row = this.store.get(CHAIN_TABLES.storage, storageKey(address, slot))
    return row ? bytesToBigint(asBytes(decodeRlp(row))) : 0n
  }

  /** Blooms of the blocks with logs between two heights, both ends included, in order. */
  blooms(
    fromHeight: number,
    toHeight: number,
    limit: number,
  ): { height: number; bloom: Uint8Array }[] {
    const range = { from: u64(fromHeight), to: u64(toHeight + 1), limit }
    return this.store
      .range(CHAIN_TABLES.blooms, range)
      .map(([key, bloom]) => ({ height: readHeight(key), bloom }))
  }
}
