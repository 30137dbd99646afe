// A store in memory: for tests, and for nodes that keep nothing. Same order, atomicity and limits
// as LMDB; what is read is a copy, so nobody can change what is stored by changing what he read.

import { compareBytes } from '../../lib/bytes.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Guard, Put, RangeOptions, Store } from '../../runtime/store.ts'
import { checkKey } from '../check-key.ts'

interface Table {
  readonly values: Map<string, [Uint8Array, Uint8Array]>
  /** Keys in byte order; undefined after a change of the key set. */
  sorted: Uint8Array[] | undefined
}

/** Index of the first key that is not below `bound`. */
function lowerBound(keys: readonly Uint8Array[], bound: Uint8Array): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes(keys[middle] as Uint8Array, bound) < 0) low = middle + 1
    else high = middle
  }
  return low
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
    return this.table(name).values.get(bytesToHex(key))?.[1].slice()
  }

  range(name: string, { from, to, reverse, limit }: RangeOptions): [Uint8Array, Uint8Array][] {
    const table = this.table(name)
    table.sorted ??= [...table.values.values()].map(([key]) => key).sort(compareBytes)
    const first = from ? lowerBound(table.sorted, from) : 0
    const end = Math.max(first, to ? lowerBound(table.sorted, to) : table.sorted.length)
    const keys = reverse
      ? table.sorted.slice(Math.max(first, end - limit), end).reverse()
      : table.sorted.slice(first, Math.min(end, first + limit))
    return keys.map((key) => [key.slice(), this.get(name, key) as Uint8Array])
  }

  usedBytes(): number {
    let bytes = 0
    for (const { values } of this.tables.values()) {
      for (const [key, value] of values.values()) bytes += key.length + value.length
    }
    return bytes
  }

  /** Applies at once; for callers that bring their own durability (the simulated disk). */
  apply(puts: readonly Put[]): void {
    for (const { key } of puts) checkKey(key)
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

  commit(puts: readonly Put[], done: (error?: Error) => void, guard?: Guard): void {
    const refusal = guard?.()
    if (refusal) {
      queueMicrotask(() => done(refusal))
      return
    }
    try {
      this.apply(puts)
    } catch (error) {
      queueMicrotask(() => done(error as Error))
      return
    }
    queueMicrotask(() => done())
  }
}
