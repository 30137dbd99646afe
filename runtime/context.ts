// The one door between an actor and the world. Nothing here returns a promise: whatever takes time
// comes back as a callback that runs as an ordinary turn of the actor (and is dropped when the
// incarnation that asked for it is gone).

import type { Actor, Strategy } from './actor.ts'
import type { Failure } from './failure.ts'
import type { AskNames, Body, Reply, TellNames, Verbs, Vocabulary } from './messages.ts'
import type { Ref } from './ref.ts'
import type { Store } from './store.ts'
import type { CancelTask, Task, TaskOutcome } from './task.ts'
import type { Cause } from './trace/cause.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type TerminatedWhy = 'stopped' | 'failed' | 'unreachable'

export interface AskOutcome<Out> {
  /** Milliseconds from now after which `failed` is called with reason `expired`. */
  readonly within: number
  readonly ok: (reply: Out) => void
  readonly failed: (failure: Failure) => void
}

export interface Context {
  readonly self: Ref
  /** 0 at first start, +1 at every restart. */
  readonly incarnation: number
  /** Monotonic milliseconds (fractions possible). */
  now(): number
  /** Unix time in whole milliseconds; may step. */
  wallTime(): number
  /** A uniform integer in [0, below), from the host's seeded or real entropy. */
  random(below: number): number
  /** Never throws; an unreachable target or a full mailbox makes a dead letter. */
  tell<V extends Verbs, N extends TellNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
  ): void
  /**
   * Whether the message being handled came over the link of the host on which that actor is placed:
   * a fact of the link, whatever the message says of itself. An actor of this host is believed.
   */
  isFrom(vocabulary: Vocabulary, key: string): boolean
  /**
   * The host that sent the message being handled, or else the host of `sender`, sent what no honest
   * one sends: a piece of rubbish from it, and too many of them close its link for a while. Nothing
   * happens when that is this host.
   */
  blame(why: string, sender?: Ref): void
  /** Always ends: exactly one of `ok` and `failed` is called, unless this incarnation ends first. */
  ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
    outcome: AskOutcome<Reply<V, N>>,
  ): void
  /** Starts a child on this host. Throws if kind/key is already taken here. */
  spawn<V extends Verbs, P>(child: Actor<V, P>, key: string, props: P, strategy?: Strategy): Ref
  /** Calls back once when the target stops, fails for good, or its host is lost. */
  watch(target: Ref, terminated: (why: TerminatedWhy) => void): void
  /** Stops a child, or this actor when no target is given. Nothing restarts it. */
  stop(target?: Ref): void
  /** A named one-shot timer; the same name replaces it. Dies with the incarnation. */
  after(name: string, ms: number, run: () => void): void
  cancel(name: string): void
  /** Puts the current message aside (bounded); `unstash` returns all of them to the mailbox's head. */
  stash(): void
  unstash(): void
  readonly store: Store
  run<In, Out, Chunk = never>(
    task: Task<In, Out, Chunk>,
    input: In,
    outcome: TaskOutcome<Out, Chunk>,
  ): CancelTask
  /**
   * What the running code was caused by; it goes with every message that is sent, and callbacks
   * run under the cause under which they were started. Undefined: not traced.
   */
  readonly cause: Cause | undefined
  /** Runs `run` at once under another cause, as when work of several jobs is done in one turn. */
  causedBy(cause: Cause | undefined, run: () => void): void
  /**
   * A named long operation below the present cause, recorded when the result is called. Costs
   * nothing when nothing is traced.
   */
  span(name: string): () => void
  log(level: LogLevel, event: string, fields?: Record<string, unknown>): void
  /** A coverage mark: the simulator's sweep fails if a required mark is never reached. */
  reached(mark: string): void
  /**
   * False in production. In the simulator sometimes true, where a seed enables the mark: the place
   * for a rare but legal course (a small batch, an early time-out) that must not break anything.
   */
  buggify(mark: string): boolean
}
