// Chunk 0: the block of a snapshot and its receipts, rlp([0, block, [receipts]]), so that a node
// that starts from it can serve them like any other.

import { type Block, decodeBlock, encodeBlock } from '../block/block.ts'
import { orderedRoot } from '../block/ordered-trie.ts'
import { sidecarRoot } from '../block/sidecar.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  rlpInteger,
} from '../rlp/rlp.ts'
import type { SnapshotManifest } from './snapshot-manifest.ts'
import { refuse, type SnapshotRefusal } from './snapshot-refusal.ts'

export interface BlockChunk {
  readonly block: Block
  readonly receipts: readonly Uint8Array[]
}

export function encodeBlockChunk({ block, receipts }: BlockChunk): Uint8Array {
  return encodeRlp([rlpInteger(0), encodeBlock(block), [...receipts]])
}

/** Throws RlpError. */
export function decodeBlockChunk(bytes: Uint8Array): BlockChunk {
  const [index, block, receipts] = asList(decodeRlp(bytes), 3)
  if (asNumber(index) !== 0) throw new RlpError('not the chunk of a block')
  return {
    block: decodeBlock(asBytes(block)),
    receipts: asList(receipts).map((receipt) => asBytes(receipt)),
  }
}

/** The chunk's content, checked in all its parts against the manifest's header. */
export function readBlockChunk(
  { header, hash }: SnapshotManifest,
  bytes: Uint8Array,
): (BlockChunk & { readonly ok: true }) | SnapshotRefusal {
  let chunk: BlockChunk
  try {
    chunk = decodeBlockChunk(bytes)
  } catch (error) {
    if (error instanceof RlpError) return refuse('BAD_CHUNK', error.message, 0)
    throw error
  }
  const { block, receipts } = chunk
  const wrong = (detail: string) => refuse('WRONG_BLOCK', detail, 0)
  if (block.hash !== hash) return wrong(`${block.hash} instead of ${hash}`)
  if (orderedRoot(block.transactions) !== header.transactionsRoot) return wrong('transactions')
  if (sidecarRoot(block.sidecar) !== header.parentBeaconBlockRoot) return wrong('sidecar')
  if (orderedRoot(receipts) !== header.receiptsRoot) return wrong('receipts')
  return { ok: true, block, receipts }
}
