// Every kept block of a chain store against itself, its parent, its receipts, its certificate and
// the indexes that name it.

import { equalBytes, u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { type Block, decodeBlock } from '../../protocol/block/block.ts'
import { orderedRoot } from '../../protocol/block/ordered-trie.ts'
import { sidecarRoot } from '../../protocol/block/sidecar.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { keccak } from '../../protocol/crypto/keccak.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import {
  CHAIN_TABLES,
  decodeFinality,
  decodePlace,
  decodeReceipts,
  readHeight,
} from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'
import { BadRow } from './bad-row.ts'

const { blocks, receipts, finality, heights, transactions, blooms } = CHAIN_TABLES

function present(store: Store, table: string, height: number): Uint8Array {
  const row = store.get(table, u64(height))
  if (!row) throw new BadRow(table, height, 'is missing')
  return Uint8Array.from(row)
}

function decoded<T>(table: string, height: number, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (error instanceof RlpError) throw new BadRow(table, height, error.message)
    throw error
  }
}

/** Throws BadRow. */
export function verifyBlock(store: Store, height: number, parent: Hex | undefined): Block {
  const block = decoded(blocks, height, () => decodeBlock(present(store, blocks, height)))
  const { header, hash } = block
  const wrong = (why: string) => new BadRow(blocks, height, why)
  if (header.height !== height) throw wrong(`holds block ${header.height}`)
  if (parent && header.parentHash !== parent) throw wrong('its parent is not the block before it')
  const roots = [orderedRoot(block.transactions), header.transactionsRoot]
  if (roots[0] !== roots[1]) throw wrong('its transactions have another root')
  if (sidecarRoot(block.sidecar) !== header.parentBeaconBlockRoot) throw wrong('another sidecar')
  const own = decoded(receipts, height, () => decodeReceipts(present(store, receipts, height)))
  if (own.length !== block.transactions.length || orderedRoot(own) !== header.receiptsRoot) {
    throw new BadRow(receipts, height, 'the receipts have another root')
  }
  verifyBloom(store, height, header.logsBloom)
  verifyIndexes(store, height, block)
  if (height > 0) verifyFinality(store, height, hash)
  return block
}

function verifyBloom(store: Store, height: number, logsBloom: Hex): void {
  const bloom = hexToBytes(logsBloom)
  const row = store.get(blooms, u64(height))
  const isEmpty = bloom.every((byte) => byte === 0)
  if (isEmpty ? row !== undefined : !row || !equalBytes(row, bloom)) {
    throw new BadRow(blooms, height, 'is not the bloom of its block')
  }
}

function verifyIndexes(store: Store, height: number, block: Block): void {
  const place = store.get(heights, hexToBytes(block.hash))
  if (!place || readHeight(place) !== height) {
    throw new BadRow(heights, hexToBytes(block.hash), `does not say ${height}`)
  }
  for (const [index, raw] of block.transactions.entries()) {
    const key = keccak(raw)
    const row = store.get(transactions, key)
    const found = row && decodePlace(row)
    if (found?.height !== height || found.index !== index) {
      throw new BadRow(transactions, key, `does not say block ${height}, index ${index}`)
    }
  }
}

/** Its own certificate, or that of a descendant. */
function verifyFinality(store: Store, height: number, hash: Hex): void {
  const certificate = decoded(finality, height, () =>
    decodeCertificate(decodeFinality(present(store, finality, height)).certificate),
  )
  if (certificate.blockHash === hash) return
  const at = store.get(heights, hexToBytes(certificate.blockHash))
  if (!at || readHeight(at) < height) {
    throw new BadRow(finality, height, 'its certificate is for no later block')
  }
}
