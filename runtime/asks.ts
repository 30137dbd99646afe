// Asks in flight on one host. Every ask ends exactly once: a reply, or a failure that names target,
// verb, age and cause. The deadline travels in the envelope, and the receiver drops what is late.

import type { Schema } from '../lib/schema.ts'
import type { Cell } from './cell.ts'
import { Deadlines, type Due } from './deadlines.ts'
import { envelope, type MessageEnvelope } from './envelope.ts'
import type { Failure, FailureReason } from './failure.ts'
import type { Host } from './host.ts'
import type { AskVerb, Vocabulary } from './messages.ts'
import { recode } from './recode.ts'
import type { Route } from './routes.ts'
import type { Cause } from './trace/cause.ts'

export interface Outcome {
  /** Milliseconds until the ask fails as expired. */
  readonly within: number
  readonly ok: (reply: never) => void
  readonly failed: (failure: Failure) => void
}

interface PendingAsk extends Due {
  readonly id: number
  readonly route: Route
  readonly verb: string
  readonly startedAt: number
  readonly vocabulary: Vocabulary
  readonly outcome: Outcome
  readonly cause: Cause | undefined
  /** Who asks; undefined for the edge. */
  readonly cell: Cell | undefined
  readonly incarnation: number
}

export class Asks {
  private readonly host: Host
  private readonly pending = new Map<number, PendingAsk>()
  private readonly deadlines: Deadlines<PendingAsk>
  private nextId = 1
  /** Replies that came after their ask had ended, or twice. */
  lateReplies = 0

  constructor(host: Host) {
    this.host = host
    const expire = (ask: PendingAsk) =>
      this.fail(ask.id, 'expired', `no reply within ${ask.outcome.within} ms`)
    this.deadlines = new Deadlines(host.options.clock, expire)
  }

  /** How many wait for their reply. */
  get open(): number {
    return this.pending.size
  }

  start(
    vocabulary: Vocabulary,
    route: Route,
    verb: string,
    body: unknown,
    outcome: Outcome,
    cause: Cause | undefined,
    writer: Cell | undefined,
  ): void {
    const id = this.nextId++
    const startedAt = this.host.options.clock.now()
    const deadline = startedAt + outcome.within
    const ask: PendingAsk = {
      id,
      route,
      verb,
      startedAt,
      vocabulary,
      outcome,
      cause,
      cell: writer,
      incarnation: writer === undefined ? 0 : writer.incarnation,
      deadline,
      list: undefined,
      before: undefined,
      after: undefined,
    }
    this.pending.set(id, ask)
    this.deadlines.add(ask, outcome.within)
    const message = envelope(route.to, verb, body, id, this.host.name, deadline, cause)
    this.host.send(vocabulary, route, message, writer)
  }

  private take(id: number): PendingAsk | undefined {
    const ask = this.pending.get(id)
    if (ask === undefined) return undefined
    this.pending.delete(id)
    this.deadlines.remove(ask)
    return ask
  }

  succeed(id: number, reply: unknown): void {
    const ask = this.take(id)
    if (ask === undefined) this.late()
    else if (ask.cell === undefined) ask.outcome.ok(reply as never)
    else if (!this.host.turn(ask.cell, ask.incarnation, ask.outcome.ok, reply, ask.cause)) {
      this.late()
    }
  }

  private late(): void {
    this.lateReplies++
    this.host.counters.lateReply()
  }

  /**
   * How to decode a reply that comes over a link; undefined, and counted, when it comes too late or
   * from a host that was not asked.
   */
  replySchema(peer: string, id: number): Schema<unknown> | undefined {
    const ask = this.pending.get(id)
    if (ask?.route.host === peer) return replySchemaOf(ask.vocabulary, ask.verb)
    this.late()
    return undefined
  }

  /** A decoded reply that came over a link: only the host that was asked may answer. */
  replied(peer: string, id: number, value: unknown): void {
    if (this.pending.get(id)?.route.host === peer) this.succeed(id, value)
    else this.late()
  }

  /** A failure that came over a link. */
  refused(peer: string, id: number, reason: FailureReason, detail: string): void {
    if (this.pending.get(id)?.route.host === peer) this.fail(id, reason, detail)
  }

  /** In strict mode also a reply on one host is encoded and decoded. */
  private succeedRecoded(id: number, schema: Schema<unknown>, value: unknown): void {
    if (!this.pending.has(id)) {
      this.late()
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
    if (ask === undefined) return
    const ageMs = Math.round(this.host.options.clock.now() - ask.startedAt)
    const failure = { reason, target: ask.route.to, verb: ask.verb, ageMs, detail }
    const { failed } = ask.outcome
    if (ask.cell === undefined) failed(failure)
    else this.host.turn(ask.cell, ask.incarnation, failed, failure, ask.cause)
  }

  /** The link to a host went down: every ask on it ends at once. */
  failPeer(peer: string): void {
    for (const [id, ask] of [...this.pending]) {
      if (ask.route.host === peer) this.fail(id, 'node-down', `the link to ${peer} is down`)
    }
  }

  /** The host stops: nobody waits any longer. */
  stop(): void {
    for (const id of [...this.pending.keys()]) this.fail(id, 'stopped', 'the host stopped')
    this.deadlines.stop()
  }

  replyTo(message: MessageEnvelope, cell: Cell): (value: unknown) => void {
    const { host } = this
    const id = message.askId as number
    const { deadline } = message
    let open = true
    return (value) => {
      if (!open || (deadline !== undefined && host.options.clock.now() > deadline)) {
        this.late()
        return
      }
      open = false
      const { messages } = cell.actor
      if (message.fromHost !== host.name) {
        host.remote.sendReply(message.fromHost, id, messages, message.verb, value)
      } else if (host.options.strict !== true) this.succeed(id, value)
      else this.succeedRecoded(id, replySchemaOf(messages, message.verb), value)
    }
  }
}

function replySchemaOf(vocabulary: Vocabulary, verb: string): Schema<unknown> {
  return (vocabulary.verbs[verb] as AskVerb<unknown, unknown>).reply
}
