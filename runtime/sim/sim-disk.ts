// A simulated disk under the store port: a commit takes virtual time and is applied whole or not at
// all; of what was not synced when the node crashed, some is gone.

import { STORE_KEY_BYTES_MAX } from '../../config/limits.ts'
import type { Prng } from '../../lib/prng.ts'
import type { Guard, Put, RangeOptions, Store } from '../store.ts'
import type { DiskFaults } from './faults.ts'
import type { Platter } from './platter.ts'
import type { Timeline } from './timeline.ts'
import type { TraceHash } from './trace-hash.ts'

/** Commits of one disk end in the order in which they were asked for. */
const APART_MS = 1e-6

function wrongKey(puts: readonly Put[]): string | undefined {
  const wrong = puts.find(({ key }) => key.length === 0 || key.length > STORE_KEY_BYTES_MAX)
  return wrong && `a key of ${wrong.key.length} bytes`
}

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

  usedBytes(): number {
    return this.options.platter.bytes()
  }

  commit(puts: readonly Put[], done: (error?: Error) => void, guard?: Guard): void {
    const { platter, timeline, random, faults, alive, trace } = this.options
    const { commitMinMs, commitTailMs, full } = faults()
    const { now } = timeline
    const isFull = random.chance(full) || now < platter.fullUntil
    const failure = isFull ? 'no space left on device (simulated)' : wrongKey(puts)
    const duration = commitMinMs - Math.log(1 - random.unit()) * commitTailMs + APART_MS
    platter.freeAt = Math.max(platter.freeAt, platter.stalledUntil, now) + duration
    const batch = puts.map(({ table, key, value }) => ({
      table,
      key: key.slice(),
      value: value?.slice(),
    }))
    if (failure === undefined) platter.unsynced.push({ batch, guard })
    timeline.after(platter.freeAt - now, () => {
      if (!alive()) return
      trace.word(batch.length)
      if (failure !== undefined) {
        done(new Error(failure))
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
