// What travels between actors. On one host an envelope is passed as it is; across a link it becomes
// an item of a frame, with its body encoded by its schema (remote/frame.ts).

import type { Ref } from './ref.ts'
import type { Cause } from './trace/cause.ts'

export interface MessageEnvelope {
  readonly to: Ref
  readonly verb: string
  readonly body: unknown
  /** Ask: where the reply goes. */
  readonly askId: number | undefined
  readonly fromHost: string
  /** Receiver's clock; undefined for tells. */
  readonly deadline: number | undefined
  /** Undefined: not traced. */
  readonly cause: Cause | undefined
  /** Host's clock in whole milliseconds, when it was put into the mailbox. */
  queuedAt?: number
}

/** All envelopes made alike, which is what makes handling them fast. */
export function envelope(
  to: Ref,
  verb: string,
  body: unknown,
  askId: number | undefined,
  fromHost: string,
  deadline: number | undefined,
  cause: Cause | undefined,
): MessageEnvelope {
  return { to, verb, body, askId, fromHost, deadline, cause, queuedAt: 0 }
}
