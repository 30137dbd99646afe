// The times of a run's transfers by the batch that they became final with, as their sender saw
// them: sums, so that a batch may come in parts.

import type { HeardTimes } from '../../../harness/timeline.ts'

interface Sums {
  readonly shard: number
  readonly number: number
  transfers: number
  intended: number
  sent: number
  heard: number
}

export class HeardBatches {
  private readonly byKey = new Map<string, Sums>()

  /** So many transfers of it, with the means of their times. */
  add(
    { shard, number }: { readonly shard: number; readonly number: number },
    transfers: number,
    times: { readonly intended: number; readonly sent: number; readonly heard: number },
  ): void {
    const key = `${shard} ${number}`
    const sums = this.byKey.get(key) ?? {
      shard,
      number,
      transfers: 0,
      intended: 0,
      sent: 0,
      heard: 0,
    }
    this.byKey.set(key, sums)
    sums.transfers += transfers
    sums.intended += transfers * times.intended
    sums.sent += transfers * times.sent
    sums.heard += transfers * times.heard
  }

  /** `wallMs` is the wall clock's time at the zero of the times that were added. */
  list(wallMs: number): HeardTimes[] {
    return [...this.byKey.values()].map(({ shard, number, transfers, ...sums }) => ({
      shard,
      number,
      transfers,
      intended: wallMs + sums.intended / transfers,
      sent: wallMs + sums.sent / transfers,
      heard: wallMs + sums.heard / transfers,
    }))
  }
}
