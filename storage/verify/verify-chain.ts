// A whole chain store: what must be there is there and fits, and nothing is there that must not be.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import {
  CHAIN_STORE_VERSION,
  CHAIN_TABLES,
  decodePlace,
  META_FINAL,
  META_GENESIS,
  META_OLDEST,
  META_VERSION,
  readHeight,
} from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'
import { BadRow } from './bad-row.ts'
import { tableRows } from './table-rows.ts'
import { verifyBlock } from './verify-blocks.ts'
import { verifyState } from './verify-state.ts'

export interface ChainFound {
  readonly oldest: number
  readonly final: number
  readonly hash: Hex
  readonly blocks: number
  readonly transactions: number
  readonly accounts: number
  readonly slots: number
  /** Rows of pruned blocks that a stopped pruning has left; the node deletes them. */
  readonly leftOver: number
}

export interface ChainProgress {
  blocks(done: number, of: number): void
  accounts(done: number): void
}

const { blocks, receipts, finality, heights, transactions, meta } = CHAIN_TABLES

function metaHeight(store: Store, key: Uint8Array): number | undefined {
  const row = store.get(meta, key)
  return row && readHeight(row)
}

/** Throws BadRow for a row above the last final block. Counts those below the oldest kept one. */
function verifyRange(store: Store, oldest: number, final: number): number {
  let leftOver = 0
  for (const table of [blocks, receipts, finality, CHAIN_TABLES.blooms]) {
    const [last] = store.range(table, { reverse: true, limit: 1 })
    if (last && readHeight(last[0]) > final) {
      throw new BadRow(table, readHeight(last[0]), `is above the last final block ${final}`)
    }
  }
  for (const [key, row] of tableRows(store, transactions)) {
    const { height } = decodePlace(row)
    if (height > final) throw new BadRow(transactions, key, `is in block ${height}, not final`)
    if (height < oldest) leftOver++
  }
  for (const [key, row] of tableRows(store, heights)) {
    const height = readHeight(row)
    if (height > final) throw new BadRow(heights, key, `is block ${height}, not final`)
  }
  return leftOver
}

/** Throws BadRow with the first row that is wrong. */
export function verifyChain(store: Store, progress: ChainProgress): ChainFound {
  const final = metaHeight(store, META_FINAL)
  const genesis = store.get(meta, META_GENESIS)
  if (final === undefined || !genesis) throw new BadRow(meta, META_FINAL, 'there is no chain')
  const genesisHash = bytesToHex(genesis)
  const version = metaHeight(store, META_VERSION)
  if (version !== CHAIN_STORE_VERSION) {
    throw new BadRow(meta, META_VERSION, `version ${version}, ours is ${CHAIN_STORE_VERSION}`)
  }
  const first = verifyBlock(store, 0, undefined)
  if (first.hash !== genesisHash) throw new BadRow(blocks, 0, `is not the genesis ${genesisHash}`)
  const oldest = Math.max(1, metaHeight(store, META_OLDEST) ?? 1)
  const of = final - oldest + 1
  let last = first
  let sent = 0
  for (let height = oldest; height <= final; height++) {
    const isNext = last.header.height === height - 1
    last = verifyBlock(store, height, isNext ? last.hash : undefined)
    sent += last.transactions.length
    progress.blocks(height - oldest + 1, of)
  }
  const leftOver = verifyRange(store, oldest, final)
  const state = verifyState(store, last.header.stateRoot, (done) => progress.accounts(done))
  const counts = { blocks: final === 0 ? 1 : of + 1, transactions: sent, ...state, leftOver }
  return { oldest: final === 0 ? 0 : oldest, final, hash: last.hash, ...counts }
}
