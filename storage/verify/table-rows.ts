// All rows of a table in order, page by page: no read transaction outlives a page.

import { concatBytes } from '../../lib/bytes.ts'
import type { Store } from '../../runtime/store.ts'

const PAGE = 4096

export function* tableRows(store: Store, table: string): Generator<[Uint8Array, Uint8Array]> {
  let from: Uint8Array = Uint8Array.of(0)
  for (;;) {
    const page = store.range(table, { from, limit: PAGE })
    const rows = page.map(([key, row]): [Uint8Array, Uint8Array] => [key.slice(), row.slice()])
    yield* rows
    const last = rows.at(-1)
    if (rows.length < PAGE || !last) return
    from = concatBytes(last[0], Uint8Array.of(0))
  }
}
