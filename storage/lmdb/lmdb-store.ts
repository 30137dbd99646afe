// A store in LMDB: one environment, one named database per table, one synchronous commit at a time.
// A commit is on the disk before it is answered; it is never opened with noSync (DESIGN 12).

import { mkdirSync } from 'node:fs'
import { type Database, open, type RootDatabase } from 'lmdb'
import { LMDB_MAP_BYTES, LMDB_TABLES_MAX } from '../../config/limits.ts'
import type { Put, RangeOptions, Store } from '../../runtime/store.ts'

type Table = Database<Buffer, Buffer>

export class LmdbStore implements Store {
  private readonly root: RootDatabase<Buffer, Buffer>
  private readonly tables = new Map<string, Table>()

  /** Opens or creates the environment in `folder`. Throws if it cannot be opened. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.root = open<Buffer, Buffer>({
      path: folder,
      keyEncoding: 'binary',
      encoding: 'binary',
      maxDbs: LMDB_TABLES_MAX,
      mapSize: LMDB_MAP_BYTES,
      // The commit that answers is the commit that is flushed.
      overlappingSync: false,
      noSubdir: false,
    })
  }

  private table(name: string): Table {
    let table = this.tables.get(name)
    if (!table) {
      table = this.root.openDB<Buffer, Buffer>({
        name,
        keyEncoding: 'binary',
        encoding: 'binary',
      })
      this.tables.set(name, table)
    }
    return table
  }

  get(name: string, key: Uint8Array): Uint8Array | undefined {
    return this.table(name).get(key as Buffer)
  }

  range(name: string, options: RangeOptions): [Uint8Array, Uint8Array][] {
    const { from, to, reverse = false, limit } = options
    const table = this.table(name)
    const rows: [Uint8Array, Uint8Array][] = []
    // LMDB's own reverse ranges start at `end` inclusively: walk down and skip what lies outside.
    const bounds = reverse
      ? { ...(to && { start: to as Buffer }), ...(from && { end: from as Buffer }), reverse }
      : { ...(from && { start: from as Buffer }), ...(to && { end: to as Buffer }) }
    for (const { key, value } of table.getRange(bounds)) {
      if (rows.length >= limit) break
      if (reverse && to && Buffer.compare(key, to) >= 0) continue
      rows.push([key, value])
    }
    if (reverse && from && rows.length < limit) this.addLowest(table, from, rows)
    return rows
  }

  /** A reverse range excludes its lower end in LMDB; ours includes it. */
  private addLowest(table: Table, from: Uint8Array, rows: [Uint8Array, Uint8Array][]): void {
    const value = table.get(from as Buffer)
    const last = rows.at(-1)?.[0]
    if (value && !(last && Buffer.compare(last, from) === 0)) rows.push([from, value])
  }

  commit(puts: readonly Put[], done: (error?: Error) => void): void {
    try {
      this.root.transactionSync(() => {
        for (const { table: name, key, value } of puts) {
          const table = this.table(name)
          if (value === undefined) table.removeSync(key as Buffer)
          else table.putSync(key as Buffer, value as Buffer)
        }
      })
    } catch (error) {
      queueMicrotask(() => done(error as Error))
      return
    }
    queueMicrotask(() => done())
  }

  async close(): Promise<void> {
    await this.root.close()
  }
}
