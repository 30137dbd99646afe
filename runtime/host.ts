// A host runs actors on one thread (or one simulated node): it routes messages by placement, runs
// turns within a budget, supervises, and turns everything asynchronous into turns of an actor.

import { GONE_ACTORS_KEPT } from '../config/limits.ts'
import type { Schema } from '../lib/schema.ts'
import type { Actor, Handlers, Strategy } from './actor.ts'
import { Asks } from './asks.ts'
import { type AnyActor, Cell } from './cell.ts'
import type { Context, LogLevel, TerminatedWhy } from './context.ts'
import { DeadLetters } from './dead-letters.ts'
import { Dispatcher } from './dispatcher.ts'
import { createEdge, type Edge } from './edge.ts'
import type { MessageEnvelope } from './envelope.ts'
import type { DeadLetter, FailureReason } from './failure.ts'
import { type ActorAction, consequence } from './inspect/consequence.ts'
import {
  type GoneActor,
  type HostSnapshot,
  hostSnapshot,
  type SnapshotQuery,
} from './inspect/host-snapshot.ts'
import { startTap, type TapEnd, type TapLimits, type TappedMessage } from './inspect/tap.ts'
import type { Verbs, Vocabulary } from './messages.ts'
import { KIND } from './metrics/counters-layout.ts'
import { count, HostCounters, newCounters } from './metrics/host-counters.ts'
import type { Clock, Entropy, Link, LogLine, Scheduler } from './ports.ts'
import { recode } from './recode.ts'
import { type Ref, ref, refText } from './ref.ts'
import type { PeerOptions } from './remote/peer.ts'
import { Remote } from './remote.ts'
import { Ring } from './ring.ts'
import { type Route, Routes } from './routes.ts'
import type { Store } from './store.ts'
import { Supervisor } from './supervisor.ts'
import type { TaskRunner } from './task.ts'
import type { Cause } from './trace/cause.ts'
import { Tracer } from './trace/tracer.ts'
import { Watches } from './watches.ts'

/** Stands between one incarnation and its host, as a flight recorder does. */
export interface Wrap {
  context(ctx: Context): Context
  handlers(handlers: Handlers<Verbs>): Handlers<Verbs>
}

export interface HostOptions {
  readonly name: string
  /** Names the host of an actor: a pure function, the same on every host. */
  readonly place: (kind: string, key: string) => string
  readonly clock: Clock
  readonly entropy: Entropy
  readonly scheduler: Scheduler
  readonly storeFor: (kind: string, key: string) => Store
  readonly tasks: TaskRunner
  readonly log: (line: LogLine) => void
  readonly reached?: (mark: string) => void
  /** The simulator's chance of an unusual branch; absent in production. */
  readonly buggify?: (mark: string) => boolean
  /** Whether that host may send this verb: if not, it is rubbish. By default every host may. */
  readonly admits?: (peer: string, kind: string, verb: string) => boolean
  /** What this host speaks, told to every peer; by default what it has met so far. */
  readonly vocabularies?: readonly Vocabulary[]
  /** Takes a message whose actor is not here; false leaves it to become a dead letter. */
  readonly absent?: (message: MessageEnvelope) => boolean
  /** Encodes and decodes messages between actors of this host too (simulator, tests). */
  readonly strict?: boolean
  /** Where figures are kept for other threads to read: `newCounters()`. */
  readonly counters?: SharedArrayBuffer
  readonly wrap?: (target: Ref, incarnation: number, props: unknown) => Wrap | undefined
}

export class Host {
  readonly name: string
  readonly options: HostOptions
  readonly counters: HostCounters
  readonly routes: Routes
  readonly deadLetters: DeadLetters
  readonly tracer: Tracer
  readonly edge: Edge
  readonly asks: Asks
  readonly watches: Watches
  readonly remote: Remote
  readonly supervisor: Supervisor
  readonly vocabularies = new Map<string, Vocabulary>()
  /** Actors that stopped for good, the latest. */
  readonly gone = new Ring<GoneActor>()
  private readonly dispatcher: Dispatcher
  private readonly roots = new Set<Cell>()
  private stopped = false
  private commitsInFlight = 0
  private idleWaiters: (() => void)[] = []

  constructor(options: HostOptions) {
    this.name = options.name
    this.options = options
    this.counters = new HostCounters(options.counters ?? newCounters())
    this.routes = new Routes(options.name, (kind, key) => options.place(kind, key))
    this.deadLetters = new DeadLetters(this.counters)
    this.tracer = new Tracer(options.name, options.clock, options.entropy)
    this.dispatcher = new Dispatcher(this)
    this.asks = new Asks(this)
    this.watches = new Watches(this)
    this.remote = new Remote(this)
    this.supervisor = new Supervisor(this)
    this.edge = createEdge(this)
  }

