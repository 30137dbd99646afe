// Reads what arrives from another host, strictly and item by item. Whatever is wrong is counted; it
// never throws and never reaches an actor.

import { Reader } from '../../lib/msgpack/reader.ts'
import type { Host } from '../host.ts'
import type { Lane } from '../ports.ts'
import { type Ref, ref, refText } from '../ref.ts'
import * as form from './frame.ts'
import { readHello } from './hello.ts'
import type { Peer } from './peer.ts'
import { ReceiveMessage } from './receive-message.ts'

export class FrameReceiver {
  private readonly host: Host
  private readonly rubbish: (peer: Peer, detail: string) => void
  private readonly messages: ReceiveMessage
  private readonly reader = new Reader()

  /** `rubbish` is called with what was wrong. */
  constructor(host: Host, rubbish: (peer: Peer, detail: string) => void) {
    this.host = host
    this.rubbish = rubbish
    this.messages = new ReceiveMessage(host, rubbish)
  }

  receive(peer: Peer, frame: Uint8Array, lane: Lane): void {
    try {
      if (frame[0] === form.HELLO) this.hello(peer, frame)
      else this.frame(peer, frame, lane)
    } catch (error) {
      this.rubbish(peer, (error as Error).message)
    }
  }

  private hello(peer: Peer, frame: Uint8Array): void {
    const hello = readHello(frame)
    if ('otherVersion' in hello) {
      const { otherVersion } = hello
      peer.down(`protocol version ${otherVersion} there, ${form.PROTOCOL_VERSION} here`)
    } else if (hello.host !== peer.name) {
      peer.down(`a host ${hello.host} answers in place of ${peer.name}`)
    } else if (peer.hello && peer.hello.nonce !== hello.nonce) {
      peer.down(`${peer.name} has started anew`)
    } else {
      peer.heard()
      peer.greetedBy(hello)
    }
  }

  private frame(peer: Peer, frame: Uint8Array, lane: Lane): void {
    const reader = this.reader.open(frame)
    const head = form.readHead(reader)
    const inbox = peer.in[lane]
    // Before its greeting nobody knows whose life a frame belongs to.
    const acceptance = peer.hello ? inbox.accept(head) : 'late'
    if (acceptance === 'rubbish') reader.fail('totals that fit')
    if (acceptance === 'late') {
      peer.dropped++
      return
    }
    peer.heard()
    peer.confirm()
    if (reader.at === reader.end) inbox.creditDue = true
    let counted = 0
    try {
      while (reader.at < reader.end && !peer.closed) counted += this.item(peer, reader, lane)
    } finally {
      peer.messagesIn += counted
      peer.lostIn += Math.max(0, inbox.arriving - counted)
    }
  }

  /** Returns 1 for what counts as a message. */
  private item(peer: Peer, reader: Reader, lane: Lane): number {
    const tag = reader.u8()
    switch (tag & 0x0f) {
      case form.MESSAGE:
        this.messages.receive(peer, reader, lane, tag)
        return 1
      case form.REPLY:
        this.messages.receiveReply(peer, reader)
        return 1
      case form.FAILURE:
        this.failure(peer, reader)
        return 1
      case form.CREDIT:
        peer.credited(this.lane(reader), reader.uint(), reader.uint(), reader.uint())
        return 0
      case form.DEFINED:
        peer.out[this.lane(reader)].targets.known(reader.uint())
        return 0
      case form.PING:
        this.ping(peer, reader.f64())
        return 0
      case form.PONG:
        peer.pong(reader.f64())
        return 0
      default:
        this.watching(peer, reader, tag)
        return 0
    }
  }

  private lane(reader: Reader): Lane {
    return form.LANES[reader.u8()] ?? reader.fail('a lane')
  }

  private ping(peer: Peer, stamp: number): void {
    peer.say((writer) => {
      writer.u8(form.PONG)
      writer.f64(stamp)
    })
  }

  private failure(peer: Peer, reader: Reader): void {
    const askId = reader.uint()
    const reason = form.REASONS[reader.u8()] ?? reader.fail('a reason')
    this.host.asks.refused(peer.name, askId, reason, reader.text(form.DETAIL_MAX))
  }

  private watching(peer: Peer, reader: Reader, tag: number): void {
    if (tag < form.WATCH || tag > form.FAILED) reader.fail('an item')
    const target = ref(reader.text(form.KIND_MAX), reader.text(form.TEXT_MAX))
    const number = reader.uint()
    const id = refText(target)
    const { watches } = peer
    if (tag === form.WATCH) this.watched(peer, target, number)
    else if (tag === form.WATCHED) watches.heard(id, number)
    else if (tag === form.END_HEARD) watches.endHeard(id, number)
    else {
      peer.sayTarget(form.END_HEARD, target, number)
      watches.ended(id, number, tag === form.FAILED ? 'failed' : 'stopped')
    }
  }

  private watched(peer: Peer, target: Ref, number: number): void {
    const { watches } = peer
    if (!this.host.cellOf(target)) watches.endedBefore(target, number)
    else if (watches.watchedBy(refText(target), number)) {
      peer.sayTarget(form.WATCHED, target, number)
      return
    }
    peer.sayWatches()
  }
}
