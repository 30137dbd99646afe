// The connections of a process to the others, each a carrier link: exactly one for each pair, made
// by the one with the smaller peer id, and made again whenever it was lost.

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { TRUNK_PAIR_MS } from '../../config/limits.ts'
import { assert } from '../../lib/assert.ts'
import type { Clock, Entropy, Lane } from '../../runtime/ports.ts'
import { realClock, realEntropy } from '../../runtime/real-ports.ts'
import type { Carrier } from '../carrier.ts'
import { Admission, dials, type Refusals, type TrunkLog } from './admission.ts'
import { createNode } from './create-node.ts'
import { Dialer, PROTOCOLS } from './dialer.ts'
import type { Identity } from './identity.ts'
import { type LaneStreams, Trunk } from './trunk.ts'

export interface TrunkPeer {
  /** The name of the other process. */
  readonly name: string
  readonly peerId: string
  /** Where it listens: a multiaddress without peer id, such as /ip4/127.0.0.1/tcp/30303. */
  readonly address: string
}

export interface TrunksOptions {
  /** The name of this process, for the log. */
  readonly process: string
  readonly identity: Identity
  /** A multiaddress; port 0 takes a free one. */
  readonly listen: string
  readonly peers: readonly TrunkPeer[]
  /** A connection is up. Set its callbacks before returning: frames follow. */
  onTrunk(peer: string, carrier: Carrier): void
  readonly log: TrunkLog
  readonly clock?: Clock
  readonly entropy?: Entropy
}

export interface Trunks {
  /** Where this process listens, with its real port. */
  readonly addresses: readonly string[]
  readonly refused: Readonly<Refusals>
  /** How often a peer was put into quarantine for what it sent. */
  rubbish(): number
  /** The names of the peers that are connected. */
  connected(): string[]
  /** The peer has moved. */
  readdress(peer: string, address: string): void
  stop(): Promise<void>
}

export async function startTrunks(options: TrunksOptions): Promise<Trunks> {
  const table = new TrunkTable(options)
  await table.start()
  return table
}

/** An incoming connection whose second stream is not there yet. */
interface Half {
  readonly streams: Partial<Record<Lane, Stream>>
  readonly cancel: () => void
}

class TrunkTable implements Trunks {
  private readonly options: TrunksOptions
  private readonly clock: Clock
  private readonly admission: Admission
  private readonly names: Map<string, string>
  private readonly dialers = new Map<string, Dialer>()
  private readonly current = new Map<string, Trunk>()
  private readonly halves = new Map<Connection, Half>()
  private node: Libp2p | undefined
  private stopped = false
  addresses: readonly string[] = []

  constructor(options: TrunksOptions) {
    this.options = options
    this.clock = options.clock ?? realClock
    this.names = new Map(options.peers.map(({ peerId, name }) => [peerId, name]))
    assert(this.names.size === options.peers.length, 'two peers have the same id')
    const { peerId } = options.identity
    assert(!this.names.has(peerId), 'a process is no peer of itself')
    this.admission = new Admission(peerId, this.names, this.clock, options.log)
  }

  get refused(): Readonly<Refusals> {
    return this.admission.refused
  }

  rubbish(): number {
    return this.admission.rubbish
  }

  connected(): string[] {
    return [...this.current.keys()]
  }

  async start(): Promise<void> {
    const { identity, listen, peers } = this.options
    const node = await createNode({
      privateKey: identity.privateKey,
      listen: [listen],
      connectionsMax: 2 * peers.length + 8,
      gater: {
        denyInboundEncryptedConnection: (peer) =>
          this.admission.admit(peer.toString()) === undefined,
      },
    })
    this.node = node
    for (const lane of ['control', 'data'] as const) {
      const handler = (stream: Stream, connection: Connection) =>
        this.incoming(lane, stream, connection)
      await node.handle(PROTOCOLS[lane], handler, { maxInboundStreams: 2 })
    }
    await node.start()
    this.addresses = node.getMultiaddrs().map((address) => address.decapsulate('/p2p').toString())
    for (const peer of peers) {
      if (dials(identity.peerId, peer.peerId)) this.keepConnected(node, peer)
    }
  }

  readdress(peer: string, address: string): void {
    this.dialers.get(peer)?.readdress(address)
  }

  async stop(): Promise<void> {
    if (this.stopped) return
    this.stopped = true
    for (const dialer of this.dialers.values()) dialer.stop()
    for (const { cancel } of this.halves.values()) cancel()
    for (const trunk of this.current.values()) trunk.close('this process stops')
    await this.node?.stop()
  }

  private keepConnected(node: Libp2p, { name, peerId, address }: TrunkPeer): void {
    const { log, entropy = realEntropy } = this.options
    const dialer = new Dialer(
      {
        node,
        peerId,
        clock: this.clock,
        entropy,
        quarantineMs: () => this.admission.quarantineMs(peerId),
        connected: (connection, streams) => this.adopt(name, connection, streams),
        failed: (why, retryMs) => log('dial failed', { peer: name, why, retryMs }),
      },
      address,
    )
    this.dialers.set(name, dialer)
    dialer.start()
  }

  private incoming(lane: Lane, stream: Stream, connection: Connection): void {
    const peerId = connection.remotePeer.toString()
    const name = this.names.get(peerId)
    if (name === undefined || this.stopped) {
      connection.abort(new Error('not expected'))
      return
    }
    const half = this.halves.get(connection) ?? this.newHalf(connection, peerId)
    if (half.streams[lane]) {
      this.reject(connection, peerId, 'a second stream of one lane')
      return
    }
    half.streams[lane] = stream
    const { control, data } = half.streams
    if (!control || !data) return
    half.cancel()
    // Stays in the map while it is up: any further stream is one too many.
    this.adopt(name, connection, { control, data })
  }

  private newHalf(connection: Connection, peerId: string): Half {
    const cancel = this.clock.after(TRUNK_PAIR_MS, () =>
      this.reject(connection, peerId, 'only one of two streams'),
    )
    const half: Half = { streams: {}, cancel }
    this.halves.set(connection, half)
    connection.addEventListener('close', () => {
      cancel()
      this.halves.delete(connection)
    })
    return half
  }

  private reject(connection: Connection, peerId: string, why: string): void {
    this.admission.quarantine(peerId, why)
    connection.abort(new Error(why))
  }

  private adopt(name: string, connection: Connection, streams: LaneStreams): void {
    const peerId = connection.remotePeer.toString()
    const trunk = new Trunk(connection, streams, {
      rubbish: (why) => this.admission.quarantine(peerId, why),
      down: (why) => this.down(name, trunk, why),
    })
    // The same peer, authenticated: its newer connection is the one it uses.
    this.current.get(name)?.abort('replaced by a newer connection')
    this.current.set(name, trunk)
    this.options.log('peer connected', { peer: name, address: connection.remoteAddr.toString() })
    this.options.onTrunk(name, trunk)
    trunk.start()
  }

  private down(name: string, trunk: Trunk, why: string): void {
    this.options.log('peer disconnected', { peer: name, why })
    if (this.current.get(name) !== trunk) return
    this.current.delete(name)
    if (!this.stopped) this.dialers.get(name)?.lost()
  }
}
