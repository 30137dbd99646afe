// The generator's connections, one a group. One that closes is made again at the next gateway.

import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { connectRollup, type RollupConnection } from '../../../../sdk/rollup/connect.ts'
import type { ClientFrame } from '../../../../sdk/rollup/wire/client-frames.ts'
import type { HelloFrame, ServerFrame } from '../../../../sdk/rollup/wire/server-frames.ts'

const AGAIN_MS = 100
const CONNECT_MS = 2000

export interface LinksListener {
  frame(group: number, frame: ServerFrame): void
  /** Of what the group had under way nothing more will be heard. */
  closed(group: number): void
}

export class Links {
  private readonly ws: readonly string[]
  private readonly listener: LinksListener
  private readonly connections: (RollupConnection | undefined)[]
  hello: HelloFrame | undefined

  private constructor(ws: readonly string[], groups: number, listener: LinksListener) {
    this.ws = ws
    this.listener = listener
    this.connections = new Array(groups).fill(undefined)
  }

  /** Rejects when a gateway cannot be reached; later ones that close are made again. */
  static async open(ws: readonly string[], groups: number, listener: LinksListener) {
    const links = new Links(ws, groups, listener)
    for (let group = 0; group < groups; group++) await links.connect(group, group % ws.length)
    return links
  }

  private async connect(group: number, which: number): Promise<void> {
    const options = { perMessageDeflate: false, handshakeTimeout: CONNECT_MS }
    const socket = new WebSocket(`${this.ws[which]}/rollup`, options)
    const connection = await connectRollup(socket, {
      frame: (frame) => this.listener.frame(group, frame),
      closed: () => {
        this.connections[group] = undefined
        this.listener.closed(group)
        void this.again(group, which + 1)
      },
    })
    this.hello = connection.hello
    this.connections[group] = connection
  }

  private async again(group: number, first: number): Promise<void> {
    for (let which = first; ; which++) {
      try {
        await this.connect(group, which % this.ws.length)
        return
      } catch {
        // A process that has nothing else to do ends.
        await pause(AGAIN_MS, undefined, { ref: false })
      }
    }
  }

  /** A group that is connected, by turns; undefined when none is. */
  pick(turn: number): number | undefined {
    const { connections } = this
    for (let i = 0; i < connections.length; i++) {
      const group = (turn + i) % connections.length
      if (connections[group]) return group
    }
    return undefined
  }

  send(group: number, frame: ClientFrame): void {
    this.connections[group]?.send(frame)
  }
}
