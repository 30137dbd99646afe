// The rows of one final block in the chain store, without its transactions' index and its state.

import { u64 } from '../../lib/bytes.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { type Block, encodeBlock } from '../block/block.ts'
import { CHAIN_TABLES, encodeFinality, encodeReceipts, type FinalityRow } from './tables.ts'

export interface TableRow {
  readonly table: string
  readonly key: Uint8Array
  readonly value: Uint8Array | undefined
}

export function blockRows(
  block: Block,
  receipts: readonly Uint8Array[],
  finality: FinalityRow,
): TableRow[] {
  const key = u64(block.header.height)
  const rows: TableRow[] = [
    { table: CHAIN_TABLES.blocks, key, value: encodeBlock(block) },
    { table: CHAIN_TABLES.receipts, key, value: encodeReceipts(receipts) },
    { table: CHAIN_TABLES.finality, key, value: encodeFinality(finality) },
    { table: CHAIN_TABLES.heights, key: hexToBytes(block.hash), value: key },
  ]
  const bloom = hexToBytes(block.header.logsBloom)
  if (bloom.some((byte) => byte !== 0)) rows.push({ table: CHAIN_TABLES.blooms, key, value: bloom })
  return rows
}
