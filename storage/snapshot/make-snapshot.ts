// A snapshot of a chain store, stopped or in use: the block, then the state in chunks, then the
// manifest that makes it one.

import { SNAPSHOT_BLOCK_BYTES_MAX } from '../../config/limits.ts'
import { compareBytes, u64 } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { type Block, decodeBlock } from '../../protocol/block/block.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { FINALIZE } from '../../protocol/consensus/vote.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import { encodeBlockChunk } from '../../protocol/snapshot/block-chunk.ts'
import { ChunkWriter } from '../../protocol/snapshot/chunk-writer.ts'
import { encodeManifest } from '../../protocol/snapshot/snapshot-manifest.ts'
import { decodeAccount } from '../../protocol/state/account.ts'
import { CHAIN_TABLES, decodeFinality, decodeReceipts } from '../../protocol/state/tables.ts'
import { EMPTY_ROOT } from '../../protocol/trie/trie.ts'
import type { Store } from '../../runtime/store.ts'
import { StateAt } from './state-at.ts'

export interface SnapshotSource {
  readonly store: Store
  readonly chainId: bigint
  readonly genesisHash: Hex
}

export interface SnapshotSink {
  chunk(index: number, bytes: Uint8Array): void
  /** After all chunks. */
  manifest(bytes: Uint8Array): void
}

export interface SnapshotSummary {
  readonly height: number
  readonly hash: Hex
  readonly accounts: number
  readonly slots: number
  readonly chunks: number
  readonly bytes: number
}

interface Progress {
  readonly chunkBytes?: number
  /** After every chunk. */
  readonly progress?: (accounts: number, bytes: number) => void
}

interface Anchor {
  readonly block: Block
  readonly receipts: Uint8Array[]
  readonly certificate: Uint8Array
}

/** The block with its own certificate. Throws an Error that says what is missing. */
export function anchorAt(store: Store, height: number): Anchor {
  const row = (table: string) => {
    const found = store.get(table, u64(height))
    if (!found) throw new Error(`block ${height} is not kept here`)
    return Uint8Array.from(found)
  }
  const block = decodeBlock(row(CHAIN_TABLES.blocks))
  const { certificate } = decodeFinality(row(CHAIN_TABLES.finality))
  const { kind, blockHash } = decodeCertificate(certificate)
  if (kind !== FINALIZE || blockHash !== block.hash) {
    throw new Error(`block ${height} has no finality certificate of its own`)
  }
  return { block, receipts: decodeReceipts(row(CHAIN_TABLES.receipts)), certificate }
}

/** Throws StateGone, or an Error when the block or its certificate is not there. */
export function makeSnapshot(
  source: SnapshotSource,
  height: number,
  sink: SnapshotSink,
  { chunkBytes, progress }: Progress = {},
): SnapshotSummary {
  const { store, chainId, genesisHash } = source
  const { block, receipts, certificate } = anchorAt(store, height)
  const chunks: Hex[] = []
  let accounts = 0
  let slots = 0
  let bytes = 0
  const take = (index: number, chunk: Uint8Array) => {
    chunks[index] = keccakHex(chunk)
    bytes += chunk.length
    sink.chunk(index, chunk)
    progress?.(accounts, bytes)
  }
  const first = encodeBlockChunk({ block, receipts })
  if (first.length > SNAPSHOT_BLOCK_BYTES_MAX) {
    throw new Error(`block ${height} and its receipts have ${first.length} bytes: too many`)
  }
  take(0, first)
  const writer = new ChunkWriter(take, chunkBytes)
  const state = new StateAt(store, height)
  const words = state.rows(CHAIN_TABLES.storage)
  let word = words.next()
  for (const [address, row] of state.rows(CHAIN_TABLES.accounts)) {
    writer.account(address, row)
    accounts++
    if (decodeAccount(row).storageRoot === EMPTY_ROOT) continue
    while (!word.done && compareBytes(word.value[0].subarray(0, 20), address) === 0) {
      writer.slot(word.value[0].subarray(20), word.value[1])
      slots++
      word = words.next()
    }
  }
  if (!word.done) throw new Error('there is storage without an account: run verify-db')
  writer.end()
  const { header, hash } = block
  const manifest = { chainId, genesisHash, header, certificate, accounts, slots, chunks }
  sink.manifest(encodeManifest(manifest))
  return { height, hash, accounts, slots, chunks: chunks.length, bytes }
}
