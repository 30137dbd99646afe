// The rows that final blocks leave in the chain store: one batch, written at once or not at all.

import { ByteSlab } from '../../lib/byte-slab.ts'
import { u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Genesis } from '../../protocol/genesis/genesis-block.ts'
import { type Account, encodeAccount, isEmptyAccount } from '../../protocol/state/account.ts'
import { blockRows } from '../../protocol/state/block-rows.ts'
import { encodeWord, type StateChanges } from '../../protocol/state/state-tree.ts'
import {
  CHAIN_STORE_VERSION,
  CHAIN_TABLES,
  encodePlace,
  type FinalityRow,
  META_FINAL,
  META_GENESIS,
  META_VERSION,
  storageKey,
} from '../../protocol/state/tables.ts'
import type { Put } from '../../runtime/store.ts'
import type { Candidate } from './speculation.ts'

/** The account's row; none of an account that the state does not keep. */
export function accountRow(address: Hex, account: Account, slab: ByteSlab): Put {
  const value = isEmptyAccount(account) ? undefined : encodeAccount(account, slab)
  return { table: CHAIN_TABLES.accounts, key: hexToBytes(address), value }
}

export function storageRow(address: Hex, slot: Hex, word: bigint): Put {
  const value = word === 0n ? undefined : encodeWord(word)
  return { table: CHAIN_TABLES.storage, key: storageKey(address, slot), value }
}

function accountRows(accounts: ReadonlyMap<Hex, Account>): Put[] {
  const slab = new ByteSlab()
  return [...accounts].map(([address, account]) => accountRow(address, account, slab))
}

function storageRows(changes: Iterable<StateChanges>): Put[] {
  const latest = new Map<string, Put>()
  for (const { storage } of changes) {
    for (const [address, slots] of storage) {
      for (const [slot, word] of slots) latest.set(address + slot, storageRow(address, slot, word))
    }
  }
  return [...latest.values()]
}

/** The accounts that the blocks changed, as they are after the last of them. */
export function latestAccounts(path: readonly Candidate[]): ReadonlyMap<Hex, Account> {
  const [only] = path
  if (only && path.length === 1) return only.executed.accounts
  const latest = new Map<Hex, Account>()
  for (const { executed } of path) {
    for (const [address, account] of executed.accounts) latest.set(address, account)
  }
  return latest
}

/** Rows for a path of blocks whose last one has the certificate. */
export function finalRows(path: readonly Candidate[], finality: FinalityRow): Put[] {
  const rows: Put[] = []
  for (const { block, executed } of path) {
    rows.push(...blockRows(block, executed.receipts, finality))
    const { height } = block.header
    for (const [index, { transaction }] of executed.included.entries()) {
      const key = hexToBytes(transaction.hash)
      rows.push({ table: CHAIN_TABLES.transactions, key, value: encodePlace({ height, index }) })
    }
    rows.push({ table: CHAIN_TABLES.meta, key: META_FINAL, value: u64(height) })
  }
  rows.push(...accountRows(latestAccounts(path)))
  rows.push(...storageRows(path.map(({ executed }) => executed.changes)))
  return rows
}

export function genesisRows({ block, accounts, changes }: Genesis): Put[] {
  const finalAtMs = block.header.timestamp * 1000
  return [
    ...blockRows(block, [], { finalAtMs, certificate: new Uint8Array(0) }),
    ...accountRows(accounts),
    ...storageRows([changes]),
    { table: CHAIN_TABLES.meta, key: META_FINAL, value: u64(0) },
    { table: CHAIN_TABLES.meta, key: META_GENESIS, value: hexToBytes(block.hash) },
    { table: CHAIN_TABLES.meta, key: META_VERSION, value: u64(CHAIN_STORE_VERSION) },
  ]
}
