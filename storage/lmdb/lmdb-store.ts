// A store in LMDB: one environment, one named database per table, one synchronous commit at a
// time. A commit is on the disk before it is answered; it is never opened with noSync (DESIGN 12).
//
// Commits are synchronous on purpose: lmdb's asynchronous ones raise an unhandled rejection on a
// full disk that no caller can catch, and the process dies (docs/decisions/0050).

import { mkdirSync } from 'node:fs'
import { type Database, open, type RootDatabase } from 'lmdb'
import {
  LMDB_COMMITS_TIMED,
  LMDB_MAP_BYTES,
  LMDB_TABLES_MAX,
  STORE_KEY_BYTES_MAX,
} from '../../config/limits.ts'
import { assert } from '../../lib/assert.ts'
import { type HistogramView, Log2Histogram } from '../../lib/log2-histogram.ts'
import type { Guard, Put, RangeOptions, Store } from '../../runtime/store.ts'
import { checkKey } from '../check-key.ts'

type Table = Database<Buffer, Buffer>

/** The first and the last key that there can be. */
const LOWEST = Uint8Array.of(0)
const HIGHEST = new Uint8Array(STORE_KEY_BYTES_MAX).fill(255)

export interface StoreStats {
  /** Bytes of the map that hold pages, free ones among them; the map itself is `mapBytes`. */
  readonly usedBytes: number
  readonly mapBytes: number
  /** Over all tables. */
  readonly rows: number
  /** Slots of the reader table in use, in all processes. */
  readonly readers: number
  /** Since this store was opened; the failed ones among them. */
  readonly commits: number
  readonly commitsFailed: number
  /** Microseconds that commits took, the flush included. */
  readonly commitUs: HistogramView
  /** Milliseconds, over the latest commits; undefined before the first. */
  readonly commitP50Ms: number | undefined
  readonly commitP99Ms: number | undefined
}

/** What lmdb tells of an environment or a table: mdb_stat and mdb_env_info. */
interface LmdbStats {
  readonly pageSize: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
  readonly entryCount: number
  readonly mapSize: number
  readonly lastPageNumber: number
  readonly numReaders: number
}

function pagesOf(stats: LmdbStats): number {
  return stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages
}

/** Keys of the root are names of tables. */
function tableName(key: Buffer): string {
  return Buffer.from(key).toString('utf8').replace(/\0$/, '')
}

const BINARY = { keyEncoding: 'binary', encoding: 'binary' } as const

export class LmdbStore implements Store {
  private readonly root: RootDatabase<Buffer, Buffer>
  private readonly tables = new Map<string, Table>()
  private readonly isReadOnly: boolean
  private readonly commitMs: number[] = []
  private readonly commitUs = new Log2Histogram()
  private commits = 0
  private commitsFailed = 0

  /**
   * Opens or creates the environment in `folder`; `mapBytes` is what its map starts with, and lmdb
   * makes it larger when the data needs it. Throws if it cannot be opened.
   */
  constructor(folder: string, mapBytes = LMDB_MAP_BYTES, isReadOnly = false) {
    this.isReadOnly = isReadOnly
    if (!isReadOnly) mkdirSync(folder, { recursive: true })
    this.root = open<Buffer, Buffer>({
      ...BINARY,
      path: folder,
      readOnly: isReadOnly,
      maxDbs: LMDB_TABLES_MAX,
      mapSize: mapBytes,
      // The commit that answers is the commit that is flushed.
      overlappingSync: false,
      noSubdir: false,
    })
    // Readers of processes that died would keep old pages from being used again.
    this.root.readerCheck()
  }

  /** Beside a process that writes, which does not notice. Throws when there is no environment. */
  static readOnly(folder: string): LmdbStore {
    return new LmdbStore(folder, LMDB_MAP_BYTES, true)
  }

  private table(name: string): Table {
    const table = this.tableToRead(name)
    if (!table) throw new Error(`the store has no table ${name} and cannot make one`)
    return table
  }

  /** Undefined for a table that does not exist yet, where none can be made. */
  private tableToRead(name: string): Table | undefined {
    let table: Table | undefined = this.tables.get(name)
    if (!table) {
      table = this.root.openDB<Buffer, Buffer>({ ...BINARY, name }) as Table | undefined
      if (table) this.tables.set(name, table)
    }
    return table
  }

  get(name: string, key: Uint8Array): Uint8Array | undefined {
    checkKey(key)
    return this.tableToRead(name)?.get(key as Buffer)
  }

