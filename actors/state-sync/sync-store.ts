// What a node keeps of a snapshot while it fetches it, in the chain store itself: the manifest that
// it has chosen and the chunks that have the right hash. All of it is there again after a kill.

import { u64 } from '../../lib/bytes.ts'
import { decodeManifest, type SnapshotManifest } from '../../protocol/snapshot/snapshot-manifest.ts'
import { CHAIN_TABLES, META_FINAL } from '../../protocol/state/tables.ts'
import type { Put, Store } from '../../runtime/store.ts'

const TABLE = CHAIN_TABLES.sync
/** Longer than the key of any chunk, and after all of them. */
const MANIFEST = new Uint8Array(9).fill(255)
const CLEAR_ROWS = 4096

export class SyncStore {
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  hasChain(): boolean {
    return this.store.get(CHAIN_TABLES.meta, META_FINAL) !== undefined
  }

  manifest(): SnapshotManifest | undefined {
    const bytes = this.store.get(TABLE, MANIFEST)
    const decoded = bytes && decodeManifest(Uint8Array.from(bytes))
    return typeof decoded === 'object' ? decoded : undefined
  }

  manifestPut(bytes: Uint8Array): Put {
    return { table: TABLE, key: MANIFEST, value: bytes }
  }

  chunkPut(index: number, bytes: Uint8Array): Put {
    return { table: TABLE, key: u64(index), value: bytes }
  }

  chunk(index: number): Uint8Array | undefined {
    return this.store.get(TABLE, u64(index))
  }

  has(index: number): boolean {
    return this.chunk(index) !== undefined
  }

  /** Up to so many rows of a table as deletions; none when it is empty. */
  clearing(table: string, limit = CLEAR_ROWS): Put[] {
    const rows = this.store.range(table, { limit })
    return rows.map(([key]) => ({ table, key: Uint8Array.from(key), value: undefined }))
  }

  /** Of what was fetched: chunks are large, so only a few at a time. */
  clearingFetched(): Put[] {
    return this.clearing(TABLE, 16)
  }
}
