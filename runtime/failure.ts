// How an ask or a task can end without a reply, and why a message became a dead letter.

import type { Ref } from './ref.ts'

export type FailureReason =
  | 'expired' // the deadline passed
  | 'rejected' // the target's mailbox, or the task queue, was full
  | 'no-such-actor'
  | 'undecodable' // body or reply did not match its schema, or the verb is unknown
  | 'failed' // the target failed while it handled the message
  | 'stopped' // the target stopped before it answered
  | 'node-down' // the link to the target's host went down

export interface Failure {
  readonly reason: FailureReason
  readonly target: Ref
  readonly verb: string
  /** Milliseconds since the ask or task was started. */
  readonly ageMs: number
  readonly detail: string
}

export interface DeadLetter {
  readonly reason: FailureReason | 'mailbox-full'
  readonly target: Ref
  readonly verb: string
  readonly detail: string
}

export function failureText(failure: Failure): string {
  const { target, verb, reason, ageMs, detail } = failure
  return `${target.kind}/${target.key}.${verb}: ${reason} after ${ageMs} ms${detail && `: ${detail}`}`
}
