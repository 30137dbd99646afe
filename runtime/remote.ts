// Links to other hosts: sends what is placed there, and turns a lost link into failed asks,
// `unreachable` watchers and dead letters. The protocol of one link is in remote/peer.ts.

import { MESSAGE_BYTES_MAX } from '../config/limits.ts'
import { codecOf } from '../lib/msgpack/codec.ts'
import type { Writer } from '../lib/msgpack/writer.ts'
import type { Cell } from './cell.ts'
import type { TerminatedWhy } from './context.ts'
import type { MessageEnvelope } from './envelope.ts'
import type { FailureReason } from './failure.ts'
import type { Host } from './host.ts'
import type { AskVerb, Vocabulary } from './messages.ts'
import { LINK } from './metrics/counters-layout.ts'
import { count } from './metrics/host-counters.ts'
import type { Clock, Link } from './ports.ts'
import { type Ref, ref } from './ref.ts'
import { Conduct } from './remote/conduct.ts'
import * as form from './remote/frame.ts'
import { Peer, type PeerOptions } from './remote/peer.ts'
import type { PeerView } from './remote/peer-view.ts'
import { FrameReceiver } from './remote/receive-frame.ts'
import { otherVersion } from './remote/receive-message.ts'
import type { Route } from './remote/targets.ts'

export class Remote {
  private readonly host: Host
  private readonly links = new Map<string, Peer>()
  private readonly conduct = new Conduct()
  private readonly receiver: FrameReceiver
  private nonce: number | undefined
  /** Pieces of rubbish received. */
  undecodable = 0

  constructor(host: Host) {
    this.host = host
    this.receiver = new FrameReceiver(host, (peer, detail) => this.rubbish(peer, detail))
  }

  /** A link to a host; it takes the place of an older one. A peer in quarantine is refused. */
  attach(name: string, link: Link, options: PeerOptions = {}): void {
    const { clock, entropy } = this.host.options
    const refusedMs = Math.ceil(this.conduct.quarantinedMs(name, clock.now()))
    if (refusedMs > 0) {
      this.host.log('warn', undefined, 'link refused', { peer: name, quarantinedMs: refusedMs })
      link.close(`${name} is in quarantine for ${refusedMs} ms more`)
      return
    }
    this.links.get(name)?.down('a new link takes its place')
    this.nonce ??= entropy.random(2 ** 32)
    const peer = new Peer(this.host, name, link, this.nonce, options, {
      receive: (from, frame, lane) => this.receiver.receive(from, frame, lane),
      down: (from, why) => this.down(from, why),
    })
    if (!peer.closed) this.links.set(name, peer)
  }

  close(): void {
    for (const peer of [...this.links.values()]) {
      peer.flush()
      peer.down('the host stops')
    }
  }

  peers(): PeerView[] {
    return [...this.links.values()].map((peer) => peer.view(this.conduct.count(peer.name)))
  }

  private down(peer: Peer, why: string): void {
    const { host } = this
    if (this.links.get(peer.name) === peer) this.links.delete(peer.name)
    host.log('warn', undefined, 'link down', { peer: peer.name, why })
    host.asks.failPeer(peer.name)
    for (const lane of form.LANES) {
      const { unsent, inDoubt } = peer.out[lane].lost()
      for (const route of unsent) this.lost(route, `not sent to ${peer.name}: ${why}`)
      for (const route of inDoubt) this.lost(route, `may not have reached ${peer.name}: ${why}`)
    }
    peer.watches.unreachable()
  }

  private lost(route: Route | undefined, detail: string): void {
    if (!route) return
    const { to, verb } = route
    this.host.deadLetter({ reason: 'node-down', target: to, verb, detail })
  }

  /** An actor complains of what a host sent; one that is not linked has gone already. */
  blame(name: string, why: string): void {
    const peer = this.links.get(name)
    if (peer) this.rubbish(peer, why)
  }

  private rubbish(peer: Peer, what: string): void {
    const { host } = this
    this.undecodable++
    const detail = `${peer.name}: ${what}`
    host.deadLetter({ reason: 'undecodable', target: ref('host', host.name), verb: '', detail })
    const row = host.counters.link(peer.name)
    count(row, LINK.rubbish, 1)
    if (this.conduct.rubbish(peer.name, host.options.clock.now())) {
      count(row, LINK.quarantines, 1)
      host.log('error', undefined, 'peer quarantined', { peer: peer.name, last: what })
      peer.down('sends rubbish')
    }
  }

