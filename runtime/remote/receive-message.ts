// Messages and replies from another host: finds the target, decodes the body by its schema, and
// delivers. What cannot be delivered is refused, and its asker hears why.

import { MESSAGE_BYTES_MAX } from '../../config/limits.ts'
import { type Codec, codecOf, explained } from '../../lib/msgpack/codec.ts'
import type { Reader } from '../../lib/msgpack/reader.ts'
import type { Schema } from '../../lib/schema.ts'
import type { FailureReason } from '../failure.ts'
import type { Host } from '../host.ts'
import type { Lane } from '../ports.ts'
import { ref } from '../ref.ts'
import type { Cause } from '../trace/cause.ts'
import * as form from './frame.ts'
import type { Peer } from './peer.ts'
import type { Target } from './targets.ts'

/** Stands for a target whose number was never explained: its frame was lost. */
const UNKNOWN: Target = {
  id: -1,
  to: ref('unknown', ''),
  verb: '',
  version: 0,
  cell: undefined,
  codec: undefined,
}

interface Refusal {
  readonly reason: FailureReason
  readonly detail: string
}

export class ReceiveMessage {
  private readonly host: Host
  private readonly rubbish: (peer: Peer, detail: string) => void
  private frameEnd = 0

  constructor(host: Host, rubbish: (peer: Peer, detail: string) => void) {
    this.host = host
    this.rubbish = rubbish
  }

  /** Throws SchemaError when the frame itself is broken; a wrong body is refused alone. */
  receive(peer: Peer, reader: Reader, lane: Lane, tag: number): void {
    const id = reader.uint()
    const target =
      (tag & form.WITH_TARGET ? this.define(peer, reader, lane, id) : undefined) ??
      peer.in[lane].targets.find(id) ??
      UNKNOWN
    const askId = tag & form.WITH_ASK ? reader.uint() : undefined
    const leftMs = tag & form.WITH_DEADLINE ? reader.f64() : undefined
    const deadline = leftMs === undefined ? undefined : this.host.options.clock.now() + leftMs
    const cause = tag & form.WITH_CAUSE ? readCause(reader) : undefined
    const { to, verb } = target
    let refusal = this.unfit(peer, target)
    let body: unknown
    const start = this.open(reader)
    try {
      if (!refusal) body = readBody(reader, target.codec as Codec<unknown>)
    } catch (error) {
      const bytes = reader.bytes.subarray(start, reader.end)
      const schema = target.cell?.actor.messages.verbs[verb]?.body as Schema<unknown>
      const detail = explained(schema, bytes, 'body', error as Error).message
      refusal = { reason: 'undecodable', detail }
      this.rubbish(peer, detail)
    }
    this.close(reader)
    const message = { to, verb, body, askId, fromHost: peer.name, deadline, cause }
    if (refusal) this.host.refuse(message, refusal.reason, refusal.detail)
    else this.host.deliver(message)
  }

  /** Narrows the reader to the body that comes next. */
  private open(reader: Reader): number {
    const length = reader.u32()
    if (length > MESSAGE_BYTES_MAX) reader.fail(`a body of at most ${MESSAGE_BYTES_MAX} bytes`)
    const start = reader.skip(length)
    this.frameEnd = reader.end
    reader.end = reader.at
    reader.at = start
    return start
  }

  private close(reader: Reader): void {
    reader.at = reader.end
    reader.end = this.frameEnd
  }

  private define(peer: Peer, reader: Reader, lane: Lane, id: number): Target {
    const to = ref(reader.text(form.KIND_MAX), reader.text(form.TEXT_MAX))
    const verb = reader.text(form.TEXT_MAX)
    const version = reader.uint()
    const target = { id, to, verb, version, cell: undefined, codec: undefined }
    peer.in[lane].targets.define(target)
    peer.say((writer) => {
      writer.u8(form.DEFINED)
      writer.u8(form.LANES.indexOf(lane))
      writer.uint(id)
    })
    return target
  }

  /** Why the target cannot take a message; finds its actor and codec when it can. */
  private unfit(peer: Peer, target: Target): Refusal | undefined {
    if (target.cell && target.cell.state !== 'stopped') return undefined
    const { to, verb, version } = target
    if (target === UNKNOWN) return { reason: 'undecodable', detail: 'a target never named' }
    const cell = this.host.cellOf(to)
    const messages = cell ? cell.actor.messages : this.host.expected(to)
    if (!messages) return { reason: 'no-such-actor', detail: `not on ${this.host.name}` }
    if (messages.version !== version) {
      const detail = otherVersion(to.kind, version, messages.version)
      return { reason: 'undecodable', detail }
    }
    const known = Object.hasOwn(messages.verbs, verb) ? messages.verbs[verb] : undefined
    if (!known) return { reason: 'undecodable', detail: 'unknown verb' }
    if (this.host.options.admits?.(peer.name, to.kind, verb) === false) {
      this.rubbish(peer, `${to.kind}.${verb} is not for other nodes to send`)
      return { reason: 'rejected', detail: 'not taken from this host' }
    }
    target.cell = cell
    target.codec = codecOf(known.body)
    return undefined
  }

  receiveReply(peer: Peer, reader: Reader): void {
    const askId = reader.uint()
    const { asks } = this.host
    const schema = asks.replySchema(peer.name, askId)
    const start = this.open(reader)
    const bytes = reader.bytes.subarray(start, reader.end)
    let value: unknown
    let wrong: string | undefined
    try {
      if (schema) value = readBody(reader, codecOf(schema))
    } catch (error) {
      wrong = explained(schema as Schema<unknown>, bytes, 'reply', error as Error).message
    }
    this.close(reader)
    if (!schema) return
    if (wrong === undefined) asks.replied(peer.name, askId, value)
    else {
      asks.refused(peer.name, askId, 'undecodable', wrong)
      this.rubbish(peer, wrong)
    }
  }
}

export function otherVersion(kind: string, sender: number, receiver: number): string {
  return `${kind} is version ${sender} at the sender and ${receiver} at the receiver`
}

function readBody(reader: Reader, codec: Codec<unknown>): unknown {
  const body = codec.read(reader)
  reader.close()
  return body
}

function readCause(reader: Reader): Cause {
  return { trace: reader.digits(16), span: reader.digits(8), hop: reader.uint() }
}
