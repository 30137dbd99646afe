// The context handed to one incarnation of an actor. Every callback it registers runs as a turn of
// that incarnation, and is dropped when the incarnation is gone.

import type { Actor, Strategy } from './actor.ts'
import type { AnyActor, Cell } from './cell.ts'
import type { AskOutcome, Context, LogLevel, TerminatedWhy } from './context.ts'
import type { Host } from './host.ts'
import type { AskNames, Body, Reply, TellNames, Verbs, Vocabulary } from './messages.ts'
import { type Ref, ref, refText } from './ref.ts'
import { runTask } from './run-task.ts'
import type { Store } from './store.ts'
import type { CancelTask, Task, TaskOutcome } from './task.ts'
import type { Cause } from './trace/cause.ts'

class CellContext implements Context {
  readonly self: Ref
  readonly incarnation: number
  private readonly host: Host
  private readonly cell: Cell
  private wrapped: Store | undefined

  constructor(host: Host, cell: Cell) {
    this.host = host
    this.cell = cell
    this.self = cell.ref
    this.incarnation = cell.incarnation
  }

  private get alive(): boolean {
    const { incarnation, state } = this.cell
    return incarnation === this.incarnation && (state === 'running' || state === 'starting')
  }

  private turn(run: () => void, cause: Cause | undefined): void {
    this.host.turn(this.cell, this.incarnation, run, cause)
  }

  get cause(): Cause | undefined {
    return this.cell.cause
  }

  causedBy(cause: Cause | undefined, run: () => void): void {
    const before = this.cell.cause
    this.cell.cause = cause
    try {
      run()
    } finally {
      this.cell.cause = before
    }
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

  tell<V extends Verbs, N extends TellNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
  ): void {
    if (!this.alive) return
    const message = {
      to: ref(vocabulary.kind, key),
      verb,
      body,
      askId: undefined,
      fromHost: this.host.name,
      deadline: undefined,
      cause: this.cell.cause,
    }
    this.host.route(vocabulary as Vocabulary, message, this.cell)
  }

  ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
    outcome: AskOutcome<Reply<V, N>>,
  ): void {
    if (!this.alive) return
    const { cancels, cause } = this.cell
    // An ask can fail before `start` returns: when the link to its target is down.
    let forget: () => void = () => {}
    let ended = false
    const end = (then: () => void) => {
      ended = true
      cancels.delete(forget)
      this.turn(then, cause)
    }
    forget = this.host.asks.start(
      vocabulary as Vocabulary,
      ref(vocabulary.kind, key),
      verb,
      body,
      {
        within: outcome.within,
        ok: (reply) => end(() => outcome.ok(reply as Reply<V, N>)),
        failed: (failure) => end(() => outcome.failed(failure)),
      },
      cause,
      this.cell,
    )
    if (!ended) cancels.add(forget)
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
    const { cause } = this.cell
    this.host.watch(target, (why) => this.turn(() => terminated(why), cause))
  }

  stop(target?: Ref): void {
    const victim = target ? this.host.cellOf(target) : this.cell
    if (!victim || !this.alive) return
    if (victim !== this.cell && victim.parent !== this.cell) {
      throw new Error(`${refText(this.self)} may stop its children and itself only`)
    }
    this.host.supervisor.stop(victim, 'stopped')
  }

  after(name: string, ms: number, run: () => void): void {
    if (!this.alive) return
    const { timers, cause } = this.cell
    this.cancel(name)
    const stop = this.host.options.clock.after(ms, () => {
      if (timers.get(name) !== stop) return
      timers.delete(name)
      this.turn(run, cause)
    })
    this.cell.setTimer(name, stop)
  }

  cancel(name: string): void {
    this.cell.timers.get(name)?.()
    this.cell.timers.delete(name)
  }

  stash(): void {
    this.cell.stashCurrent()
  }

  unstash(): void {
    this.cell.mailbox.returnToHead(this.cell.stashed)
    this.cell.stashed = []
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
