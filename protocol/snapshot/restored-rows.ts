// The rows of a chain store that starts from a snapshot: those of the state chunk by chunk, and
// last the block with everything by which a node knows that it has a chain.

import { concatBytes, u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Block } from '../block/block.ts'
import { headerTimeMs } from '../block/extra-data.ts'
import { keccak, keccakHex } from '../crypto/keccak.ts'
import type { StoredStep } from '../light/search-path.ts'
import { blockRows, type TableRow } from '../state/block-rows.ts'
import {
  CHAIN_STORE_VERSION,
  CHAIN_TABLES,
  encodeCheckpointRow,
  encodePlace,
  META_FINAL,
  META_GENESIS,
  META_OLDEST,
  META_VERSION,
} from '../state/tables.ts'
import type { BlockChunk } from './block-chunk.ts'
import type { StateChunk } from './state-chunk.ts'

export function stateRows({ accounts }: StateChunk): TableRow[] {
  const rows: TableRow[] = []
  for (const { address, account, slots } of accounts) {
    if (account.length > 0)
      rows.push({ table: CHAIN_TABLES.accounts, key: address, value: account })
    for (const { slot, word } of slots) {
      rows.push({ table: CHAIN_TABLES.storage, key: concatBytes(address, slot), value: word })
    }
  }
  return rows
}

/** Checkpoints that led to the snapshot's epoch: light clients will be served with them. */
export function checkpointRows(steps: Iterable<StoredStep>): TableRow[] {
  const rows: TableRow[] = []
  const sets = new Map<Hex, Uint8Array>()
  for (const step of steps) {
    const key = u64(step.epoch)
    rows.push({ table: CHAIN_TABLES.checkpoints, key, value: encodeCheckpointRow(step) })
    for (const set of step.sets) sets.set(keccakHex(set), set)
  }
  for (const [hash, value] of sets) {
    rows.push({ table: CHAIN_TABLES.sets, key: hexToBytes(hash), value })
  }
  return rows
}

/** One batch: before it the store has no chain, after it a whole one. */
export function chainRows(
  { block, receipts }: BlockChunk,
  certificate: Uint8Array,
  genesis: Block,
): TableRow[] {
  const { header } = block
  const { height } = header
  const meta = (key: Uint8Array, value: Uint8Array) => ({ table: CHAIN_TABLES.meta, key, value })
  const noCertificate = new Uint8Array(0)
  return [
    ...blockRows(genesis, [], {
      finalAtMs: headerTimeMs(genesis.header),
      certificate: noCertificate,
    }),
    ...blockRows(block, receipts, { finalAtMs: headerTimeMs(header), certificate }),
    ...block.transactions.map((raw, index) => ({
      table: CHAIN_TABLES.transactions,
      key: keccak(raw),
      value: encodePlace({ height, index }),
    })),
    meta(META_FINAL, u64(height)),
    meta(META_OLDEST, u64(height)),
    meta(META_GENESIS, hexToBytes(genesis.hash)),
    meta(META_VERSION, u64(CHAIN_STORE_VERSION)),
  ]
}
