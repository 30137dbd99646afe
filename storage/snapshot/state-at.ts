// The rows of the state as they were after one final block, from a store whose chain goes on
// meanwhile. Pages are read one by one, in whatever moment; then the undo rows of the blocks since
// say what any key was, because a page is never older than the undo rows read after it. Nothing is
// held open between two pages: a long read transaction would keep every page that the writer
// replaces from being used again (docs/decisions/0126).

import { compareBytes, concatBytes, u64 } from '../../lib/bytes.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { CHAIN_TABLES, META_FINAL, readHeight } from '../../protocol/state/tables.ts'
import { decodeUndo } from '../../protocol/state/undo-row.ts'
import type { Store } from '../../runtime/store.ts'

const PAGE_ROWS = 4096
const UNDO_PAGE = 64

/** The chain has moved on so far that the state of the block cannot be told any more. */
export class StateGone extends Error {
  override readonly name = 'StateGone'
  constructor(height: number) {
    super(`the state after block ${height} is not kept any more: the chain moved on too far`)
  }
}

type Row = readonly [key: Uint8Array, value: Uint8Array]

export class StateAt {
  private readonly store: Store
  private readonly height: number
  private readonly pageRows: number
  /** Up to here the undo rows have been read. */
  private seen: number
  /** By table and key: what was there after `height`; the first change since decides. */
  private readonly former = new Map<string, Map<string, readonly [Uint8Array, Uint8Array?]>>()

  /** `height` is final, and the last of the blocks that were committed with it. */
  constructor(store: Store, height: number, pageRows = PAGE_ROWS) {
    this.store = store
    this.height = height
    this.pageRows = pageRows
    this.seen = height
    this.catchUp()
  }

  /** Throws StateGone. */
  *rows(table: string): Generator<Row> {
    let from: Uint8Array = Uint8Array.of(0)
    for (;;) {
      const page = this.store.range(table, { from, limit: this.pageRows }).map(copied)
      this.catchUp()
      const last = page.at(-1)
      const whole = page.length < this.pageRows || !last
      yield* this.corrected(table, from, whole ? undefined : last[0], page)
      if (whole) return
      from = concatBytes(last[0], Uint8Array.of(0))
    }
  }

  /** The page with its rows as they were, `to` included; without `to` up to the end. */
  private corrected(
    table: string,
    from: Uint8Array,
    to: Uint8Array | undefined,
    page: Row[],
  ): Row[] {
    const former = this.former.get(table)
    if (!former) return page
    const rows = page.filter(([key]) => !former.has(bytesToHex(key)))
    const before = rows.length
    for (const [key, value] of former.values()) {
      const inside = compareBytes(key, from) >= 0 && (!to || compareBytes(key, to) <= 0)
      if (inside && value) rows.push([key, value])
    }
    if (rows.length > before) rows.sort((a, b) => compareBytes(a[0], b[0]))
    return rows
  }

  private catchUp(): void {
    const { store } = this
    const final = store.get(CHAIN_TABLES.meta, META_FINAL)
    if (!final || readHeight(final) < this.seen) throw new StateGone(this.height)
    while (this.seen < readHeight(final)) {
      const range = { from: u64(this.seen + 1), to: u64(readHeight(final) + 1), limit: UNDO_PAGE }
      const page = store.range(CHAIN_TABLES.undo, range)
      if (page.length === 0) throw new StateGone(this.height)
      for (const [key, row] of page) this.undo(readHeight(key), row)
    }
  }

  private undo(height: number, row: Uint8Array): void {
    const { base, rows } = decodeUndo(Uint8Array.from(row))
    if (base !== this.seen) throw new StateGone(this.height)
    for (const { table, key, row: value } of rows) {
      const former = this.former.get(table) ?? new Map()
      this.former.set(table, former)
      const id = bytesToHex(key)
      if (!former.has(id)) former.set(id, value ? [key, value] : [key])
    }
    this.seen = height
  }
}

/** What LMDB gives lies in its map and is valid for a moment. */
function copied([key, value]: [Uint8Array, Uint8Array]): Row {
  return [Uint8Array.from(key), Uint8Array.from(value)]
}
