// The ports a host stands on. Production gives real ones; the simulator gives virtual ones, and the
// very same actors cannot tell the difference.

import type { LogLevel } from './context.ts'
import type { Ref } from './ref.ts'

export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** Unix milliseconds. */
  wallTime(): number
  /** Runs once, later; the result cancels it. */
  after(ms: number, run: () => void): () => void
}

export interface Entropy {
  /** A uniform integer in [0, below). */
  random(below: number): number
}

/** Frames between two hosts: in order, each at most once, until the link goes down for good. */
export interface Link {
  /** False when the link is down or full; the frame was not taken. */
  send(frame: Uint8Array): boolean
  onFrame(receive: (frame: Uint8Array) => void): void
  onDown(down: () => void): void
  close(): void
}

/** Runs `turn` soon, never at once. */
export type Scheduler = (turn: () => void) => void

export interface LogLine {
  readonly level: LogLevel
  readonly host: string
  readonly actor: Ref | undefined
  readonly event: string
  readonly fields: Record<string, unknown> | undefined
}
