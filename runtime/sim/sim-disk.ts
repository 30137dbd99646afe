// A simulated disk under the store port: a commit takes virtual time and is applied whole or not at
// all; what was not applied when the node crashed is gone.

import { compareBytes } from '../../lib/bytes.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Prng } from '../../lib/prng.ts'
import type { Put, RangeOptions, Store } from '../store.ts'
import type { DiskFaults } from './faults.ts'
import type { Timeline } from './timeline.ts'

type Table = Map<string, [Uint8Array, Uint8Array]>

/** What survives a crash. */
export class Platter {
  readonly tables = new Map<string, Table>()

  table(name: string): Table {
    let table = this.tables.get(name)
    if (!table) {
      table = new Map()
      this.tables.set(name, table)
    }
    return table
  }
}

export class SimDisk implements Store {
  private readonly platter: Platter
  private readonly timeline: Timeline
  private readonly random: Prng
  private readonly faults: () => DiskFaults
  private readonly alive: () => boolean
  /** Commits are applied in the order in which they were asked for. */
  private freeAt = 0

  constructor(
    platter: Platter,
    timeline: Timeline,
    random: Prng,
    faults: () => DiskFaults,
    alive: () => boolean,
  ) {
    this.platter = platter
    this.timeline = timeline
    this.random = random
    this.faults = faults
    this.alive = alive
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    return this.platter.table(table).get(bytesToHex(key))?.[1]
  }

  range(table: string, { from, to, reverse, limit }: RangeOptions): [Uint8Array, Uint8Array][] {
    const rows = [...this.platter.table(table).values()].filter(
      ([key]) => (!from || compareBytes(key, from) >= 0) && (!to || compareBytes(key, to) < 0),
    )
    rows.sort((a, b) => compareBytes(a[0], b[0]))
    if (reverse) rows.reverse()
    return rows.slice(0, limit)
  }

  commit(puts: readonly Put[], done: (error?: Error) => void): void {
    const { commitMinMs, commitTailMs, full } = this.faults()
    const failed = this.random.chance(full)
    const duration = commitMinMs - Math.log(1 - this.random.unit()) * commitTailMs
    this.freeAt = Math.max(this.freeAt, this.timeline.now) + duration
    this.timeline.after(this.freeAt - this.timeline.now, () => {
      if (!this.alive()) return
      if (failed) {
        done(new Error('no space left on device (simulated)'))
        return
      }
      for (const { table, key, value } of puts) {
        if (value === undefined) this.platter.table(table).delete(bytesToHex(key))
        else this.platter.table(table).set(bytesToHex(key), [key.slice(), value.slice()])
      }
      done()
    })
  }
}
