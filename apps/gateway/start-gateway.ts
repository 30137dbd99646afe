// The JSON-RPC gateway: HTTP and WebSocket on one port, in front of the nodes of a chain.

import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import type { Hex } from '../../lib/hex.ts'
import type { ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import type { ShareProof } from '../../protocol/light/genesis-share.ts'
import type { Host } from '../../runtime/host.ts'
import type { HttpServer } from '../../transport/http/http-server.ts'
import { type DriverChoice, startHttp } from '../../transport/http/start-http.ts'
import { version } from '../cli/version.ts'
import { EdgeTrace } from '../edge/edge-trace.ts'
import { BlockCache } from './block-cache.ts'
import type { ChainAccess } from './chain-access.ts'
import { ChainFollower } from './chain-follower.ts'
import { httpRoutes, refuse } from './http-routes.ts'
import { JsonRpc } from './json-rpc.ts'
import type { RpcContext } from './method.ts'
import { METHODS } from './method-table.ts'
import { NodeAccess } from './node-access.ts'
import { PendingFeed } from './pending-feed.ts'
import { NodeRollup } from './rollup/node-rollup.ts'
import { OperationDesk } from './rollup/operation-desk.ts'
import { OrdinaryTransfers } from './rollup/ordinary-transfers.ts'
import type { RollupAccess } from './rollup/rollup-access.ts'
import { rollupSocketRoute } from './rollup/rollup-socket.ts'
import type { RpcFigure } from './rpc-figures.ts'
import { socketRoute } from './socket-route.ts'

export interface GatewayOptions {
  readonly chainId: bigint
  readonly genesisHash: Hex
  readonly validatorSet: ValidatorSet
  /** Of the genesis. */
  readonly genesisShare: ShareProof
  /** Shards of the rollup; 1 when absent. */
  readonly shards?: number
  /** 0 picks a free port. */
  readonly port: number
  /** Address to listen on; 127.0.0.1 when absent. */
  readonly address?: string
  /** The native one when absent. */
  readonly secp256k1?: Secp256k1
  readonly driver?: DriverChoice['driver']
  /** Goes on with the traces that clients bring. */
  readonly traces?: EdgeTrace
  /** Takes lines for the operator: a slower driver, another node, a fault. */
  readonly say: (line: string) => void
}

export interface Gateway {
  readonly url: string
  readonly wsUrl: string
  readonly driver: HttpServer['driver']
  figures(): readonly RpcFigure[]
  stop(): Promise<void>
}

function clientVersion(): string {
  const { platform, arch, versions } = process
  return `AITBC/v${version()}/${platform}-${arch}/node${versions.node}`
}

/** Serves a chain. Rejects with ListenError when the port is taken. */
export async function serveChain(
  chain: ChainAccess,
  rollup: RollupAccess,
  options: GatewayOptions,
): Promise<Gateway> {
  const { port, address = '127.0.0.1', driver = 'auto', say } = options
  const { chainId, genesisHash, validatorSet, genesisShare } = options
  const { secp256k1 = secp256k1Native } = options
  const fault = (error: unknown, where: string) => {
    say(`fault in ${where}: ${error instanceof Error ? error.stack : String(error)}`)
  }
  const blocks = new BlockCache(chain, secp256k1)
  const ordinary = new OrdinaryTransfers(rollup)
  const operations = new OperationDesk(rollup)
  const context: RpcContext = {
    chain,
    blocks,
    pending: new PendingFeed(),
    rollup,
    ordinary,
    operations,
    chainId,
    genesisHash,
    validatorSet,
    genesisShare,
    clientVersion: clientVersion(),
    secp256k1,
  }
  const follower = new ChainFollower(chain, blocks, (error) => fault(error, 'the chain follower'))
  const rpc = new JsonRpc(METHODS, fault)
  const server = await startHttp(
    {
      host: address,
      port,
      routes: httpRoutes(rpc, context, options.traces),
      sockets: [
        socketRoute(rpc, context, follower),
        rollupSocketRoute(rollup, operations, genesisHash, (error) =>
          fault(error, "the rollup's socket"),
        ),
      ],
      refuse,
      failed: (error, request) => fault(error, `${request.method} ${request.path}`),
    },
    { driver, say },
  )
  follower.start()
  const place = `${address.includes(':') ? `[${address}]` : address}:${server.port}`
  return {
    url: `http://${place}`,
    wsUrl: `ws://${place}`,
    driver: server.driver,
    figures: () => rpc.figures.view(),
    async stop() {
      follower.stop()
      ordinary.stop()
      await server.stop()
    },
  }
}

/**
 * Serves the chain of the named nodes, whose actors the host can reach; the first that answers is
 * used until it does not. Rejects with ListenError when the port is taken.
 */
export function startGateway(
  options: GatewayOptions & { readonly host: Host; readonly nodes: readonly string[] },
): Promise<Gateway> {
  const traces = new EdgeTrace(options.host, 'gateway')
  const { edge } = options.host
  const access = new NodeAccess(edge, options.nodes, options.say)
  const rollup = new NodeRollup(edge, options.nodes, options.shards ?? 1)
  return serveChain(access, rollup, { ...options, traces })
}
