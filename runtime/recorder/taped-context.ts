// A context between an actor and its host of which everything goes over a tape. With a real context
// below it records; without one, nothing happens but what the tape says.

import type { Actor, Strategy } from '../actor.ts'
import type { AskOutcome, Context, LogLevel, TerminatedWhy } from '../context.ts'
import type { Failure } from '../failure.ts'
import type { AskNames, Body, Reply, TellNames, Verbs, Vocabulary } from '../messages.ts'
import { type Ref, ref } from '../ref.ts'
import type { Store } from '../store.ts'
import type { CancelTask, Task, TaskOutcome } from '../task.ts'
import type { Cause } from '../trace/cause.ts'
import type { Tape } from './tape.ts'

class TapedContext implements Context {
  readonly self: Ref
  readonly incarnation: number
  readonly store: Store
  private readonly tape: Tape
  private readonly real: Context | undefined

  constructor(tape: Tape, self: Ref, incarnation: number, real: Context | undefined) {
    this.tape = tape
    this.self = self
    this.incarnation = incarnation
    this.real = real
    this.store = tapedStore(tape, real)
  }

  /** Never called in a replay: the tape answers. */
  private get world(): Context {
    return this.real as Context
  }

  now(): number {
    return this.tape.read('now', () => this.world.now())
  }

  wallTime(): number {
    return this.tape.read('wallTime', () => this.world.wallTime())
  }

  random(below: number): number {
    return this.tape.read('random', () => this.world.random(below))
  }

  buggify(mark: string): boolean {
    return this.tape.read('buggify', () => this.world.buggify(mark))
  }

  get cause(): Cause | undefined {
    return this.tape.read('cause', () => this.world.cause)
  }

  tell<V extends Verbs, N extends TellNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
  ): void {
    this.tape.effect('tell', [vocabulary.kind, key, verb, body])
    this.real?.tell(vocabulary, key, verb, body)
  }

  isFrom(vocabulary: Vocabulary, key: string): boolean {
    return this.tape.read('isFrom', () => this.world.isFrom(vocabulary, key))
  }

  blame(why: string, sender?: Ref): void {
    this.tape.effect('blame', [why, sender?.kind, sender?.key])
    this.real?.blame(why, sender)
  }

  ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
    { within, ok, failed }: AskOutcome<Reply<V, N>>,
  ): void {
    this.tape.effect('ask', [vocabulary.kind, key, verb, body, within])
    const calls = this.tape.callback({ ok, failed: (failure: Failure) => failed(failure) })
    this.real?.ask(vocabulary, key, verb, body, { within, ...calls })
  }

  spawn<V extends Verbs, P>(
    child: Actor<V, P>,
    key: string,
    props: P,
    strategy: Strategy = 'one-for-one',
  ): Ref {
    const { kind } = child.messages
    this.tape.effect('spawn', [kind, key, strategy])
    this.tape.read('spawned', () => {
      this.world.spawn(child, key, props, strategy)
      return true
    })
    return ref(kind, key)
  }

  watch(target: Ref, terminated: (why: TerminatedWhy) => void): void {
    this.tape.effect('watch', [target.kind, target.key])
    const { call } = this.tape.callback({ call: terminated })
    this.real?.watch(target, call)
  }

  stop(target?: Ref): void {
    this.tape.effect('stop', target ? [target.kind, target.key] : [])
    this.real?.stop(target)
  }

  after(name: string, ms: number, run: () => void): void {
    this.tape.effect('after', [name, ms])
    const { call } = this.tape.callback({ call: (_: undefined) => run() })
    this.real?.after(name, ms, () => call(undefined))
  }

  cancel(name: string): void {
    this.tape.effect('cancel', name)
    this.real?.cancel(name)
  }

  stash(): void {
    this.tape.effect('stash', undefined)
    this.real?.stash()
  }

  unstash(): void {
    this.tape.effect('unstash', undefined)
    this.real?.unstash()
  }

  run<In, Out, Chunk = never>(
    task: Task<In, Out, Chunk>,
    input: In,
    { within, chunk, ok, failed }: TaskOutcome<Out, Chunk>,
  ): CancelTask {
    this.tape.effect('run', [task.name, input, within])
    const calls = this.tape.callback({
      ok,
      failed: (failure: Failure) => failed(failure),
      chunk: (one: Chunk) => chunk?.(one),
    })
    const cancel = this.real?.run(task, input, { within, ...calls })
    return () => {
      this.tape.effect('cancel task', task.name)
      cancel?.()
    }
  }

  causedBy(cause: Cause | undefined, run: () => void): void {
    if (this.real) this.real.causedBy(cause, run)
    else run()
  }

  span(name: string): () => void {
    return this.real?.span(name) ?? (() => {})
  }

  log(level: LogLevel, event: string, fields?: { [name: string]: unknown }): void {
    this.real?.log(level, event, fields)
  }

  reached(mark: string): void {
    this.real?.reached(mark)
  }
}

function tapedStore(tape: Tape, real: Context | undefined): Store {
  const store = () => (real as Context).store
  return {
    get: (table, key) => tape.read('get', () => store().get(table, key)),
    range: (table, options) => tape.read('range', () => store().range(table, options)),
    usedBytes: () => tape.read('usedBytes', () => store().usedBytes()),
    commit: (puts, done) => {
      tape.effect('commit', puts)
      const { call } = tape.callback({
        call: (error: string | undefined) =>
          done(error === undefined ? undefined : new Error(error)),
      })
      real?.store.commit(puts, (error) => call(error?.message))
    },
  }
}

export function tapedContext(tape: Tape, self: Ref, incarnation: number, real?: Context): Context {
  return new TapedContext(tape, self, incarnation, real)
}
