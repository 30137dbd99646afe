// Hands out seeds to worker processes in small lots and takes the verdicts in the order of the
// seeds, so that what a sweep says does not depend on how many workers it had.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Verdict } from '../../test/sim/scenario.ts'
import { runningFile } from '../../transport/threads/running-file.ts'
import type { SimArguments } from './arguments.ts'

const WORKER = fileURLToPath(runningFile(import.meta.url, './seeds-worker'))
/** A lot takes about this long, so that --minutes ends in time. */
const LOT_MS = 500
const LOT_SEEDS_MAX = 64

class Sweep {
  private readonly parameters: SimArguments
  private readonly onVerdict: (verdict: Verdict) => void
  private readonly endAt: number
  private readonly early = new Map<number, Verdict>()
  private next: number
  private due: number
  private lot = 1

  constructor(parameters: SimArguments, onVerdict: (verdict: Verdict) => void) {
    this.parameters = parameters
    this.onVerdict = onVerdict
    this.next = parameters.from
    this.due = parameters.from
    const { minutes } = parameters
    this.endAt = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000
  }

  private take(): number[] {
    const { from, seeds } = this.parameters
    const end = seeds === undefined ? Number.MAX_SAFE_INTEGER : from + seeds
    if (Date.now() >= this.endAt) return []
    const count = Math.min(this.lot, end - this.next)
    const lot = Array.from({ length: count }, (_, i) => this.next + i)
    this.next += count
    return lot
  }

  /** Verdicts in the order of the seeds. */
  private give(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) this.early.set(verdict.seed, verdict)
    for (;;) {
      const verdict = this.early.get(this.due)
      if (!verdict) return
      this.early.delete(this.due++)
      this.onVerdict(verdict)
    }
  }

  /** One worker, from its start to its end. */
  work(args: readonly string[]): Promise<void> {
    const worker: ChildProcess = fork(WORKER, [...args])
    return new Promise((resolve, reject) => {
      let startedAt = 0
      let size = 0
      const more = () => {
        const lot = this.take()
        startedAt = Date.now()
        size = lot.length
        if (size > 0) worker.send(lot)
        else worker.disconnect()
      }
      worker.on('message', (verdicts: Verdict[]) => {
        const rate = size / Math.max(1, Date.now() - startedAt)
        this.lot = Math.min(LOT_SEEDS_MAX, Math.max(1, Math.round(rate * LOT_MS)))
        this.give(verdicts)
        more()
      })
      worker.on('error', reject)
      worker.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker of the sweep ended with ${code}`)),
      )
      more()
    })
  }
}

export async function sweep(
  parameters: SimArguments,
  args: readonly string[],
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const one = new Sweep(parameters, onVerdict)
  const jobs = Math.min(parameters.jobs, parameters.seeds ?? parameters.jobs)
  await Promise.all(Array.from({ length: jobs }, () => one.work(args)))
}
