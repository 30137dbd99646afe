// One actor's place on a host: its mailbox, its current incarnation and its children. The mailbox
// belongs to the cell, so a restart loses only the message that failed. What most actors never need
// (timers, watchers, a stash) is made when it is first used.

import { STASH_MAX, TIMERS_PER_ACTOR_MAX } from '../config/limits.ts'
import type { Actor, Handlers, Strategy } from './actor.ts'
import type { TerminatedWhy } from './context.ts'
import type { MessageEnvelope } from './envelope.ts'
import type { MessageTap } from './inspect/tap.ts'
import { Mailbox } from './mailbox.ts'
import type { Verbs } from './messages.ts'
import { KIND } from './metrics/counters-layout.ts'
import { count } from './metrics/host-counters.ts'
import type { Ref } from './ref.ts'
import type { PendingRestart } from './supervisor.ts'
import type { Cause } from './trace/cause.ts'
import { type Verb, verbTable } from './verb-table.ts'

export type CellState = 'starting' | 'running' | 'restarting' | 'stopped'

export type AnyActor = Actor<Verbs, never>

/** Why a cell runs nothing: bits of `hold`. */
const NOT_RUNNING = 1
const PARKED = 2
const PAUSED = 4

const INTENSITY = { failures: 5, withinMs: 10_000 }
const BACKOFF = { firstMs: 10, maxMs: 5000 }

/** The incarnation of a cell in which nothing may run. */
const NOBODY = -2

export class Cell {
  // First what every message touches: side by side in memory, it is fetched at once.
  readonly mailbox: Mailbox
  readonly verbs: ReadonlyMap<string, Verb>
  /** The figures of its kind, in shared memory. */
  readonly figures: Float64Array
  handlers: Handlers<Verbs> | undefined = undefined
  current: MessageEnvelope | undefined = undefined
  /** What the code that runs now was caused by; undefined when it is not traced. */
  cause: Cause | undefined = undefined
  tap: MessageTap | undefined = undefined
  /** Nothing of the actor runs unless this is 0. */
  hold = NOT_RUNNING
  queued = false
  handled = 0
  incarnation = -1
  /** The incarnation while it may act, from `setup` to its end. */
  live = NOBODY
  readonly ref: Ref
  readonly actor: AnyActor
  readonly props: unknown
  readonly parent: Cell | undefined
  readonly strategy: Strategy
  /** In the order of their start. */
  children: Set<Cell> | undefined = undefined
  watchers: Set<(why: TerminatedWhy) => void> | undefined = undefined
  timers: Map<string, () => void> | undefined = undefined
  cancels: Set<() => void> | undefined = undefined
  /** Hosts whose links have no room for what this actor writes: it runs nothing until they have. */
  parkedOn: Set<string> | undefined = undefined
  pendingRestart: PendingRestart | undefined = undefined
  state: CellState = 'starting'
  restarts = 0
  deadLetters = 0
  lastError = ''
  private stashed: MessageEnvelope[] | undefined = undefined
  private failures: number[] | undefined = undefined

  constructor(
    ref: Ref,
    actor: AnyActor,
    props: unknown,
    parent: Cell | undefined,
    strategy: Strategy,
    figures: Float64Array,
  ) {
    this.ref = ref
    this.actor = actor
    this.props = props
    this.parent = parent
    this.strategy = strategy
    this.mailbox = new Mailbox(actor.mailbox)
    this.verbs = verbTable(actor.messages)
    this.figures = figures
  }

  become(state: CellState): void {
    this.state = state
    this.live = state === 'running' || state === 'starting' ? this.incarnation : NOBODY
    this.setHold(NOT_RUNNING, state !== 'running')
  }

  get paused(): boolean {
    return (this.hold & PAUSED) !== 0
  }

  set paused(on: boolean) {
    this.setHold(PAUSED, on)
  }

  park(peer: string): void {
    this.parkedOn ??= new Set()
    this.parkedOn.add(peer)
    this.setHold(PARKED, true)
  }

  unpark(peer: string | undefined): void {
    if (peer === undefined) this.parkedOn = undefined
    else this.parkedOn?.delete(peer)
    this.setHold(PARKED, this.parkedOn !== undefined && this.parkedOn.size > 0)
  }

  private setHold(bit: number, on: boolean): void {
    this.hold = on ? this.hold | bit : this.hold & ~bit
  }

  setTimer(name: string, cancel: () => void): void {
    this.timers ??= new Map()
    if (this.timers.size >= TIMERS_PER_ACTOR_MAX) throw new Error('too many timers')
    this.timers.set(name, cancel)
  }

  get stashedCount(): number {
    return this.stashed === undefined ? 0 : this.stashed.length
  }

  stashCurrent(): void {
    if (!this.current) throw new Error('nothing to stash: no message is being handled')
    this.stashed ??= []
    // Once is enough: put aside twice, it would be handled twice.
    if (this.stashed.at(-1) === this.current) return
    if (this.stashed.length >= STASH_MAX) throw new Error('the stash is full')
    this.stashed.push(this.current)
  }

  /** The stash goes back to the head of the mailbox. */
  unstash(): void {
    if (this.stashed === undefined) return
    this.mailbox.returnToHead(this.stashed)
    count(this.figures, KIND.depth, this.stashed.length)
    this.stashed = undefined
  }

  /** The same for all but the message that is being handled, which has just been put aside. */
  unstashOthers(): void {
    const { current } = this
    const keep = current !== undefined && this.stashed?.at(-1) === current
    if (keep) this.stashed?.pop()
    this.unstash()
    if (keep) this.stashed = [current]
  }

  /** A message that fails is lost, even if its handler had put it aside. */
  unstashFailed(message: MessageEnvelope): void {
    this.stashed = this.stashed?.filter((one) => one !== message)
  }

  /** Ends what the incarnation started: timers, tasks, watches; late callbacks find nobody. */
  endIncarnation(): void {
    if (this.timers) for (const cancel of this.timers.values()) cancel()
    this.timers = undefined
    const { cancels } = this
    this.cancels = undefined
    if (cancels) for (const cancel of cancels) cancel()
    this.mailbox.dropTurns()
    this.unstash()
    this.handlers = undefined
  }

  /** Takes everything out of the mailbox. */
  drain(): MessageEnvelope[] {
    const waiting = this.mailbox.drain()
    count(this.figures, KIND.depth, -waiting.length)
    return waiting
  }

  /** Counts a failure. Back-off before the next incarnation; undefined when there is none. */
  backoffMs(now: number): number | undefined {
    const delay = this.nextBackoffMs(now)
    const { withinMs } = this.actor.intensity ?? INTENSITY
    this.failures = (this.failures ?? []).filter((at) => now - at < withinMs)
    this.failures.push(now)
    return delay
  }

  /** The back-off after one more failure; undefined when it would be one too many. */
  nextBackoffMs(now: number): number | undefined {
    const { failures: most, withinMs } = this.actor.intensity ?? INTENSITY
    const { firstMs, maxMs } = this.actor.backoff ?? BACKOFF
    const recent = (this.failures ?? []).filter((at) => now - at < withinMs).length
    return recent >= most ? undefined : Math.min(maxMs, firstMs * 2 ** recent)
  }
}
