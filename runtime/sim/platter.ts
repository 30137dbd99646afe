// What a simulated disk keeps over a crash: ordered tables whose rows carry a checksum once they
// rot, and the batches that were written but not yet synced.

import { crc32 } from 'node:zlib'
import { concatBytes } from '../../lib/bytes.ts'
import type { Prng } from '../../lib/prng.ts'
import { type Guard, type Put, type RangeOptions, StoreCorrupt } from '../store.ts'
import { encodeBatch, recoverBatches } from './disk-log.ts'

interface Row {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Checksum of what was written; kept only for rows whose bytes have changed since. */
  readonly crc?: number
}

/** One character a byte, so that text sorts as the bytes do. */
function text(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
}

export class SimTable {
  private readonly name: string
  private readonly rows = new Map<string, Row>()
  private readonly sorted: string[] = []

  constructor(name: string) {
    this.name = name
  }

  get size(): number {
    return this.rows.size
  }

  private read({ key, value, crc }: Row): Uint8Array {
    if (crc === undefined || crc32(value) === crc) return value.slice()
    throw new StoreCorrupt(`a row of ${this.name}, key of ${key.length} bytes, has rotted`)
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const row = this.rows.get(text(key))
    return row && this.read(row)
  }

  /** Of all keys and values. */
  get bytes(): number {
    let sum = 0
    for (const { key, value } of this.rows.values()) sum += key.length + value.length
    return sum
  }

  /** Whether there is such a row, rotten or not. */
  has(key: Uint8Array): boolean {
    return this.rows.has(text(key))
  }

  values(): Uint8Array[] {
    return this.sorted.map((id) => this.read(this.rows.get(id) as Row))
  }

  range({ from, to, reverse, limit }: RangeOptions): [Uint8Array, Uint8Array][] {
    const first = from ? this.position(text(from)) : 0
    const end = to ? this.position(text(to)) : this.sorted.length
    const count = Math.max(0, Math.min(limit, end - first))
    const found: [Uint8Array, Uint8Array][] = []
    for (let i = 0; i < count; i++) {
      const row = this.rows.get(this.sorted[reverse ? end - 1 - i : first + i] as string) as Row
      found.push([row.key.slice(), this.read(row)])
    }
    return found
  }

  /** Where `id` is, or would be. */
  private position(id: string): number {
    let low = 0
    let high = this.sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.sorted[middle] as string) < id) low = middle + 1
      else high = middle
    }
    return low
  }

  put(key: Uint8Array, value: Uint8Array | undefined): void {
    const id = text(key)
    const known = this.rows.has(id)
    if (value !== undefined) {
      if (!known) this.sorted.splice(this.position(id), 0, id)
      this.rows.set(id, { key, value })
    } else if (known) {
      this.sorted.splice(this.position(id), 1)
      this.rows.delete(id)
    }
  }

  /** Flips one bit of a row. */
  rot(random: Prng): void {
    const id = this.sorted[random.below(this.sorted.length)] as string
    const row = this.rows.get(id) as Row
    if (row.value.length === 0 || row.crc !== undefined) return
    const value = row.value.slice()
    const at = random.below(value.length)
    value[at] = (value[at] as number) ^ (1 << random.below(8))
    this.rows.set(id, { ...row, value, crc: crc32(row.value) })
  }
}

interface Unsynced {
  readonly batch: readonly Put[]
  readonly guard: Guard | undefined
}

export class Platter {
  readonly tables = new Map<string, SimTable>()
  /** Written, not synced: what a crash may lose, oldest first. */
  readonly unsynced: Unsynced[] = []
  /** Commits fail until then, as on a full disk. */
  fullUntil = 0
  /** Nothing is synced until then. */
  stalledUntil = 0
  /** When the commits asked for so far are done. */
  freeAt = 0

  table(name: string): SimTable {
    let table = this.tables.get(name)
    if (!table) {
      table = new SimTable(name)
      this.tables.set(name, table)
    }
    return table
  }

  bytes(): number {
    let sum = 0
    for (const table of this.tables.values()) sum += table.bytes
    return sum
  }

  apply(puts: readonly Put[]): void {
    for (const { table, key, value } of puts) this.table(table).put(key, value)
  }

  /** A power cut: of what was not synced a prefix of bytes is there. True when that tore a batch. */
  crash(random: Prng): boolean {
    const written = this.unsynced.splice(0)
    const log = concatBytes(...written.map(({ batch }) => encodeBatch(batch)))
    this.freeAt = 0
    const kept = [0, log.length, random.below(log.length + 1)][random.below(3)] as number
    const { batches, torn } = recoverBatches(log.subarray(0, kept))
    for (const [i, batch] of batches.entries()) if (!written[i]?.guard?.()) this.apply(batch)
    return torn
  }

  /** A bit of some row changes. */
  rot(random: Prng): void {
    const filled = [...this.tables.values()].filter((table) => table.size > 0)
    filled[random.below(filled.length)]?.rot(random)
  }

  wipe(): void {
    this.tables.clear()
  }
}
