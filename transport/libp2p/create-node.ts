// A libp2p node as the trunks need it: TCP, noise and yamux with our sizes, and nothing else: no
// discovery, no pings, no identify, no reconnecting and no logging of its own.

import './promise-with-resolvers.ts'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type {
  ComponentLogger,
  ConnectionGater,
  Libp2p,
  Logger,
  PrivateKey,
} from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import {
  TRUNK_DIAL_MS,
  TRUNK_INBOUND_PER_SECOND,
  TRUNK_PAIR_MS,
  TRUNK_PENDING_MAX,
  TRUNK_SOCKET_BYTES,
  TRUNK_STOP_MS,
  TRUNK_WINDOW_BYTES,
} from '../../config/limits.ts'

export interface NodeOptions {
  readonly privateKey: PrivateKey
  /** Multiaddresses; port 0 takes a free one. */
  readonly listen: readonly string[]
  readonly connectionsMax: number
  readonly gater?: ConnectionGater
}

const silent: Logger = Object.assign(() => {}, {
  error() {},
  trace() {},
  enabled: false,
  newScope: () => silent,
})

const silentLogger: ComponentLogger = { forComponent: () => silent }

/** Passed on to node:net as it is; the type of @libp2p/tcp does not name it. */
const socketOptions = { noDelay: true, keepAlive: true, highWaterMark: TRUNK_SOCKET_BYTES }

export function createNode(options: NodeOptions): Promise<Libp2p> {
  const { connectionsMax } = options
  return createLibp2p({
    privateKey: options.privateKey,
    addresses: { listen: [...options.listen] },
    transports: [
      tcp({
        inboundSocketInactivityTimeout: 0,
        outboundSocketInactivityTimeout: 0,
        maxConnections: connectionsMax + TRUNK_PENDING_MAX,
        dialOpts: socketOptions,
        listenOpts: socketOptions,
      }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        enableKeepAlive: false,
        maxInboundStreams: 4,
        maxOutboundStreams: 4,
        streamOptions: {
          initialStreamWindowSize: TRUNK_WINDOW_BYTES,
          maxStreamWindowSize: TRUNK_WINDOW_BYTES,
          maxReadBufferLength: 2 * TRUNK_WINDOW_BYTES,
        },
      }),
    ],
    ...(options.gater ? { connectionGater: options.gater } : {}),
    connectionManager: {
      maxConnections: connectionsMax,
      maxParallelDials: connectionsMax,
      dialTimeout: TRUNK_DIAL_MS,
      addressDialTimeout: TRUNK_DIAL_MS,
      inboundUpgradeTimeout: TRUNK_PAIR_MS,
      inboundStreamProtocolNegotiationTimeout: TRUNK_PAIR_MS,
      outboundStreamProtocolNegotiationTimeout: TRUNK_PAIR_MS,
      connectionCloseTimeout: TRUNK_STOP_MS,
      inboundConnectionThreshold: TRUNK_INBOUND_PER_SECOND,
      maxIncomingPendingConnections: TRUNK_PENDING_MAX,
      reconnectRetries: 0,
    },
    connectionMonitor: { enabled: false },
    logger: silentLogger,
  })
}
