// One actor's place on a host: its mailbox, its current incarnation and its children. The mailbox
// belongs to the cell, so a restart loses only the message that failed.

import { STASH_MAX, TIMERS_PER_ACTOR_MAX } from '../config/limits.ts'
import type { Actor, Handlers, Strategy } from './actor.ts'
import type { TerminatedWhy } from './context.ts'
import type { MessageEnvelope } from './envelope.ts'
import { Mailbox } from './mailbox.ts'
import type { Verbs } from './messages.ts'
import type { Ref } from './ref.ts'
import type { Cause } from './trace/cause.ts'

export type CellState = 'starting' | 'running' | 'restarting' | 'stopped'

export type AnyActor = Actor<Verbs, never>

export class Cell {
  readonly ref: Ref
  readonly actor: AnyActor
  readonly props: unknown
  readonly parent: Cell | undefined
  readonly strategy: Strategy
  readonly mailbox: Mailbox
  readonly children: Cell[] = []
  readonly watchers = new Set<(why: TerminatedWhy) => void>()
  readonly timers = new Map<string, () => void>()
  readonly cancels = new Set<() => void>()
  state: CellState = 'starting'
  incarnation = -1
  handlers: Handlers<Verbs> | undefined
  queued = false
  current: MessageEnvelope | undefined
  /** What the code that runs now was caused by; undefined when it is not traced. */
  cause: Cause | undefined
  /** Hosts whose links have no room for what this actor writes: it runs nothing until they have. */
  readonly parkedOn = new Set<string>()
  stashed: MessageEnvelope[] = []
  failures: number[] = []
  handled = 0
  restarts = 0
  lastError = ''

  constructor(
    ref: Ref,
    actor: AnyActor,
    props: unknown,
    parent: Cell | undefined,
    strategy: Strategy,
  ) {
    this.ref = ref
    this.actor = actor
    this.props = props
    this.parent = parent
    this.strategy = strategy
    this.mailbox = new Mailbox(actor.mailbox)
  }

  get runnable(): boolean {
    return this.state === 'running' && this.parkedOn.size === 0
  }

  setTimer(name: string, cancel: () => void): void {
    if (this.timers.size >= TIMERS_PER_ACTOR_MAX) throw new Error('too many timers')
    this.timers.set(name, cancel)
  }

  stashCurrent(): void {
    if (!this.current) throw new Error('nothing to stash: no message is being handled')
    if (this.stashed.length >= STASH_MAX) throw new Error('the stash is full')
    this.stashed.push(this.current)
  }

  /** A message that fails is lost, even if its handler had put it aside. */
  unstashFailed(message: MessageEnvelope): void {
    this.stashed = this.stashed.filter((one) => one !== message)
  }

  /** Ends what the incarnation started: timers, tasks, asks; late callbacks find another number. */
  endIncarnation(): void {
    for (const cancel of this.timers.values()) cancel()
    this.timers.clear()
    for (const cancel of this.cancels) cancel()
    this.cancels.clear()
    this.mailbox.dropTurns()
    this.mailbox.returnToHead(this.stashed)
    this.stashed = []
    this.handlers = undefined
  }

  /** Back-off before the next incarnation; undefined when the intensity is used up. */
  backoffMs(now: number): number | undefined {
    const { failures: most, withinMs } = this.actor.intensity ?? { failures: 5, withinMs: 10_000 }
    const { firstMs, maxMs } = this.actor.backoff ?? { firstMs: 10, maxMs: 5000 }
    this.failures = this.failures.filter((at) => now - at < withinMs)
    this.failures.push(now)
    if (this.failures.length > most) return undefined
    return Math.min(maxMs, firstMs * 2 ** (this.failures.length - 1))
  }
}
