// A host runs actors on one thread (or one simulated node): it routes messages by placement, runs
// turns within a budget, supervises, and turns everything asynchronous into turns of an actor.

import { DEAD_LETTERS_KEPT, HANDLER_BUDGET } from '../config/limits.ts'
import { assert } from '../lib/assert.ts'
import type { Schema } from '../lib/schema.ts'
import type { Actor, Strategy } from './actor.ts'
import { Asks } from './asks.ts'
import { type AnyActor, Cell } from './cell.ts'
import type { LogLevel, TerminatedWhy } from './context.ts'
import { createContext } from './create-context.ts'
import { createEdge, type Edge } from './edge.ts'
import type { MessageEnvelope } from './envelope.ts'
import type { DeadLetter, FailureReason } from './failure.ts'
import type { Verbs, Vocabulary } from './messages.ts'
import type { Clock, Entropy, Link, LogLine, Scheduler } from './ports.ts'
import { recode } from './recode.ts'
import { type Ref, ref, refText } from './ref.ts'
import { Remote } from './remote.ts'
import type { Store } from './store.ts'
import { Supervisor } from './supervisor.ts'
import type { TaskRunner } from './task.ts'
import type { Cause } from './trace/cause.ts'

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
  /** Encodes and decodes messages between actors of this host too (simulator, tests). */
  readonly strict?: boolean
}

export interface ActorSnapshot {
  readonly kind: string
  readonly key: string
  readonly state: string
  readonly depth: number
  readonly highWater: number
  readonly handled: number
  readonly restarts: number
  readonly lastError: string
}

export interface HostSnapshot {
  readonly host: string
  readonly actors: ActorSnapshot[]
  readonly deadLetterCounts: Record<string, number>
  readonly deadLetters: DeadLetter[]
}

/** Messages of one actor handled before the next one's turn. */
const SLICE = 64

export class Host {
  readonly name: string
  readonly options: HostOptions
  readonly edge: Edge
  readonly asks: Asks
  readonly remote: Remote
  readonly supervisor: Supervisor
  readonly cells = new Map<string, Cell>()
  readonly vocabularies = new Map<string, Vocabulary>()
  private readonly roots: Cell[] = []
  private readonly ready: Cell[] = []
  private readonly deadLetters: DeadLetter[] = []
  private readonly deadLetterCounts: Record<string, number> = {}
  private woken = false
  private stopped = false
  private commitsInFlight = 0
  private idleWaiters: (() => void)[] = []

  constructor(options: HostOptions) {
    this.name = options.name
    this.options = options
    this.asks = new Asks(this)
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
    const target = ref(actor.messages.kind, key)
    const id = refText(target)
    if (this.cells.has(id)) throw new Error(`${id} already runs on ${this.name}`)
    this.vocabularies.set(target.kind, actor.messages)
    const cell = new Cell(target, actor, props, parent, strategy)
    this.cells.set(id, cell)
    this.siblings(cell).push(cell)
    this.supervisor.start(cell)
    return cell
  }

  siblings(cell: Cell): Cell[] {
    return cell.parent ? cell.parent.children : this.roots
  }

  cellOf(target: Ref): Cell | undefined {
    return this.cells.get(refText(target))
  }

  context(cell: Cell) {
    return createContext(this, cell)
  }

  attach(peer: string, link: Link): void {
    this.remote.attach(peer, link)
  }

  /** Calls back once when the target stops or its host is lost; at once if it is not there. */
  watch(target: Ref, terminated: (why: TerminatedWhy) => void): void {
    const hostName = this.options.place(target.kind, target.key)
    if (hostName !== this.name) this.remote.watch(hostName, target, terminated)
    else {
      const cell = this.cellOf(target)
      if (cell) cell.watchers.add(terminated)
      else terminated('stopped')
    }
  }

  /**
   * Routes a message to wherever its target is placed. Never throws. The writer is the cell that
   * waits when a link is full; the edge has none.
   */
  route(vocabulary: Vocabulary, message: MessageEnvelope, writer?: Cell): void {
    if (!this.vocabularies.has(vocabulary.kind)) this.vocabularies.set(vocabulary.kind, vocabulary)
    const hostName = this.options.place(message.to.kind, message.to.key)
    if (hostName !== this.name) {
      this.remote.send(hostName, vocabulary, message, writer)
      return
    }
    this.deliver(this.options.strict ? this.recode(vocabulary, message) : message)
  }

  /** Puts a decoded message into its target's mailbox on this host. */
  deliver(message: MessageEnvelope | undefined): void {
    if (!message) return
    const cell = this.cellOf(message.to)
    if (!cell || cell.state === 'stopped') {
      this.refuse(message, 'no-such-actor', 'no such actor here')
      return
    }
    const verb = cell.actor.messages.verbs[message.verb]
    if (!verb || (verb.form === 'ask') !== (message.askId !== undefined)) {
      this.refuse(message, 'undecodable', 'unknown verb')
      return
    }
    const overflow = cell.mailbox.push(message, verb.lane)
    if (overflow) this.refuse(overflow, 'rejected', 'mailbox full')
    this.wake(cell)
  }

