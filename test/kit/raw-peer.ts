// A peer that speaks the protocol of links by hand, byte by byte: for tests of what a host does
// with frames that no other host would send.

import { Writer } from '../../lib/msgpack/writer.ts'
import type { Host } from '../../runtime/host.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import * as form from '../../runtime/remote/frame.ts'
import { type Hello, readHello, writeHello } from '../../runtime/remote/hello.ts'
import type { PeerOptions } from '../../runtime/remote/peer.ts'

export interface Head {
  readonly seq?: number
  readonly messages?: number
  readonly bytes?: number
}

export class RawPeer {
  readonly name: string
  /** What the host sent, greetings apart. */
  readonly frames: { readonly frame: Uint8Array; readonly lane: Lane }[] = []
  readonly hellos: Hello[] = []
  closedWhy: string | undefined
  /** The link takes nothing while this is false. */
  room = true
  private receive: (frame: Uint8Array, lane: Lane) => void = () => {}
  private drained: () => void = () => {}
  private down: (why: string) => void = () => {}
  private readonly seqs: Record<Lane, number> = { control: 0, data: 0 }
  private readonly messages: Record<Lane, number> = { control: 0, data: 0 }

  constructor(host: Host, name: string, options?: PeerOptions) {
    this.name = name
    host.attach(name, this.link(), options)
  }

  private link(): Link {
    return {
      send: (frame, lane) => {
        if (this.closedWhy !== undefined || !this.room) return false
        if (frame[0] === form.HELLO) this.hellos.push(readHello(frame.slice()) as Hello)
        else this.frames.push({ frame: frame.slice(), lane })
        return true
      },
      onFrame: (receive) => {
        this.receive = receive
      },
      onDrain: (drained) => {
        this.drained = drained
      },
      onDown: (down) => {
        this.down = down
      },
      close: (why = '') => {
        this.closedWhy ??= why
      },
    }
  }

  greet(change: Partial<Hello> = {}): void {
    const hello: Hello = {
      host: this.name,
      nonce: 7,
      heard: true,
      confirmed: true,
      windowMessages: 100,
      windowBytes: 1 << 20,
      vocabularies: [],
      ...change,
    }
    this.raw(writeHello(hello), 'control')
  }

  raw(frame: Uint8Array, lane: Lane = 'data'): void {
    this.receive(frame, lane)
  }

  drain(): void {
    this.room = true
    this.drained()
  }

  breakLink(why: string): void {
    this.down(why)
  }

  /** A frame of `count` messages whose items `write` writes, with its right head or another one. */
  frame(
    write: (writer: Writer) => void,
    lane: Lane = 'data',
    count = 1,
    head: Head = {},
  ): Uint8Array {
    const writer = new Writer()
    writer.at = form.HEAD_BYTES
    write(writer)
    this.messages[lane] += count
    const { seq = this.seqs[lane]++, messages = this.messages[lane], bytes = 0 } = head
    form.writeHead(writer, seq, messages, bytes)
    return writer.written
  }

  /** The host may have sent so much in a lane; `taken` messages have been taken in. */
  credit(lane: Lane, taken: number, messages: number, bytes = 1 << 30): void {
    this.send(
      (writer) => {
        writer.u8(form.CREDIT)
        writer.u8(form.LANES.indexOf(lane))
        for (const count of [taken, messages, bytes]) writer.uint(count)
      },
      'control',
      0,
    )
  }

  send(write: (writer: Writer) => void, lane: Lane = 'data', count = 1, head: Head = {}): void {
    this.raw(this.frame(write, lane, count, head), lane)
  }
}

/** A message with its target written out and a body that is already msgpack. */
export function message(
  writer: Writer,
  to: { readonly kind: string; readonly key: string; readonly verb: string },
  body: Uint8Array,
  { id = 0, version = 1, askId = undefined as number | undefined } = {},
): void {
  writer.u8(form.MESSAGE | form.WITH_TARGET | (askId === undefined ? 0 : form.WITH_ASK))
  writer.uint(id)
  writer.text(to.kind, form.KIND_MAX)
  writer.text(to.key, form.TEXT_MAX)
  writer.text(to.verb, form.TEXT_MAX)
  writer.uint(version)
  if (askId !== undefined) writer.uint(askId)
  writer.ensure(4)
  writer.view.setUint32(writer.at, body.length)
  writer.at += 4
  writer.raw(body)
}

export function reply(writer: Writer, askId: number, body: Uint8Array): void {
  writer.u8(form.REPLY)
  writer.uint(askId)
  writer.ensure(4)
  writer.view.setUint32(writer.at, body.length)
  writer.at += 4
  writer.raw(body)
}
