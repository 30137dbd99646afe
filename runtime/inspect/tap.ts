// The trace of one actor's messages, as an inspector sees them go by. It ends by itself, after a
// number of messages or a time, so that nobody can forget it.

import { TAP_BODY_CHARS_MAX, TAP_MESSAGES_MAX, TAP_MS_MAX } from '../../config/limits.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Cell } from '../cell.ts'
import type { MessageEnvelope } from '../envelope.ts'
import type { Host } from '../host.ts'

export interface TappedMessage {
  /** Unix milliseconds. */
  readonly at: number
  readonly verb: string
  /** The host it came from. */
  readonly from: string
  readonly lane: string
  readonly waitMs: number
  readonly handleMs: number
  readonly trace: string | undefined
  /** Shortened text of the body. */
  readonly body: string
}

export interface TapLimits {
  readonly max: number
  readonly ms: number
}

export type TapEnd = 'count' | 'time' | 'gone'

export interface MessageTap {
  handled(message: MessageEnvelope, startedAt: number, tookMs: number): void
  /** The actor stopped for good. */
  gone(): void
}

/** One tap an actor: a newer one ends the older. The result ends it early. */
export function startTap(
  host: Host,
  cell: Cell,
  limits: TapLimits,
  onMessage: (message: TappedMessage) => void,
  onEnd: (why: TapEnd) => void,
): () => void {
  const { clock } = host.options
  let left = Math.min(limits.max, TAP_MESSAGES_MAX)
  cell.tap?.gone()
  const end = (why: TapEnd) => {
    if (cell.tap !== tap) return
    cell.tap = undefined
    stopTimer()
    onEnd(why)
  }
  const tap: MessageTap = {
    handled(message, startedAt, tookMs) {
      onMessage({
        at: clock.wallTime(),
        verb: message.verb,
        from: message.fromHost,
        lane: cell.verbs.get(message.verb)?.lane ?? 'data',
        waitMs: Math.max(0, startedAt - (message.queuedAt ?? startedAt)),
        handleMs: tookMs,
        trace: message.cause?.trace,
        body: bodyText(message.body),
      })
      if (--left <= 0) end('count')
    },
    gone: () => end('gone'),
  }
  cell.tap = tap
  const stopTimer = clock.after(Math.min(limits.ms, TAP_MS_MAX), () => end('time'))
  if (left <= 0) end('count')
  return () => end('time')
}

function bodyText(body: unknown): string {
  const seen = (_: string, value: unknown) => {
    if (typeof value === 'bigint') return `${value}`
    if (value instanceof Uint8Array) {
      const head = bytesToHex(value.subarray(0, 32))
      return value.length > 32 ? `${head}… (${value.length} bytes)` : head
    }
    if (Array.isArray(value) && value.length > 16) {
      return [...value.slice(0, 16), `… ${value.length} in all`]
    }
    return value
  }
  const text = JSON.stringify(body, seen) ?? ''
  return text.length > TAP_BODY_CHARS_MAX ? `${text.slice(0, TAP_BODY_CHARS_MAX - 1)}…` : text
}
