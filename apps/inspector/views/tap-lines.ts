// A trace of one actor as lines: what it waits for, what it caught, and why it stopped.

import { INSPECTOR_TAP_MESSAGES, INSPECTOR_TAP_MS } from '../../../config/limits.ts'
import type { TappedMessage } from '../../../runtime/inspect/tap.ts'
import type { Tap } from '../state/model.ts'
import { age, clock, millis } from './figures.ts'

const ENDS = {
  count: `stopped by itself after ${INSPECTOR_TAP_MESSAGES} messages`,
  time: `stopped by itself after ${INSPECTOR_TAP_MS / 1000} s`,
  gone: 'stopped: the actor is gone',
} as const

/** At most `lines` of them; the newest messages win. */
export function tapLines(tap: Tap, now: number, lines: number): string[] {
  if (tap.failure !== undefined) return [`Trace failed: ${tap.failure}`]
  if (!tap.reply) {
    const left = Math.max(0, tap.startedAt + INSPECTOR_TAP_MS - now)
    return [`Trace: listening, ${age(left)} or ${INSPECTOR_TAP_MESSAGES} messages left (Esc ends)`]
  }
  const { messages, ended } = tap.reply
  const noun = messages.length === 1 ? 'message' : 'messages'
  const head = `Trace: ${messages.length} ${noun}, ${ENDS[ended]}`
  return [head, ...messages.slice(-Math.max(0, lines - 1)).map(messageLine)]
}

function messageLine(message: TappedMessage): string {
  const times = `wait ${millis(message.waitMs)} ms, took ${millis(message.handleMs)} ms`
  const trace = message.trace ? ` trace ${message.trace.slice(0, 8)}` : ''
  return `${clock(message.at)} ${message.verb} < ${message.from} ${times}${trace} ${message.body}`
}
