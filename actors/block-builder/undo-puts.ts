// With every commit of final blocks: the former rows of what it changes in the state, and the end
// of those of long ago. Snapshots are read with them while the chain goes on.

import { UNDO_COMMITS_MAX } from '../../config/limits.ts'
import { u64 } from '../../lib/bytes.ts'
import { CHAIN_TABLES } from '../../protocol/state/tables.ts'
import { encodeUndo, isStateTable } from '../../protocol/state/undo-row.ts'
import type { Put, Store } from '../../runtime/store.ts'

/** Deleted with one commit, so that a longer list of before shrinks. */
const FORGET_MAX = 2

/** `base` is the height before the commit of `rows`, `height` the one after it. */
export function undoPuts(store: Store, base: number, height: number, rows: readonly Put[]): Put[] {
  const former = rows
    .filter(({ table }) => isStateTable(table))
    .map(({ table, key }) => ({ table, key, row: store.get(table, key) }))
  const table = CHAIN_TABLES.undo
  const value = encodeUndo({ base, rows: former })
  const puts: Put[] = [{ table, key: u64(height), value }]
  // A commit holds at least one block, so this keeps at most so many commits.
  const to = u64(Math.max(0, height - UNDO_COMMITS_MAX) + 1)
  for (const [key] of store.range(table, { to, limit: FORGET_MAX })) {
    puts.push({ table, key, value: undefined })
  }
  return puts
}
