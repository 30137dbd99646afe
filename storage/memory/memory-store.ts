// A store in memory: for tests, and for nodes that keep nothing. Same order and atomicity as LMDB.

import { compareBytes } from '../../lib/bytes.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Put, RangeOptions, Store } from '../../runtime/store.ts'

interface Table {
  readonly values: Map<string, [Uint8Array, Uint8Array]>
  /** Keys in byte order; undefined after a change of the key set. */
  sorted: Uint8Array[] | undefined
}

export class MemoryStore implements Store {
  private readonly tables = new Map<string, Table>()

  private table(name: string): Table {
    let table = this.tables.get(name)
    if (!table) {
      table = { values: new Map(), sorted: undefined }
      this.tables.set(name, table)
    }
    return table
  }

  get(name: string, key: Uint8Array): Uint8Array | undefined {
    return this.table(name).values.get(bytesToHex(key))?.[1]
  }

  range(name: string, { from, to, reverse, limit }: RangeOptions): [Uint8Array, Uint8Array][] {
    const table = this.table(name)
    table.sorted ??= [...table.values.values()].map(([key]) => key).sort(compareBytes)
    const keys = table.sorted.filter(
      (key) => (!from || compareBytes(key, from) >= 0) && (!to || compareBytes(key, to) < 0),
    )
    if (reverse) keys.reverse()
    return keys.slice(0, limit).map((key) => [key, this.get(name, key) as Uint8Array])
  }

  /** Applies at once; for callers that bring their own durability (the simulated disk). */
  apply(puts: readonly Put[]): void {
    for (const { table: name, key, value } of puts) {
      const table = this.table(name)
      const id = bytesToHex(key)
      if (value === undefined) {
        if (table.values.delete(id)) table.sorted = undefined
      } else {
        if (!table.values.has(id)) table.sorted = undefined
        table.values.set(id, [key.slice(), value.slice()])
      }
    }
  }

  commit(puts: readonly Put[], done: (error?: Error) => void): void {
    this.apply(puts)
    queueMicrotask(() => done())
  }
}