  range(name: string, options: RangeOptions): [Uint8Array, Uint8Array][] {
    const { from = LOWEST, to, reverse = false, limit } = options
    const rows: [Uint8Array, Uint8Array][] = []
    if (limit <= 0 || (to && Buffer.compare(from, to) >= 0)) return rows
    const table = this.tableToRead(name)
    if (!table) return rows
    // Both ends are always given: lmdb's own defaults leave out keys such as 00 and ff ff ff ff ff.
    // Its reverse ranges include their start and exclude their end: ours the other way round.
    const bounds = reverse
      ? { start: (to ?? HIGHEST) as Buffer, end: from as Buffer, reverse }
      : { start: from as Buffer, ...(to && { end: to as Buffer }) }
    for (const { key, value } of table.getRange(bounds)) {
      if (rows.length >= limit) break
      if (reverse && to && Buffer.compare(key, to) >= 0) continue
      rows.push([key, value])
    }
    if (reverse && rows.length < limit) this.addLowest(table, from, rows)
    return rows
  }

  private addLowest(table: Table, from: Uint8Array, rows: [Uint8Array, Uint8Array][]): void {
    const value = from.length > 0 ? table.get(from as Buffer) : undefined
    const last = rows.at(-1)?.[0]
    if (value && !(last && Buffer.compare(last, from) === 0)) rows.push([from.slice(), value])
  }

  commit(puts: readonly Put[], done: (error?: Error) => void, guard?: Guard): void {
    assert(!this.isReadOnly, 'a store opened for reading is not written')
    let error: Error | undefined
    const started = performance.now()
    try {
      this.write(puts, guard)
    } catch (failure) {
      error = failure as Error
      this.commitsFailed++
    }
    const ms = performance.now() - started
    this.commitMs[this.commits++ % LMDB_COMMITS_TIMED] = ms
    this.commitUs.add(ms * 1000)
    queueMicrotask(() => done(error))
  }

  private write(puts: readonly Put[], guard?: Guard): void {
    for (const { key } of puts) checkKey(key)
    // Asked here too: the tables that it reads must be open before the transaction.
    const early = guard?.()
    if (early) throw early
    // Opened before the transaction: a table made inside one that fails would be a dead handle.
    const tables = new Map<string, Table>()
    for (const { table } of puts) if (!tables.has(table)) tables.set(table, this.table(table))
    this.root.transactionSync(() => {
      const late = guard?.()
      if (late) throw late
      for (const { table: name, key, value } of puts) {
        const table = tables.get(name) as Table
        if (value === undefined) table.removeSync(key as Buffer)
        else table.putSync(key as Buffer, value as Buffer)
      }
    })
  }

  /** All of them before the first is opened: that ends the transaction of whoever reads on. */
  private tableNames(): string[] {
    return [...this.root.getKeys()].map(tableName)
  }

  /** Of the pages that hold something: the file keeps those that do not, for later. */
  usedBytes(): number {
    let pages = pagesOf(this.root.getStats() as LmdbStats)
    for (const name of this.tableNames()) {
      const table = this.tableToRead(name)
      if (table) pages += pagesOf(table.getStats() as LmdbStats)
    }
    return pages * (this.root.getStats() as LmdbStats).pageSize
  }

  /** Bytes of memory map at present. */
  mapBytes(): number {
    return (this.root.getStats() as LmdbStats).mapSize
  }

  /** Reads a few pages of the map; opens the tables that this process has not used yet. */
  stats(): StoreStats {
    const whole = this.root.getStats() as LmdbStats
    let rows = 0
    for (const name of this.tableNames()) {
      rows += (this.table(name).getStats() as LmdbStats).entryCount
    }
    const sorted = [...this.commitMs].sort((a, b) => a - b)
    const share = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]
    return {
      usedBytes: (whole.lastPageNumber + 1) * whole.pageSize,
      mapBytes: whole.mapSize,
      rows,
      readers: whole.numReaders,
      commits: this.commits,
      commitsFailed: this.commitsFailed,
      commitUs: this.commitUs.view(),
      commitP50Ms: share(0.5),
      commitP99Ms: share(0.99),
    }
  }

  /** A copy of the environment without its unused pages, in an existing folder. */
  async copyTo(folder: string): Promise<void> {
    await this.root.backup(folder, true)
  }

  async close(): Promise<void> {
    await this.root.close()
  }
}
