// The state after a block, read page by page from a store that is written meanwhile.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { undoPuts } from '../../../actors/block-builder/undo-puts.ts'
import { UNDO_COMMITS_MAX } from '../../../config/limits.ts'
import { u64 } from '../../../lib/bytes.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { CHAIN_TABLES, META_FINAL } from '../../../protocol/state/tables.ts'
import type { Put } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { StateAt, StateGone } from '../../../storage/snapshot/state-at.ts'

const TABLE = CHAIN_TABLES.accounts

/** Commits `changes` (key → value, 0 deletes) as the blocks from `base` to `height`. */
function commit(
  store: MemoryStore,
  base: number,
  height: number,
  changes: readonly (readonly [number, number])[],
): void {
  const puts: Put[] = changes.map(([key, value]) => ({
    table: TABLE,
    key: Uint8Array.of(1, key),
    value: value === 0 ? undefined : Uint8Array.of(value),
  }))
  const meta = { table: CHAIN_TABLES.meta, key: META_FINAL, value: u64(height) }
  const former = puts.map(({ table, key }) => ({ table, key, row: store.get(table, key) }))
  store.apply([...puts, ...undoPuts(store, base, height, former), meta])
}

function rowsOf(store: MemoryStore): string[] {
  return store.range(TABLE, { limit: 1e6 }).map(([key, value]) => bytesToHex(key) + value[0])
}

const changes = fc.array(fc.tuple(fc.nat(40), fc.nat(3)), { maxLength: 12 }).map(
  // A block's changes name each key once.
  (list) => [...new Map(list)],
)

test('whatever is committed between two pages, the rows are those after the block', () => {
  fc.assert(
    fc.property(
      changes,
      fc.array(changes, { maxLength: 6 }),
      fc.array(fc.tuple(changes, fc.integer({ min: 1, max: 3 })), { maxLength: 20 }),
      fc.integer({ min: 1, max: 7 }),
      (first, before, during, pageRows) => {
        const store = new MemoryStore()
        commit(store, 0, 5, first)
        const wanted = rowsOf(store)
        let height = 5
        const go = (change: readonly (readonly [number, number])[], blocks: number) => {
          commit(store, height, height + blocks, change)
          height += blocks
        }
        for (const change of before) go(change, 1)
        const found: string[] = []
        const more = [...during]
        for (const [key, value] of new StateAt(store, 5, pageRows).rows(TABLE)) {
          found.push(bytesToHex(key) + value[0])
          const next = more.shift()
          if (next) go(...next)
        }
        assert.equal(found, wanted)
      },
    ),
    { numRuns: 500 },
  )
})

test('what cannot be told any more is said, not guessed', () => {
  const store = new MemoryStore()
  commit(store, 0, 1, [[1, 1]])
  const rows = new StateAt(store, 1, 1).rows(TABLE)
  assert.equal([...(rows.next().value?.[1] ?? [])], [1])
  for (let height = 1; height <= UNDO_COMMITS_MAX + 1; height++) {
    commit(store, height, height + 1, [[1, (height % 3) + 1]])
  }
  assert.throws(
    () => new StateAt(store, 1, 1),
    (error: Error) => error instanceof StateGone,
  )
  assert.throws(
    () => rows.next(),
    (error: Error) => error instanceof StateGone,
  )
  // As many commits as are kept can be gone back.
  const kept = new StateAt(store, 3, 1)
  assert.is([...kept.rows(TABLE)].length, 1)
  // In the middle of a commit of several blocks there was no state of its own.
  commit(store, UNDO_COMMITS_MAX + 2, UNDO_COMMITS_MAX + 4, [])
  assert.throws(
    () => new StateAt(store, UNDO_COMMITS_MAX + 3),
    (e: Error) => e instanceof StateGone,
  )
  assert.throws(
    () => new StateAt(store, 1e9),
    (error: Error) => error instanceof StateGone,
  )
})

test.run()
