// Runs the actors of one host: those that have something to do wait in a queue, each gets a slice,
// and after a budget of messages or milliseconds the host lets timers and I/O have their turn.

import { HANDLER_BUDGET, HANDLER_BUDGET_MS, METRICS_DELAY_SAMPLE_MS } from '../config/limits.ts'
import type { Cell } from './cell.ts'
import type { MessageEnvelope } from './envelope.ts'
import type { Host } from './host.ts'
import { KIND } from './metrics/counters-layout.ts'
import { count, handlingTook } from './metrics/host-counters.ts'
import type { Clock } from './ports.ts'
import { refText } from './ref.ts'
import { Ring } from './ring.ts'

/** Messages of one actor handled before the next one's turn. */
const SLICE = 64

/** Messages handled between two looks at the clock. */
const CLOCK_EVERY = 16

/** Messages at the start of a run that are all timed while somebody reads; then one in CLOCK_EVERY. */
const TIMED_PER_RUN = 64

type Handler = (body: unknown, reply?: (value: unknown) => void) => void

export class Dispatcher {
  private readonly host: Host
  private readonly clock: Clock
  private readonly ready = new Ring<Cell>()
  private readonly runReady = () => this.run()
  private woken = false
  private nowMs = 0
  private untilClock = CLOCK_EVERY
  private outOfTime = false
  private endsAt = 0
  /** Somebody reads the counters: times are measured. */
  private isRead = false
  /** Messages of this run that are still timed one by one. */
  private timeAll = 0
  private sampling = false

  constructor(host: Host) {
    this.host = host
    this.clock = host.options.clock
  }

  /** About now, in whole milliseconds: exact when the host was idle, at most a slice old else. */
  coarseNow(): number {
    if (!this.woken) this.nowMs = Math.floor(this.clock.now())
    return this.nowMs
  }

  /** Queues the cell if it may run and has something to do. */
  wake(cell: Cell): void {
    if (!cell.mailbox.isEmpty) this.queue(cell)
  }

  /** The same for a cell that has something to do. */
  queue(cell: Cell): void {
    if (cell.queued || cell.hold !== 0) return
    cell.queued = true
    this.ready.push(cell)
    if (this.woken) return
    this.woken = true
    this.host.options.scheduler(this.runReady)
  }

  private run(): void {
    const now = this.clock.now()
    this.nowMs = Math.floor(now)
    this.endsAt = now + HANDLER_BUDGET_MS
    this.outOfTime = false
    this.untilClock = CLOCK_EVERY
    this.isRead = this.host.counters.isRead(now)
    this.timeAll = this.isRead ? TIMED_PER_RUN : 0
    if (this.isRead && !this.sampling) this.sampleDelay()
    let budget = HANDLER_BUDGET
    while (budget > 0 && !this.outOfTime) {
      const cell = this.ready.shift()
      if (cell === undefined) break
      cell.queued = false
      budget -= this.runSlice(cell)
      if (cell.hold === 0 && !cell.mailbox.isEmpty) {
        cell.queued = true
        this.ready.push(cell)
      }
    }
    if (this.ready.size > 0) this.host.options.scheduler(this.runReady)
    else this.woken = false
  }

  private runSlice(cell: Cell): number {
    const { mailbox, handled, figures } = cell
    if (mailbox.highWater > (figures[KIND.highWater] as number)) {
      figures[KIND.highWater] = mailbox.highWater
    }
    let done = 0
    let taken = 0
    while (done < SLICE && cell.hold === 0) {
      const turn = mailbox.takeTurn()
      if (turn !== undefined) {
        cell.cause = turn.cause
        try {
          turn.run(turn.argument as never)
        } catch (error) {
          this.failed(cell, 'turn', error)
        }
        cell.cause = undefined
      } else {
        const message = mailbox.takeMessage()
        if (message === undefined) break
        taken++
        this.handle(cell, message)
      }
      done++
      if (--this.untilClock === 0 && this.lookAtClock()) break
    }
    if (taken > 0) {
      count(figures, KIND.depth, -taken)
      count(figures, KIND.handled, cell.handled - handled)
    }
    return Math.max(1, done)
  }

  private lookAtClock(): boolean {
    const now = this.clock.now()
    this.nowMs = Math.floor(now)
    this.untilClock = CLOCK_EVERY
    this.outOfTime = now >= this.endsAt
    return this.outOfTime
  }

  private handle(cell: Cell, message: MessageEnvelope): void {
    const { deadline } = message
    if (deadline !== undefined && this.clock.now() > deadline) {
      this.host.refuse(message, 'expired', 'already late when its turn came')
      return
    }
    cell.handled++
    cell.current = message
    if (message.cause !== undefined || cell.tap !== undefined || this.isTimed()) {
      this.handleWatched(cell, message)
    } else this.call(cell, message)
    cell.current = undefined
  }

  /** While somebody reads: the first messages of a run, and of a busy host's others a sample. */
  private isTimed(): boolean {
    if (this.timeAll > 0) this.timeAll--
    else return this.isRead && this.untilClock === 1
    return true
  }

  /** Runs the handler; a throw is a failure that the supervisor decides about. */
  private call(cell: Cell, message: MessageEnvelope): void {
    try {
      const handler = cell.handlers?.[message.verb] as Handler | undefined
      if (handler === undefined) {
        throw new Error(`${refText(cell.ref)} has no handler for ${message.verb}`)
      }
      if (message.askId === undefined) handler(message.body)
      else handler(message.body, this.host.asks.replyTo(message, cell))
    } catch (error) {
      this.failed(cell, message.verb, error)
    }
  }

  /** The same with a clock: for a traced message, while somebody reads, or taps this actor. */
  private handleWatched(cell: Cell, message: MessageEnvelope): void {
    const { tracer } = this.host
    const { cause } = message
    const { tap } = cell
    const step = cause === undefined ? undefined : tracer.enter(cause)
    cell.cause = step
    const started = this.clock.now()
    this.call(cell, message)
    cell.cause = undefined
    if (cause !== undefined && step !== undefined) {
      tracer.record(cause, step.span, message.verb, refText(cell.ref), started)
    }
    const tookMs = this.clock.now() - started
    if (this.isRead) handlingTook(cell.figures, tookMs * 1000)
    tap?.handled(message, started, tookMs)
  }

  private failed(cell: Cell, what: string, error: unknown): void {
    const message = cell.current
    cell.current = undefined
    if (message !== undefined) {
      cell.unstashFailed(message)
      this.host.refuse(message, 'failed', String((error as Error)?.message ?? error))
    }
    this.host.supervisor.failed(cell, what, error)
  }

  /** How late timers run, while somebody reads. */
  private sampleDelay(): void {
    this.sampling = true
    const planned = this.clock.now() + METRICS_DELAY_SAMPLE_MS
    this.clock.after(METRICS_DELAY_SAMPLE_MS, () => {
      const now = this.clock.now()
      this.host.counters.delayed(Math.max(0, now - planned) * 1000)
      if (this.host.counters.isRead(now) && !this.host.isStopped) this.sampleDelay()
      else this.sampling = false
    })
  }
}