  /** Runs `turn` as a turn of the cell's present incarnation, before its messages. */
  turn(cell: Cell, incarnation: number, turn: () => void, cause?: Cause): void {
    if (cell.incarnation !== incarnation || cell.state === 'stopped') return
    cell.mailbox.pushTurn(() => {
      if (cell.incarnation !== incarnation || cell.state !== 'running') return
      cell.cause = cause
      turn()
    })
    this.wake(cell)
  }

  /** What the actor wrote found no room on the link to `peer`: it runs nothing until it is unparked. */
  park(cell: Cell, peer: string): void {
    cell.parkedOn.add(peer)
  }

  /** There is room again on the link to `peer`; without a name, on all. */
  unpark(cell: Cell, peer?: string): void {
    if (peer === undefined) cell.parkedOn.clear()
    else cell.parkedOn.delete(peer)
    this.wake(cell)
  }

  wake(cell: Cell): void {
    if (cell.queued || !cell.runnable || cell.mailbox.isEmpty) return
    cell.queued = true
    this.ready.push(cell)
    if (this.woken) return
    this.woken = true
    this.options.scheduler(() => this.runReady())
  }

  private runReady(): void {
    let budget = HANDLER_BUDGET
    while (budget > 0) {
      const cell = this.ready.shift()
      if (!cell) break
      cell.queued = false
      budget -= this.runSlice(cell)
      this.wake(cell)
    }
    this.woken = false
    if (this.ready.length > 0) {
      this.woken = true
      this.options.scheduler(() => this.runReady())
    }
  }

  private runSlice(cell: Cell): number {
    let done = 0
    while (done < SLICE && cell.runnable) {
      const turn = cell.mailbox.takeTurn()
      if (turn) {
        this.guard(cell, 'turn', turn)
        cell.cause = undefined
        done++
        continue
      }
      const message = cell.mailbox.takeMessage()
      if (!message) break
      done++
      this.handle(cell, message)
    }
    return Math.max(1, done)
  }

  private handle(cell: Cell, message: MessageEnvelope): void {
    const handler = cell.handlers?.[message.verb] as
      | ((body: unknown, reply?: (value: unknown) => void) => void)
      | undefined
    assert(handler, `${refText(cell.ref)} has no handler for ${message.verb}`)
    const { deadline, askId } = message
    if (deadline !== undefined && this.options.clock.now() > deadline) {
      this.refuse(message, 'expired', 'already late when its turn came')
      return
    }
    cell.current = message
    cell.cause = message.cause && { ...message.cause, hop: message.cause.hop + 1 }
    cell.handled++
    this.guard(cell, message.verb, () => {
      if (askId === undefined) handler(message.body)
      else handler(message.body, this.asks.replyTo(message, cell))
    })
    cell.current = undefined
    cell.cause = undefined
  }

  /** Runs the actor's code; a throw is a failure that the supervisor decides about. */
  guard(cell: Cell, what: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      const failed = cell.current
      cell.current = undefined
      if (failed) {
        cell.unstashFailed(failed)
        this.refuse(failed, 'failed', String((error as Error).message))
      }
      this.supervisor.failed(cell, what, error as Error)
    }
  }

  /** A message that will not be handled: its asker hears of it, and it is kept as a dead letter. */
  refuse(message: MessageEnvelope, reason: FailureReason, detail: string): void {
    this.deadLetter({ reason, target: message.to, verb: message.verb, detail })
    if (message.askId === undefined) return
    if (message.fromHost === this.name) this.asks.fail(message.askId, reason, detail)
    else this.remote.sendFailure(message.fromHost, message.askId, reason, detail)
  }

  deadLetter(letter: DeadLetter): void {
    this.deadLetterCounts[letter.reason] = (this.deadLetterCounts[letter.reason] ?? 0) + 1
    this.deadLetters.push(letter)
    if (this.deadLetters.length > DEAD_LETTERS_KEPT) this.deadLetters.shift()
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

  snapshot(): HostSnapshot {
    const actors = [...this.cells.values()].map((cell) => ({
      kind: cell.ref.kind,
      key: cell.ref.key,
      state: cell.state,
      depth: cell.mailbox.depth,
      highWater: cell.mailbox.highWater,
      handled: cell.handled,
      restarts: cell.restarts,
      lastError: cell.lastError,
    }))
    return {
      host: this.name,
      actors,
      deadLetterCounts: { ...this.deadLetterCounts },
      deadLetters: [...this.deadLetters],
    }
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
    this.cells.delete(refText(cell.ref))
    const list = this.siblings(cell)
    const index = list.indexOf(cell)
    if (index >= 0) list.splice(index, 1)
    for (const watcher of cell.watchers) watcher(why)
    this.remote.terminated(cell.ref, why)
  }
}
