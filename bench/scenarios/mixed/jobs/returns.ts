// Locks that wait to be given back after their deadline: a sequencer does that by itself, so that
// it was done has to be asked for.

import type { Rpc } from '../../../../apps/cli/chaos/rpc.ts'
import type { JobLock } from './lock-book.ts'

const LOOK_MS = 250
/** Asked at a time. */
const ASKED_MAX = 64

export interface Returning {
  readonly lock: JobLock
  readonly deadline: number
}

export class Returns<J extends Returning> {
  private readonly rpc: Rpc
  private readonly done: (job: J, batch: number) => void
  private waiting: J[] = []
  private lookedAt = 0
  private isLooking = false

  /** `done`: with the number of the batch that gave it back. */
  constructor(rpc: Rpc, done: (job: J, batch: number) => void) {
    this.rpc = rpc
    this.done = done
  }

  add(job: J): void {
    this.waiting.push(job)
  }

  /** At most every LOOK_MS. */
  look(height: number): void {
    if (this.isLooking || performance.now() - this.lookedAt < LOOK_MS) return
    this.lookedAt = performance.now()
    const due = this.waiting.filter(({ deadline }) => deadline < height).slice(0, ASKED_MAX)
    if (due.length === 0) return
    this.isLooking = true
    // A node that does not answer now is asked again.
    Promise.allSettled(due.map((job) => this.ask(job))).then(() => {
      this.isLooking = false
    })
  }

  private async ask(job: J): Promise<void> {
    const { index, use } = job.lock
    const [lock, times] = [index, use].map((value) => `0x${value.toString(16)}`)
    const found = (await this.rpc.call('rollup_getOperation', lock, times, 'refund')) as {
      batch: string
    } | null
    if (!found) return
    this.waiting = this.waiting.filter((one) => one !== job)
    this.done(job, Number(found.batch))
  }
}