  /** Starts a root actor. Throws if kind/key is taken. */
  spawn<V extends Verbs, P>(
    actor: Actor<V, P>,
    key: string,
    props: P,
    strategy: Strategy = 'one-for-one',
  ): Ref {
    return this.addCell(actor as unknown as AnyActor, key, props, undefined, strategy).ref
  }

  addCell(
    actor: AnyActor,
    key: string,
    props: unknown,
    parent: Cell | undefined,
    strategy: Strategy,
  ): Cell {
    const { kind } = actor.messages
    if (this.routes.cell(kind, key)) {
      throw new Error(`${kind}/${key} already runs on ${this.name}`)
    }
    this.vocabularies.set(kind, actor.messages)
    const figures = this.counters.kind(kind)
    const cell = new Cell(ref(kind, key), actor, props, parent, strategy, figures)
    count(figures, KIND.actors, 1)
    this.routes.add(cell)
    this.siblings(cell).add(cell)
    this.supervisor.start(cell)
    return cell
  }

  /** In the order of their start. */
  siblings(cell: Cell): Set<Cell> {
    const { parent } = cell
    if (parent === undefined) return this.roots
    parent.children ??= new Set()
    return parent.children
  }

  cellOf(target: Ref): Cell | undefined {
    return this.routes.cell(target.kind, target.key)
  }

  attach(peer: string, link: Link, options?: PeerOptions): void {
    this.remote.attach(peer, link, options)
  }

  /** `place` names other hosts from now on: nothing that was remembered counts. */
  placementChanged(): void {
    this.routes.forget()
  }

  /**
   * Calls back once when the target stops or its host is lost; at once if it is not there. The
   * result takes the watch away.
   */
  watch(target: Ref, terminated: (why: TerminatedWhy) => void): () => void {
    return this.watches.add(target, terminated)
  }

  /**
   * Sends a message to wherever its target is placed. Never throws. The writer is the cell that
   * waits when a link is full; the edge has none.
   */
  send(
    vocabulary: Vocabulary,
    route: Route,
    message: MessageEnvelope,
    writer: Cell | undefined,
  ): void {
    if (route.host !== this.name) {
      if (!this.vocabularies.has(vocabulary.kind)) {
        this.vocabularies.set(vocabulary.kind, vocabulary)
      }
      this.remote.send(route.host, vocabulary, message, writer)
    } else if (this.options.strict === true) {
      this.deliver(this.recode(vocabulary, message))
    } else if (route.cell !== undefined) this.post(route.cell, message)
    else this.missing(message)
  }

  /** Puts a decoded message into its target's mailbox on this host. */
  deliver(message: MessageEnvelope | undefined): void {
    if (message === undefined) return
    const cell = this.cellOf(message.to)
    if (cell !== undefined) this.post(cell, message)
    else this.missing(message)
  }

  /** The words of an actor that is not here, where somebody may take its messages. */
  expected(target: Ref): Vocabulary | undefined {
    return this.options.absent ? this.vocabularies.get(target.kind) : undefined
  }

  private missing(message: MessageEnvelope): void {
    if (this.options.absent?.(message) === true) return
    this.refuse(message, 'no-such-actor', `not on ${this.name}`)
  }

  private post(cell: Cell, message: MessageEnvelope): void {
    const verb = cell.verbs.get(message.verb)
    if (verb === undefined || (verb.form === 'ask') !== (message.askId !== undefined)) {
      this.refuse(message, 'undecodable', 'unknown verb')
      return
    }
    message.queuedAt = this.dispatcher.coarseNow()
    const { mailbox, figures } = cell
    const refused = mailbox.push(message, verb.lane === 'control')
    if (refused !== undefined) this.refuse(refused, 'rejected', 'mailbox full')
    else {
      count(figures, KIND.depth, 1)
      // One that runs tells it itself, once a slice.
      if (cell.hold !== 0 && mailbox.depth > (figures[KIND.highWater] as number)) {
        figures[KIND.highWater] = mailbox.depth
      }
    }
    this.dispatcher.queue(cell)
  }

  /**
   * Runs a callback as a turn of the cell's present incarnation, before its messages; false when
   * that incarnation is gone.
   */
  turn(
    cell: Cell,
    incarnation: number,
    run: (argument: never) => void,
    argument: unknown,
    cause: Cause | undefined,
  ): boolean {
    if (cell.live !== incarnation) return false
    cell.mailbox.pushTurn({ run, argument, cause })
    this.dispatcher.queue(cell)
    return true
  }

  wake(cell: Cell): void {
    this.dispatcher.wake(cell)
  }

