// Reads final claims with their bodies from a gateway, one after the other, over its socket.

import { WebSocket } from 'ws'
import type { Hex } from '../../../lib/hex.ts'
import { connectRollup, type RollupConnection } from '../../../sdk/rollup/connect.ts'
import type { ClaimFrame, HeadFrame, ServerFrame } from '../../../sdk/rollup/wire/server-frames.ts'

export class ClaimsReader {
  private connection!: RollupConnection
  private waiting: { done(frame: ServerFrame): void; failed(error: Error): void } | undefined

  static async open(ws: string): Promise<ClaimsReader> {
    const reader = new ClaimsReader()
    const socket = new WebSocket(`${ws}/rollup`, { perMessageDeflate: false })
    reader.connection = await connectRollup(socket, {
      frame: (frame) => reader.waiting?.done(frame),
      closed: (reason) => reader.waiting?.failed(new Error(reason)),
    })
    return reader
  }

  get genesisHash(): Hex {
    return this.connection.hello.genesisHash
  }

  private answered<K extends ServerFrame['kind']>(kind: K) {
    return new Promise<Extract<ServerFrame, { kind: K }>>((resolve, reject) => {
      this.waiting = {
        done: (frame) => {
          if (frame.kind === kind) resolve(frame as Extract<ServerFrame, { kind: K }>)
          else reject(new Error(`${frame.kind} instead of ${kind}`))
        },
        failed: reject,
      }
    })
  }

  head(shard = 0): Promise<HeadFrame> {
    const answer = this.answered('head')
    this.connection.send({ kind: 'ask-head', shard })
    return answer
  }

  /** Undefined when there is no such claim. */
  async claim(number: number, shard = 0): Promise<ClaimFrame | undefined> {
    const answer = this.answered('claim')
    this.connection.send({ kind: 'ask-claim', shard, number })
    const frame = await answer
    return frame.number === number ? frame : undefined
  }

  close(): void {
    this.connection.close()
  }
}
