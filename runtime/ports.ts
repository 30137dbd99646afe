// The ports a host stands on. Production gives real ones; the simulator gives virtual ones, and the
// very same actors cannot tell the difference.

import type { LogLevel } from './context.ts'
import type { Lane } from './messages.ts'
import type { Ref } from './ref.ts'

export type { Lane } from './messages.ts'

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

/** Frames between two hosts: per lane in order, each at most once, until it goes down for good. */
export interface Link {
  /**
   * False: not taken, because the link is down, or full for now (then `onDrain` will be called).
   * A link that holds nothing takes any frame up to FRAME_BYTES_MAX. What is taken is copied: the
   * sender may use its buffer again at once.
   */
  send(frame: Uint8Array, lane: Lane): boolean
  /** The bytes are valid until `receive` returns: a receiver copies what it keeps. */
  onFrame(receive: (frame: Uint8Array, lane: Lane) => void): void
  /** After `send` was refused for want of room: there is room again. */
  onDrain(drained: () => void): void
  /** Once, at both ends, also at the one that closed. */
  onDown(down: (why: string) => void): void
  close(why?: string): void
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
