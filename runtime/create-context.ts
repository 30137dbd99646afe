// The context handed to one incarnation of an actor. Every callback it registers runs as a turn of
// that incarnation, and is dropped when the incarnation is gone.

import type { Actor, Strategy } from './actor.ts'
import type { AnyActor, Cell } from './cell.ts'
import type { AskOutcome, Context, LogLevel, TerminatedWhy } from './context.ts'
import { envelope } from './envelope.ts'
import type { Host } from './host.ts'
import type { AskNames, Body, Reply, TellNames, Verbs, Vocabulary } from './messages.ts'
import { type Ref, refText } from './ref.ts'
import type { Route } from './routes.ts'
import { runTask } from './run-task.ts'
import type { Store } from './store.ts'
import type { CancelTask, Task, TaskOutcome } from './task.ts'
import type { Cause } from './trace/cause.ts'

const run = (callback: () => void): void => callback()

class CellContext implements Context {
  readonly incarnation: number
  private readonly host: Host
  private readonly cell: Cell
  private wrapped: Store | undefined = undefined
  /** Where the last message went: most actors write to few others. */
  private route: Route | undefined = undefined

  constructor(host: Host, cell: Cell) {
    this.host = host
    this.cell = cell
    this.incarnation = cell.incarnation
  }

  get self(): Ref {
    return this.cell.ref
  }

  private get alive(): boolean {
    return this.cell.live === this.incarnation
  }

  private turn(callback: () => void, cause: Cause | undefined): void {
    this.host.turn(this.cell, this.incarnation, run, callback, cause)
  }

  get cause(): Cause | undefined {
    return this.cell.cause
  }

  causedBy(cause: Cause | undefined, work: () => void): void {
    const before = this.cell.cause
    this.cell.cause = cause
    try {
      work()
    } finally {
      this.cell.cause = before
    }
  }

  span(name: string): () => void {
    const { cause } = this.cell
    if (cause === undefined) return () => {}
    return this.host.tracer.begin(cause, name, refText(this.self))
  }

  now(): number {
    return this.host.options.clock.now()
  }

  wallTime(): number {
    return this.host.options.clock.wallTime()
  }

  random(below: number): number {
    return this.host.options.entropy.random(below)
  }

  private routeTo(kind: string, key: string): Route {
    const last = this.route
    if (last?.valid === true && last.to.key === key && last.to.kind === kind) return last
    const route = this.host.routes.find(kind, key)
    this.route = route
    return route
  }

  tell<V extends Verbs, N extends TellNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
  ): void {
    const { cell, host } = this
    if (cell.live !== this.incarnation) return
    const route = this.routeTo(vocabulary.kind, key)
    const message = envelope(route.to, verb, body, undefined, host.name, undefined, cell.cause)
    host.send(vocabulary as Vocabulary, route, message, cell)
  }

  isFrom(vocabulary: Vocabulary, key: string): boolean {
    const { current } = this.cell
    if (current === undefined) return false
    return current.fromHost === this.host.routes.find(vocabulary.kind, key).host
  }

  blame(why: string, sender?: Ref): void {
    const { host } = this
    const name = sender
      ? host.routes.find(sender.kind, sender.key).host
      : this.cell.current?.fromHost
    if (this.alive && name !== undefined) host.remote.blame(name, why)
  }

  ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
    outcome: AskOutcome<Reply<V, N>>,
  ): void {
    const { cell, host } = this
    if (cell.live !== this.incarnation) return
    const route = this.routeTo(vocabulary.kind, key)
    host.asks.start(vocabulary as Vocabulary, route, verb, body, outcome, cell.cause, cell)
  }

  spawn<V extends Verbs, P>(
    child: Actor<V, P>,
    key: string,
    props: P,
    strategy: Strategy = 'one-for-one',
  ): Ref {
    return this.host.addCell(child as unknown as AnyActor, key, props, this.cell, strategy).ref
  }

  watch(target: Ref, terminated: (why: TerminatedWhy) => void): void {
    if (!this.alive) return
    const { cell } = this
    const { cause } = cell
    // The target may be gone already: then this is called before there is an `unwatch`.
    let unwatch: (() => void) | undefined
    let over = false
    unwatch = this.host.watches.add(target, (why) => {
      over = true
      if (unwatch) cell.cancels?.delete(unwatch)
      this.turn(() => terminated(why), cause)
    })
    if (over) return
    cell.cancels ??= new Set()
    cell.cancels.add(unwatch)
  }

  stop(target?: Ref): void {
    const victim = target ? this.host.cellOf(target) : this.cell
    if (!victim || !this.alive) return
    if (victim !== this.cell && victim.parent !== this.cell) {
      throw new Error(`${refText(this.self)} may stop its children and itself only`)
    }
    this.host.supervisor.stop(victim, 'stopped')
  }

  after(name: string, ms: number, callback: () => void): void {
    if (!this.alive) return
    const { cell } = this
    const { cause } = cell
    this.cancel(name)
    const stop = this.host.options.clock.after(ms, () => {
      if (cell.timers?.get(name) !== stop) return
      cell.timers.delete(name)
      this.turn(callback, cause)
    })
    cell.setTimer(name, stop)
  }

  cancel(name: string): void {
    this.cell.timers?.get(name)?.()
    this.cell.timers?.delete(name)
  }

  stash(): void {
    this.cell.stashCurrent()
  }

  unstash(): void {
    this.cell.unstashOthers()
    this.host.wake(this.cell)
  }

  /** The actor's store, whose commits answer in a turn of the actor. */
  get store(): Store {
    if (!this.wrapped) {
      const { host } = this
      const store = host.options.storeFor(this.self.kind, this.self.key)
      this.wrapped = {
        get: (table, key) => store.get(table, key),
        range: (table, options) => store.range(table, options),
        usedBytes: () => store.usedBytes(),
        commit: (puts, done) => {
          const { cause } = this.cell
          host.commit(store, puts, (error) => this.turn(() => done(error), cause))
        },
      }
    }
    return this.wrapped
  }

  run<In, Out, Chunk = never>(
    task: Task<In, Out, Chunk>,
    input: In,
    outcome: TaskOutcome<Out, Chunk>,
  ): CancelTask {
    const { cause } = this.cell
    return runTask(this.host, this.cell, (then) => this.turn(then, cause), task, input, outcome)
  }

  log(level: LogLevel, event: string, fields?: Record<string, unknown>): void {
    this.host.log(level, this.self, event, fields)
  }

  reached(mark: string): void {
    this.host.options.reached?.(mark)
  }

  buggify(mark: string): boolean {
    return this.host.options.buggify?.(mark) ?? false
  }
}

export function createContext(host: Host, cell: Cell): Context {
  return new CellContext(host, cell)
}
