// A fixed number of threads that run one function, over piscina. It starts no thread before the
// first task, queues a bounded number of tasks in order, ends a thread whose task is cancelled, and
// replaces a thread that crashed. The queue is ours, because piscina 5.3 does not count tasks that
// carry an AbortSignal against its maxQueue (test/compute/work-pool.test.ts shows it).

import { join } from 'node:path'
import { Piscina } from 'piscina'
import { POOL_LOSS_WINDOW_MS, POOL_LOSSES_MAX } from '../../config/limits.ts'
import { packageRoot } from '../../lib/package-root.ts'
import type { CancelTask } from '../../runtime/task.ts'

export interface WorkPoolOptions {
  /** A module that exports `work`, a function of one input. */
  readonly module: URL
  readonly threads: number
  /** Tasks that may wait. */
  readonly queueMax: number
  /** Told of every thread that died or was ended, with how many did within the last minute. */
  readonly onLoss?: (losses: number) => void
}

export interface PoolOutcome<Out> {
  ok(out: Out): void
  failed(reason: 'rejected' | 'failed', detail: string): void
}

interface Job<In, Out> {
  readonly input: In
  readonly transfer: readonly ArrayBuffer[]
  readonly outcome: PoolOutcome<Out>
  readonly abort: AbortController
}

/** Not compiled: lies with the sources. */
const BOOT = join(packageRoot(), 'compute', 'pool', 'boot.mjs')

export class WorkPool<In, Out> {
  private readonly options: WorkPoolOptions
  private readonly queue: Job<In, Out>[] = []
  private readonly running = new Set<Job<In, Out>>()
  /** When threads were lost, newest last. */
  private lossTimes: number[] = []
  private piscina: Piscina | undefined
  private stopped = false

  constructor(options: WorkPoolOptions) {
    this.options = options
  }

  /** True while the threads die so often that starting more of them is no use. */
  get broken(): boolean {
    const since = performance.now() - POOL_LOSS_WINDOW_MS
    this.lossTimes = this.lossTimes.filter((at) => at > since)
    return this.lossTimes.length >= POOL_LOSSES_MAX
  }

  /** Threads that run now: none before the first task. */
  get threads(): number {
    return this.piscina?.threads.length ?? 0
  }

  /**
   * Runs `input`, whose `transfer` buffers become the thread's. The result cancels: a task that
   * waits is taken out, one that runs is ended with its thread, and the outcome hears nothing.
   */
  run(input: In, transfer: readonly ArrayBuffer[], outcome: PoolOutcome<Out>): CancelTask {
    const { threads, queueMax } = this.options
    if (this.stopped || this.broken) {
      outcome.failed('failed', this.stopped ? 'the pool has stopped' : 'the pool keeps crashing')
      return () => {}
    }
    if (this.running.size >= threads && this.queue.length >= queueMax) {
      outcome.failed('rejected', `${queueMax} tasks wait already`)
      return () => {}
    }
    const job: Job<In, Out> = { input, transfer, outcome, abort: new AbortController() }
    this.queue.push(job)
    this.pump()
    return () => this.cancel(job)
  }

  private cancel(job: Job<In, Out>): void {
    const at = this.queue.indexOf(job)
    if (at >= 0) this.queue.splice(at, 1)
    else if (this.running.has(job)) job.abort.abort()
  }

  private pump(): void {
    while (this.running.size < this.options.threads) {
      const job = this.queue.shift()
      if (!job) return
      this.running.add(job)
      void this.start(job)
    }
  }

  private async start(job: Job<In, Out>): Promise<void> {
    const { signal } = job.abort
    let end: () => void
    try {
      const transferList = [...job.transfer]
      const out = (await this.started().run(job.input, { transferList, signal })) as Out
      end = () => job.outcome.ok(out)
    } catch (error) {
      end = () => job.outcome.failed('failed', (error as Error).message)
    }
    this.running.delete(job)
    // The next task is on its way before this one's result is looked at.
    this.pump()
    if (!signal.aborted) end()
  }

  private started(): Piscina {
    if (this.piscina) return this.piscina
    const { module, threads } = this.options
    const piscina = new Piscina({
      filename: BOOT,
      minThreads: threads,
      maxThreads: threads,
      recordTiming: false,
      workerData: { module: module.href },
    })
    // A crash with a task ends that task; one without is counted as a loss all the same.
    piscina.on('error', () => {})
    piscina.on('workerDestroy', () => queueMicrotask(() => this.lost(piscina)))
    this.piscina = piscina
    return piscina
  }

  private lost(piscina: Piscina): void {
    if (this.piscina !== piscina) return
    this.lossTimes.push(performance.now())
    const broken = this.broken
    this.options.onLoss?.(this.lossTimes.length)
    // piscina gives up on threads that fail while they start, and would keep their tasks for ever.
    if (broken || piscina.threads.length === 0) {
      this.piscina = undefined
      void piscina.destroy()
    }
    if (broken) this.refuse('the pool keeps crashing')
  }

  private refuse(detail: string): void {
    for (const { outcome } of this.queue.splice(0)) outcome.failed('failed', detail)
  }

  /** Ends all threads; tasks that wait or run fail. */
  async stop(): Promise<void> {
    this.stopped = true
    this.refuse('the pool has stopped')
    const { piscina } = this
    this.piscina = undefined
    await piscina?.destroy()
  }
}