  /**
   * Never throws. `writer` is the cell that waits when the link has no more room; the edge has none
   * and is refused.
   */
  send(name: string, vocabulary: Vocabulary, message: MessageEnvelope, writer?: Cell): void {
    const peer = this.links.get(name)
    if (!peer) {
      this.host.refuse(message, 'node-down', `no link to ${name}`)
      return
    }
    const lane = vocabulary.verbs[message.verb]?.lane ?? 'data'
    const out = peer.out[lane]
    if (out.full || (!writer && out.starved)) {
      this.host.refuse(message, 'rejected', `the link to ${name} is full`)
      return
    }
    const route = out.targets.find(vocabulary, message.to, message.verb)
    if (route.otherVersion !== undefined) {
      const { kind, version } = vocabulary
      this.host.refuse(message, 'undecodable', otherVersion(kind, version, route.otherVersion))
      return
    }
    const start = out.writer.at
    try {
      writeMessage(out.writer, message, route, this.host.options.clock)
    } catch (error) {
      out.rollback(start)
      this.host.refuse(message, 'undecodable', (error as Error).message)
      return
    }
    out.commit(start, message.askId === undefined ? route : undefined)
    peer.parkIfStarved(lane, writer)
    peer.flushSoon()
  }

  sendReply(
    name: string,
    askId: number,
    vocabulary: Vocabulary,
    verb: string,
    value: unknown,
  ): void {
    const peer = this.links.get(name)
    if (!peer) return
    const { reply, lane } = vocabulary.verbs[verb] as AskVerb<unknown, unknown>
    const out = peer.out[lane]
    const start = out.writer.at
    try {
      if (out.full) throw new Error(`the link to ${name} is full`)
      out.writer.u8(form.REPLY)
      out.writer.uint(askId)
      writeBody(out.writer, () => codecOf(reply).write(out.writer, value))
    } catch (error) {
      out.rollback(start)
      const detail = `reply: ${(error as Error).message}`
      const target = ref(vocabulary.kind, '')
      this.host.deadLetter({ reason: 'undecodable', target, verb, detail })
      this.sendFailure(name, askId, 'undecodable', detail)
      return
    }
    out.commit(start, undefined)
    peer.flushSoon()
  }

  sendFailure(name: string, askId: number, reason: FailureReason, detail: string): void {
    const peer = this.links.get(name)
    if (!peer || peer.out.control.full) return
    const { writer } = peer.out.control
    const start = writer.at
    writer.u8(form.FAILURE)
    writer.uint(askId)
    writer.u8(form.REASONS.indexOf(reason))
    writer.text(detail.slice(0, form.DETAIL_MAX), form.DETAIL_MAX)
    peer.out.control.commit(start, undefined)
    peer.flushSoon()
  }

  watch(name: string, target: Ref, terminated: (why: TerminatedWhy) => void): void {
    const peer = this.links.get(name)
    if (!peer) terminated('unreachable')
    else if (target.kind.length > form.KIND_MAX || target.key.length > form.TEXT_MAX) {
      terminated('stopped')
    } else {
      peer.watches.add(target, terminated)
      peer.sayWatches()
    }
  }

  /** An actor of this host is gone: tell the hosts that watch it. */
  terminated(target: Ref, why: TerminatedWhy): void {
    for (const peer of this.links.values()) {
      if (peer.watches.endOf(target, why)) peer.sayWatches()
    }
  }
}

/** Throws when the body is not what the schema says; the caller rolls back. */
function writeMessage(writer: Writer, message: MessageEnvelope, route: Route, clock: Clock): void {
  const { askId, deadline, cause } = message
  writer.u8(
    form.MESSAGE |
      (askId === undefined ? 0 : form.WITH_ASK) |
      (deadline === undefined ? 0 : form.WITH_DEADLINE) |
      (cause === undefined ? 0 : form.WITH_CAUSE) |
      (route.known ? 0 : form.WITH_TARGET),
  )
  writer.uint(route.id)
  if (!route.known) {
    writer.text(route.to.kind, form.KIND_MAX)
    writer.text(route.to.key, form.TEXT_MAX)
    writer.text(route.verb, form.TEXT_MAX)
    writer.uint(route.vocabulary.version)
  }
  if (askId !== undefined) writer.uint(askId)
  if (deadline !== undefined) writer.f64(Math.max(0, Math.min(deadline - clock.now(), 2 ** 52)))
  if (cause) {
    writer.digits(cause.trace, 0)
    writer.digits(cause.span, 0)
    writer.uint(cause.hop)
  }
  writeBody(writer, () => route.codec.write(writer, message.body))
}

/** A body is preceded by its length, so that a wrong one can be passed over. */
function writeBody(writer: Writer, write: () => void): void {
  writer.ensure(4)
  const start = writer.at
  writer.at += 4
  write()
  const length = writer.at - start - 4
  if (length > MESSAGE_BYTES_MAX) throw new Error(`a body of ${length} bytes is too large`)
  writer.view.setUint32(start, length)
}
