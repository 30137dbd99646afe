// A simulated disk under the store port: a commit takes virtual time and is applied whole or not at
// all; of what was not synced when the node crashed, some is gone.

import type { Prng } from '../../lib/prng.ts'
import type { Guard, Put, RangeOptions, Store } from '../store.ts'
import type { DiskFaults } from './faults.ts'
import type { Platter } from './platter.ts'
import type { Timeline } from './timeline.ts'
import type { TraceHash } from './trace-hash.ts'

/** Commits of one disk end in the order in which they were asked for. */
const APART_MS = 1e-6

export interface SimDiskOptions {
  readonly platter: Platter
  readonly timeline: Timeline
  readonly random: Prng
  readonly faults: () => DiskFaults
  readonly alive: () => boolean
  readonly trace: TraceHash
}

export class SimDisk implements Store {
  private readonly options: SimDiskOptions

  constructor(options: SimDiskOptions) {
    this.options = options
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    return this.options.platter.table(table).get(key)
  }

  range(table: string, options: RangeOptions): [Uint8Array, Uint8Array][] {
    return this.options.platter.table(table).range(options)
  }

  commit(puts: readonly Put[], done: (error?: Error) => void, guard?: Guard): void {
    const { platter, timeline, random, faults, alive, trace } = this.options
    const { commitMinMs, commitTailMs, full } = faults()
    const { now } = timeline
    const failed = random.chance(full) || now < platter.fullUntil
    const duration = commitMinMs - Math.log(1 - random.unit()) * commitTailMs + APART_MS
    platter.freeAt = Math.max(platter.freeAt, platter.stalledUntil, now) + duration
    const batch = puts.map(({ table, key, value }) => ({
      table,
      key: key.slice(),
      value: value?.slice(),
    }))
    if (!failed) platter.unsynced.push(batch)
    timeline.after(platter.freeAt - now, () => {
      if (!alive()) return
      trace.word(batch.length)
      if (failed) {
        done(new Error('no space left on device (simulated)'))
        return
      }
      platter.unsynced.shift()
      const refusal = guard?.()
      if (refusal) {
        done(refusal)
        return
      }
      platter.apply(batch)
      for (const { key, value } of batch) trace.bytes(value ?? key)
      done()
    })
  }
}
