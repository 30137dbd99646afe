// Asks in flight on one host. Every ask ends exactly once: a reply, or a failure that names target,
// verb, age and cause. The deadline travels in the envelope, and the receiver drops what is late.

import type { Schema } from '../lib/schema.ts'
import type { Cell } from './cell.ts'
import type { MessageEnvelope } from './envelope.ts'
import type { Failure, FailureReason } from './failure.ts'
import type { Host } from './host.ts'
import type { AskVerb, Vocabulary } from './messages.ts'
import { recode } from './recode.ts'
import type { Ref } from './ref.ts'
import type { Cause } from './trace/cause.ts'

interface PendingAsk {
  readonly target: Ref
  readonly verb: string
  readonly startedAt: number
  readonly peer: string
  readonly vocabulary: Vocabulary
  readonly cancelTimer: () => void
  readonly ok: (reply: unknown) => void
  readonly failed: (failure: Failure) => void
}

export class Asks {
  private readonly host: Host
  private readonly pending = new Map<number, PendingAsk>()
  private nextId = 1
  /** Replies that came after their ask had ended, or twice. */
  lateReplies = 0

  constructor(host: Host) {
    this.host = host
  }

  /** Returns a function that forgets the ask without calling anybody. */
  start(
    vocabulary: Vocabulary,
    to: Ref,
    verb: string,
    body: unknown,
    outcome: { within: number; ok: (reply: unknown) => void; failed: (f: Failure) => void },
    cause: Cause | undefined,
    writer?: Cell,
  ): () => void {
    const { clock, place } = this.host.options
    const id = this.nextId++
    const startedAt = clock.now()
    const expire = () => this.fail(id, 'expired', `no reply within ${outcome.within} ms`)
    this.pending.set(id, {
      target: to,
      verb,
      startedAt,
      peer: place(to.kind, to.key),
      vocabulary,
      cancelTimer: clock.after(outcome.within, expire),
      ok: outcome.ok,
      failed: outcome.failed,
    })
    const message = {
      to,
      verb,
      body,
      askId: id,
      fromHost: this.host.name,
      deadline: startedAt + outcome.within,
      cause,
    }
    this.host.route(vocabulary, message, writer)
    return () => this.take(id)
  }

  private take(id: number): PendingAsk | undefined {
    const ask = this.pending.get(id)
    if (!ask) return undefined
    this.pending.delete(id)
    ask.cancelTimer()
    return ask
  }

  succeed(id: number, reply: unknown): void {
    const ask = this.take(id)
    if (ask) ask.ok(reply)
    else this.lateReplies++
  }

  /**
   * How to decode a reply that comes over a link; undefined, and counted, when it comes too late or
   * from a host that was not asked.
   */
  replySchema(peer: string, id: number): Schema<unknown> | undefined {
    const ask = this.pending.get(id)
    if (ask?.peer === peer) return replySchemaOf(ask.vocabulary, ask.verb)
    this.lateReplies++
    return undefined
  }

  /** A decoded reply that came over a link: only the host that was asked may answer. */
  replied(peer: string, id: number, value: unknown): void {
    if (this.pending.get(id)?.peer === peer) this.succeed(id, value)
    else this.lateReplies++
  }

  /** A failure that came over a link. */
  refused(peer: string, id: number, reason: FailureReason, detail: string): void {
    if (this.pending.get(id)?.peer === peer) this.fail(id, reason, detail)
  }

  /** In strict mode also a reply on one host is encoded and decoded. */
  private succeedRecoded(id: number, schema: Schema<unknown>, value: unknown): void {
    if (!this.pending.has(id)) {
      this.lateReplies++
      return
    }
    try {
      this.succeed(id, recode(schema, value, 'reply'))
    } catch (error) {
      this.fail(id, 'undecodable', (error as Error).message)
    }
  }

  fail(id: number, reason: FailureReason, detail: string): void {
    const ask = this.take(id)
    if (!ask) return
    const ageMs = Math.round(this.host.options.clock.now() - ask.startedAt)
    ask.failed({ reason, target: ask.target, verb: ask.verb, ageMs, detail })
  }

  /** The link to a host went down: every ask on it ends at once. */
  failPeer(peer: string): void {
    for (const [id, ask] of [...this.pending]) {
      if (ask.peer === peer) this.fail(id, 'node-down', `the link to ${peer} is down`)
    }
  }

  /** The host stops: nobody waits any longer. */
  stop(): void {
    for (const id of [...this.pending.keys()]) this.fail(id, 'stopped', 'the host stopped')
  }

  replyTo(message: MessageEnvelope, cell: Cell): (value: unknown) => void {
    const id = message.askId as number
    let open = true
    return (value) => {
      const { clock } = this.host.options
      if (!open || (message.deadline !== undefined && clock.now() > message.deadline)) {
        this.lateReplies++
        return
      }
      open = false
      const { messages } = cell.actor
      if (message.fromHost !== this.host.name) {
        this.host.remote.sendReply(message.fromHost, id, messages, message.verb, value)
      } else if (!this.host.options.strict) this.succeed(id, value)
      else this.succeedRecoded(id, replySchemaOf(messages, message.verb), value)
    }
  }
}

function replySchemaOf(vocabulary: Vocabulary, verb: string): Schema<unknown> {
  return (vocabulary.verbs[verb] as AskVerb<unknown, unknown>).reply
}
