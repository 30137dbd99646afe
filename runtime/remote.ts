// Links to other hosts: encodes what leaves, decodes strictly what arrives, batches one frame per
// link and turn, and turns a lost link into failed asks and `unreachable` watchers.

import { FRAME_MESSAGES_MAX, LINK_QUEUE_MESSAGES_MAX } from '../config/limits.ts'
import type { Cell } from './cell.ts'
import type { TerminatedWhy } from './context.ts'
import { type MessageEnvelope, packFrame, unpackFrame, type WireEnvelope } from './envelope.ts'
import type { FailureReason } from './failure.ts'
import type { Host } from './host.ts'
import type { AskVerb, Vocabulary } from './messages.ts'
import type { Link } from './ports.ts'
import { type Ref, ref, refText } from './ref.ts'
import { type Cause, isSpanId, isTraceId } from './trace/cause.ts'

const MESSAGE = 0
const REPLY = 1
const FAILURE = 2
const WATCH = 3
const TERMINATED = 4

const DETAIL_MAX = 512

const REASONS: readonly FailureReason[] = [
  'expired',
  'rejected',
  'no-such-actor',
  'undecodable',
  'failed',
  'stopped',
  'node-down',
]

interface Peer {
  readonly link: Link
  readonly outgoing: WireEnvelope[]
  flushing: boolean
}

interface RemoteWatch {
  readonly peer: string
  readonly target: string
  readonly terminated: (why: TerminatedWhy) => void
}

export class Remote {
  private readonly host: Host
  private readonly peers = new Map<string, Peer>()
  private readonly watches: RemoteWatch[] = []
  /** Actors here that other hosts watch. */
  private readonly watchedBy = new Map<string, Set<string>>()
  undecodable = 0

  constructor(host: Host) {
    this.host = host
  }

  attach(name: string, link: Link): void {
    const old = this.peers.get(name)
    if (old) {
      old.link.close()
      this.down(name)
    }
    const peer: Peer = { link, outgoing: [], flushing: false }
    this.peers.set(name, peer)
    link.onFrame((frame) => this.receive(name, frame))
    link.onDown(() => {
      if (this.peers.get(name) === peer) this.down(name)
    })
  }

  close(): void {
    for (const [name, peer] of [...this.peers]) {
      this.flush(peer)
      peer.link.close()
      this.down(name)
    }
  }

  private down(name: string): void {
    this.peers.delete(name)
    this.host.log('warn', undefined, 'link down', { peer: name })
    this.host.asks.failPeer(name)
    for (const watch of this.watches.filter((one) => one.peer === name)) {
      this.watches.splice(this.watches.indexOf(watch), 1)
      watch.terminated('unreachable')
    }
    for (const watchers of this.watchedBy.values()) watchers.delete(name)
  }

  private encodeBody(vocabulary: Vocabulary, message: MessageEnvelope): unknown {
    try {
      return vocabulary.verbs[message.verb]?.body.encode(message.body)
    } catch (error) {
      this.host.refuse(message, 'undecodable', (error as Error).message)
      return undefined
    }
  }

  private decodeBody(
    vocabulary: Vocabulary,
    message: MessageEnvelope,
    wire: unknown,
  ): MessageEnvelope | undefined {
    try {
      const body = vocabulary.verbs[message.verb]?.body.decode(wire)
      return { ...message, body }
    } catch (error) {
      this.host.refuse(message, 'undecodable', (error as Error).message)
      return undefined
    }
  }

  /** `writer`: the cell that waits when the link is full; undefined for the edge. */
  send(
    peerName: string,
    vocabulary: Vocabulary,
    message: MessageEnvelope,
    _writer: Cell | undefined,
  ): void {
    const peer = this.peers.get(peerName)
    if (!peer) {
      this.host.refuse(message, 'node-down', `no link to ${peerName}`)
      return
    }
    if (peer.outgoing.length >= LINK_QUEUE_MESSAGES_MAX) {
      this.host.refuse(message, 'rejected', `the link to ${peerName} is full`)
      return
    }
    const body = this.encodeBody(vocabulary, message)
    if (body === undefined) return
    const { to, verb, askId, deadline } = message
    const left =
      deadline === undefined ? null : Math.max(0, deadline - this.host.options.clock.now())
    this.push(peer, [
      MESSAGE,
      to.kind,
      to.key,
      verb,
      body,
      askId ?? null,
      left,
      wireCause(message.cause),
    ])
  }

  /** Throws SchemaError when the value is not what the verb promises. */
  sendReply(
    peerName: string,
    askId: number,
    vocabulary: Vocabulary,
    verb: string,
    value: unknown,
  ): void {
    const schema = (vocabulary.verbs[verb] as AskVerb<unknown, unknown>).reply
    const peer = this.peers.get(peerName)
    if (peer) this.push(peer, [REPLY, askId, schema.encode(value)])
  }

  sendFailure(peerName: string, askId: number, reason: FailureReason, detail: string): void {
    const peer = this.peers.get(peerName)
    if (peer)
      this.push(peer, [FAILURE, askId, REASONS.indexOf(reason), detail.slice(0, DETAIL_MAX)])
  }

  watch(peerName: string, target: Ref, terminated: (why: TerminatedWhy) => void): void {
    const peer = this.peers.get(peerName)
    if (!peer) {
      terminated('unreachable')
      return
    }
    this.watches.push({ peer: peerName, target: refText(target), terminated })
    this.push(peer, [WATCH, target.kind, target.key])
  }