  /** What the actor wrote found no room on the link to `peer`: it runs nothing until unparked. */
  park(cell: Cell, peer: string): void {
    cell.park(peer)
  }

  /** There is room again on the link to `peer`; without a name, on all. */
  unpark(cell: Cell, peer?: string): void {
    cell.unpark(peer)
    this.dispatcher.wake(cell)
  }

  /** A message that will not be handled: its asker hears of it, and it is kept as a dead letter. */
  refuse(message: MessageEnvelope, reason: FailureReason, detail: string): void {
    this.deadLetter({ reason, target: message.to, verb: message.verb, detail })
    if (message.askId === undefined) return
    if (message.fromHost === this.name) this.asks.fail(message.askId, reason, detail)
    else this.remote.sendFailure(message.fromHost, message.askId, reason, detail)
  }

  deadLetter(letter: DeadLetter): void {
    this.deadLetters.add(letter)
    const cell = this.cellOf(letter.target)
    if (cell === undefined) return
    cell.deadLetters++
    count(cell.figures, KIND.deadLetters, 1)
  }

  private recode(vocabulary: Vocabulary, message: MessageEnvelope): MessageEnvelope | undefined {
    try {
      const schema = vocabulary.verbs[message.verb]?.body as Schema<unknown>
      return { ...message, body: recode(schema, message.body, 'body') }
    } catch (error) {
      this.refuse(message, 'undecodable', (error as Error).message)
      return undefined
    }
  }

  log(level: LogLevel, actor: Ref | undefined, event: string, fields?: Record<string, unknown>) {
    this.options.log({ level, host: this.name, actor, event, fields })
  }

  commit(store: Store, puts: Parameters<Store['commit']>[0], done: (error?: Error) => void): void {
    this.commitsInFlight++
    store.commit(puts, (error) => {
      this.commitsInFlight--
      done(error)
      if (this.commitsInFlight === 0) for (const waiter of this.idleWaiters.splice(0)) waiter()
    })
  }

  snapshot(query: SnapshotQuery = {}): HostSnapshot {
    return hostSnapshot(this, query)
  }

  /** What `action` would do, in words. */
  consequence(target: Ref, action: ActorAction): string {
    return consequence(this, this.cellOf(target), action)
  }

  /** Handles nothing until it is resumed. Like the next three: false when there is no such actor. */
  pause(target: Ref): boolean {
    return this.operate(target, (cell) => {
      cell.paused = true
    })
  }

  resume(target: Ref): boolean {
    return this.operate(target, (cell) => {
      cell.paused = false
      this.dispatcher.wake(cell)
    })
  }

  /** Starts the actor anew, alone; no failure is counted. */
  restart(target: Ref): boolean {
    return this.operate(target, (cell) => this.supervisor.restart([cell], 0))
  }

  /** Injects a failure: the supervisor decides, as about any other. */
  kill(target: Ref): boolean {
    return this.operate(target, (cell) =>
      this.supervisor.failed(cell, 'kill', new Error('killed by an operator')),
    )
  }

  private operate(target: Ref, act: (cell: Cell) => void): boolean {
    const cell = this.cellOf(target)
    if (cell) act(cell)
    return cell !== undefined
  }

  /** Shows one actor's messages until `max` or `ms`; undefined when there is no such actor. */
  tap(
    target: Ref,
    limits: TapLimits,
    onMessage: (message: TappedMessage) => void,
    onEnd: (why: TapEnd) => void = () => {},
  ): (() => void) | undefined {
    const cell = this.cellOf(target)
    return cell && startTap(this, cell, limits, onMessage, onEnd)
  }

  get isStopped(): boolean {
    return this.stopped
  }

  /** Stops all actors in reverse order of their start, then waits for commits in flight. */
  stop(): Promise<void> {
    if (!this.stopped) {
      this.stopped = true
      for (const cell of [...this.roots].reverse()) this.supervisor.stop(cell, 'stopped')
      this.remote.close()
      this.asks.stop()
    }
    if (this.commitsInFlight === 0) return Promise.resolve()
    return new Promise((resolve) => this.idleWaiters.push(resolve))
  }

  forget(cell: Cell, why: TerminatedWhy): void {
    this.routes.remove(cell)
    this.siblings(cell).delete(cell)
    count(cell.figures, KIND.actors, -1)
    cell.tap?.gone()
    if (this.gone.size >= GONE_ACTORS_KEPT) this.gone.shift()
    const at = this.options.clock.wallTime()
    this.gone.push({ id: refText(cell.ref), at, why: why === 'failed' ? cell.lastError : why })
    const { watchers } = cell
    cell.watchers = undefined
    if (watchers) for (const watcher of watchers) watcher(why)
    this.remote.terminated(cell.ref, why)
  }
}
