// Spans of one host: what was done because of a traced message, when, and for how long. The newest
// are kept in a ring; what is not traced costs nothing.

import { SPANS_KEPT } from '../../config/limits.ts'
import type { Clock, Entropy } from '../ports.ts'
import { type Cause, newSpanId } from './cause.ts'

export interface Span {
  readonly trace: string
  readonly span: string
  readonly parent: string
  readonly name: string
  /** `kind/key`. */
  readonly actor: string
  readonly host: string
  /** Unix milliseconds, with fractions. */
  readonly startMs: number
  readonly ms: number
}

/** Wall time and monotonic time are compared again when they differ by more: the clock was set. */
const STEP_MS = 50

export class Tracer {
  private readonly host: string
  private readonly clock: Clock
  private readonly entropy: Entropy
  private readonly ring: Span[] = []
  private next = 0
  private wallOffset = Number.NaN
  private prefix = ''
  private issued = 0

  constructor(host: string, clock: Clock, entropy: Entropy) {
    this.host = host
    this.clock = clock
    this.entropy = entropy
  }

  /** A new step of the trace: what is sent in it names it as its sender. */
  enter(cause: Cause): Cause {
    return { trace: cause.trace, span: this.spanId(), hop: cause.hop + 1 }
  }

  /** Starts a span below `cause`; the result ends and records it, once. */
  begin(cause: Cause, name: string, actor: string): () => void {
    const started = this.clock.now()
    const span = this.spanId()
    let open = true
    return () => {
      if (open) this.record(cause, span, name, actor, started)
      open = false
    }
  }

  /** `started` on the host's clock; the span ends now. */
  record(parent: Cause, span: string, name: string, actor: string, started: number): void {
    const now = this.clock.now()
    const { trace } = parent
    const startMs = this.wallTimeOf(started, now)
    const one = { trace, parent: parent.span, span, name, actor, host: this.host, startMs }
    this.ring[this.next] = { ...one, ms: now - started }
    this.next = (this.next + 1) % SPANS_KEPT
  }

  /** In the order of their ends; of one trace, or all that are kept. */
  spans(trace?: string): Span[] {
    const { ring, next } = this
    const all = ring.length < SPANS_KEPT ? ring : [...ring.slice(next), ...ring.slice(0, next)]
    return trace === undefined ? [...all] : all.filter((one) => one.trace === trace)
  }

  /** Random once a host, then counted: unique without asking for entropy at every message. */
  private spanId(): string {
    if (this.issued % 2 ** 24 === 0) this.prefix = newSpanId(this.entropy).slice(0, 9)
    this.issued++
    return `${this.prefix}1${(this.issued % 2 ** 24).toString(16).padStart(6, '0')}`
  }

  private wallTimeOf(at: number, now: number): number {
    const wall = this.clock.wallTime()
    const drift = Math.abs(now + this.wallOffset - wall)
    if (!(drift < STEP_MS)) this.wallOffset = wall - now
    return at + this.wallOffset
  }
}
