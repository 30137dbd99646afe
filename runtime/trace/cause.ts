// The cause of a message: the trace it belongs to and the step that sent it. Undefined means not
// traced, which costs nothing. Identifiers are those of W3C Trace Context, so that a trace can
// begin and go on outside.

import type { Entropy } from '../ports.ts'

export interface Cause {
  /** 32 lower-case hex digits, not all zero. */
  readonly trace: string
  /** 16 lower-case hex digits, not all zero: the sender's span. */
  readonly span: string
  /** How many messages of the trace came before, on the way to this one. */
  readonly hop: number
}

const TRACE = /^(?!0{32})[0-9a-f]{32}$/
const SPAN = /^(?!0{16})[0-9a-f]{16}$/

export function isTraceId(text: unknown): text is string {
  return typeof text === 'string' && TRACE.test(text)
}

export function isSpanId(text: unknown): text is string {
  return typeof text === 'string' && SPAN.test(text)
}

/** The last digit is the caller's: never zero, so that no identifier is all zero. */
function hex(entropy: Entropy, digits: number): string {
  let text = ''
  while (text.length < digits) {
    text += entropy
      .random(2 ** 32)
      .toString(16)
      .padStart(8, '0')
  }
  return text.slice(0, digits)
}

export function newSpanId(entropy: Entropy): string {
  return `${hex(entropy, 15)}1`
}

/** Begins a trace. */
export function newCause(entropy: Entropy): Cause {
  return { trace: `${hex(entropy, 31)}1`, span: newSpanId(entropy), hop: 0 }
}
