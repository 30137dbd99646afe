// With every commit of final blocks: the former rows of what it changes in the state, and the end
// of those of long ago. Snapshots are read with them while the chain goes on.

import { UNDO_COMMITS_MAX } from '../../config/limits.ts'
import { ByteSlab } from '../../lib/byte-slab.ts'
import { u64 } from '../../lib/bytes.ts'
import { readAccount, readStorage, type StateTree } from '../../protocol/state/state-tree.ts'
import { CHAIN_TABLES } from '../../protocol/state/tables.ts'
import { encodeUndo, type FormerRow } from '../../protocol/state/undo-row.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { accountRow, latestAccounts, storageRow } from './chain-rows.ts'
import type { Candidate } from './speculation.ts'

/** Deleted with one commit, so that a longer list of before shrinks. */
const FORGET_MAX = 2

function former({ table, key, value }: Put): FormerRow {
  return { table, key, row: value }
}

/**
 * What the rows that the blocks of the path change are in the state before it. PERF: by the tries,
 * which hold what the store does: reading that many rows from the store costs more.
 */
export function formerRows(before: StateTree, path: readonly Candidate[]): FormerRow[] {
  const slab = new ByteSlab()
  const rows: FormerRow[] = []
  const first = path[0]?.executed.changes.accounts
  for (const address of latestAccounts(path).keys()) {
    const account = first?.get(address)?.before ?? readAccount(before, address)
    rows.push(former(accountRow(address, account, slab)))
  }
  const seen = new Set<string>()
  for (const { executed } of path) {
    for (const [address, slots] of executed.changes.storage) {
      for (const slot of slots.keys()) {
        if (seen.has(address + slot)) continue
        seen.add(address + slot)
        rows.push(former(storageRow(address, slot, readStorage(before, address, slot))))
      }
    }
  }
  return rows
}

/** `base` is the height before the commit that changes `rows`, `height` the one after it. */
export function undoPuts(
  store: Store,
  base: number,
  height: number,
  rows: readonly FormerRow[],
): Put[] {
  const table = CHAIN_TABLES.undo
  const puts: Put[] = [{ table, key: u64(height), value: encodeUndo({ base, rows }) }]
  // A commit holds at least one block, so this keeps at most so many commits.
  const to = u64(Math.max(0, height - UNDO_COMMITS_MAX) + 1)
  for (const [key] of store.range(table, { to, limit: FORGET_MAX })) {
    puts.push({ table, key, value: undefined })
  }
  return puts
}
