// What an author writes: a behaviour. State is what the handlers of `setup` close over; `setup`
// runs again at every restart. Handlers are synchronous; a missing handler is a compile error.

import type { Infer } from '../lib/schema.ts'
import type { Context } from './context.ts'
import type { AskVerb, TellVerb, Verbs, Vocabulary } from './messages.ts'

/** Closes the ask. Calling it twice, or after the deadline, is counted and ignored. */
export type ReplyTo<Out> = (value: Out) => void

type Handler<M> =
  M extends AskVerb<infer In, infer Out>
    ? (body: In, reply: ReplyTo<Out>) => void
    : M extends TellVerb<infer In>
      ? (body: In) => void
      : never

export type Handlers<V extends Verbs> = { [N in keyof V]: Handler<V[N]> } & {
  /** A small summary of the state for the inspector; must not change anything. */
  inspect?: () => unknown
  /** Runs before the actor stops for good (not at a restart). */
  stopping?: () => void
}

/**
 * OTP's words: temporary never restarts; permanent and transient restart after a failure. An actor
 * ends without a failure only by `ctx.stop`, which is for good whatever the kind.
 */
export type RestartKind = 'permanent' | 'transient' | 'temporary'

/** Which siblings restart with a failed child, as the parent decides when it spawns. */
export type Strategy = 'one-for-one' | 'one-for-all' | 'rest-for-one'

export interface MailboxPolicy {
  /** Messages per lane. */
  readonly capacity: number
  /** reject: the new message is a dead letter; drop-oldest: the oldest of its lane is. */
  readonly overflow: 'reject' | 'drop-oldest'
}

export interface Intensity {
  /** More failures of one child than this within the window stop it for good. */
  readonly failures: number
  readonly withinMs: number
}

export interface Actor<V extends Verbs, Props> {
  readonly messages: Vocabulary<V>
  readonly restart: RestartKind
  readonly mailbox: MailboxPolicy
  readonly intensity?: Intensity
  /** First delay after a failure; doubles up to `maxMs`, resets after a quiet intensity window. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number }
  readonly setup: (ctx: Context, props: Props) => Handlers<V>
}

export function actor<V extends Verbs, Props>(definition: Actor<V, Props>): Actor<V, Props> {
  return definition
}

export type BodyOf<V extends Verbs, N extends keyof V> = Infer<V[N]['body']>