  /** An actor of this host is gone: tell the hosts that watch it. */
  terminated(target: Ref, why: TerminatedWhy): void {
    const watchers = this.watchedBy.get(refText(target))
    if (!watchers) return
    this.watchedBy.delete(refText(target))
    for (const name of watchers) {
      const peer = this.peers.get(name)
      if (peer) this.push(peer, [TERMINATED, target.kind, target.key, why])
    }
  }

  private push(peer: Peer, wire: WireEnvelope): void {
    peer.outgoing.push(wire)
    if (peer.flushing) return
    peer.flushing = true
    this.host.options.scheduler(() => {
      peer.flushing = false
      this.flush(peer)
    })
  }

  private flush(peer: Peer): void {
    while (peer.outgoing.length > 0) {
      peer.link.send(packFrame(peer.outgoing.splice(0, FRAME_MESSAGES_MAX)), 'data')
    }
  }

  private receive(peer: string, frame: Uint8Array): void {
    const envelopes = unpackFrame(frame)
    if (!envelopes || envelopes.length > FRAME_MESSAGES_MAX) {
      this.bad(peer, 'a frame that is no list of messages')
      return
    }
    for (const wire of envelopes) this.receiveOne(peer, wire)
  }

  private bad(peer: string, detail: string): void {
    this.undecodable++
    const target = ref('host', this.host.name)
    this.host.deadLetter({ reason: 'undecodable', target, verb: '', detail: `${peer}: ${detail}` })
  }

  private receiveOne(peer: string, wire: WireEnvelope): void {
    const [form, a, b, c] = wire
    if (form === MESSAGE && wire.length === 8) this.receiveMessage(peer, wire)
    else if (form === REPLY && wire.length === 3 && Number.isSafeInteger(a)) {
      this.receiveReply(peer, a as number, b)
    } else if (form === FAILURE && wire.length === 4 && Number.isSafeInteger(a)) {
      const reason = typeof b === 'number' ? REASONS[b] : undefined
      const detail = typeof c === 'string' ? c.slice(0, DETAIL_MAX) : ''
      this.host.asks.refused(peer, a as number, reason ?? 'failed', detail)
    } else if (form === WATCH && typeof a === 'string' && typeof b === 'string') {
      this.receiveWatch(peer, ref(a, b))
    } else if (form === TERMINATED && typeof a === 'string' && typeof b === 'string') {
      this.receiveTerminated(peer, `${a}/${b}`, c === 'failed' ? 'failed' : 'stopped')
    } else this.bad(peer, 'an envelope of unknown form')
  }

  private receiveReply(peer: string, askId: number, wire: unknown): void {
    const { asks } = this.host
    const schema = asks.replySchema(peer, askId)
    if (!schema) return
    let value: unknown
    try {
      value = schema.decode(wire, 'reply')
    } catch (error) {
      asks.refused(peer, askId, 'undecodable', (error as Error).message)
      return
    }
    asks.replied(peer, askId, value)
  }

  private receiveMessage(peer: string, wire: WireEnvelope): void {
    const [, kind, key, verb, body, askId, left, tracing] = wire
    const texts = [kind, key, verb]
    const cause = readCause(tracing)
    const numbers = [askId ?? 0, left ?? 0]
    if (
      cause === null ||
      texts.some((text) => typeof text !== 'string' || text.length > 256) ||
      numbers.some((n) => typeof n !== 'number' || !(n >= 0))
    ) {
      this.bad(peer, 'a message with wrong fields')
      return
    }
    const message: MessageEnvelope = {
      to: ref(kind as string, key as string),
      verb: verb as string,
      body: undefined,
      askId: (askId as number | null) ?? undefined,
      fromHost: peer,
      deadline: left === null ? undefined : this.host.options.clock.now() + (left as number),
      cause,
    }
    const vocabulary = this.host.cellOf(message.to)?.actor.messages
    if (!vocabulary) this.host.refuse(message, 'no-such-actor', `not on ${this.host.name}`)
    else if (!vocabulary.verbs[message.verb]) {
      this.host.refuse(message, 'undecodable', 'unknown verb')
    } else this.host.deliver(this.decodeBody(vocabulary, message, body))
  }

  private receiveWatch(peer: string, target: Ref): void {
    const id = refText(target)
    if (this.host.cellOf(target)) {
      const watchers = this.watchedBy.get(id) ?? new Set()
      watchers.add(peer)
      this.watchedBy.set(id, watchers)
      return
    }
    const link = this.peers.get(peer)
    if (link) this.push(link, [TERMINATED, target.kind, target.key, 'stopped'])
  }

  private receiveTerminated(peer: string, target: string, why: TerminatedWhy): void {
    for (const watch of this.watches.filter((w) => w.peer === peer && w.target === target)) {
      this.watches.splice(this.watches.indexOf(watch), 1)
      watch.terminated(why)
    }
  }
}

function wireCause(cause: Cause | undefined): unknown {
  return cause ? [cause.trace, cause.span, cause.hop] : null
}

/** Null when it is rubbish, undefined when the message is not traced. */
function readCause(wire: unknown): Cause | undefined | null {
  if (wire === null) return undefined
  if (!Array.isArray(wire) || wire.length !== 3) return null
  const [trace, span, hop] = wire
  const fits = isTraceId(trace) && isSpanId(span) && Number.isSafeInteger(hop) && hop >= 0
  return fits ? { trace, span, hop } : null
}
