// The task port: stateless or long work that leaves the actor's thread (signature checks, model
// inference). In production a pool or a child process; in simulation a modelled delay.

import type { Failure } from './failure.ts'

export interface Task<In, Out, Chunk = never> {
  readonly name: string
  /** Phantom types; never read. */
  readonly types?: { in: In; out: Out; chunk: Chunk }
}

export function task<In, Out, Chunk = never>(name: string): Task<In, Out, Chunk> {
  return { name }
}

export interface TaskOutcome<Out, Chunk> {
  /** Milliseconds until the task is cancelled and `failed` is called with reason `expired`. */
  readonly within: number
  readonly chunk?: (chunk: Chunk) => void
  readonly ok: (out: Out) => void
  readonly failed: (failure: Failure) => void
}

/** Stops the task: no further callback is called. Safe to call at any time. */
export type CancelTask = () => void

/** What a host needs from whoever runs tasks. `within` is enforced by the host. */
export interface TaskRunner {
  start(
    name: string,
    input: unknown,
    on: {
      chunk(chunk: unknown): void
      ok(out: unknown): void
      failed(reason: 'rejected' | 'failed', detail: string): void
    },
  ): CancelTask
}
