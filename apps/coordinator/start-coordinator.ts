// The coordinator's HTTP server: the REST API over the scheduler, the archives and the job list.

import { join } from 'node:path'
import { ArchiveMessages } from '../../actors/messages/archive.ts'
import { SchedulerMessages } from '../../actors/messages/scheduler.ts'
import { ShardMessages, shardKey } from '../../actors/messages/shard.ts'
import { LONG_POLL_HOLD_MS } from '../../config/limits.ts'
import type { Network } from '../../config/network.ts'
import type { ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import type { ShareProof } from '../../protocol/light/genesis-share.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import { AskFailed } from '../../runtime/edge.ts'
import type { Host } from '../../runtime/host.ts'
import type { Cause } from '../../runtime/trace/cause.ts'
import type { Sql } from '../../storage/sql/sql.ts'
import type { HttpServer, Refusal } from '../../transport/http/http-server.ts'
import { startHttp } from '../../transport/http/start-http.ts'
import { EdgeTrace } from '../edge/edge-trace.ts'
import { ShardCount } from '../edge/shard-count.ts'
import type { ClusterStatus } from '../node/cluster-events.ts'
import type { ApiContext } from './api.ts'
import { ApiError, type ApiErrorCode } from './errors.ts'
import { Nonces } from './nonces.ts'
import { openApi } from './openapi.ts'
import { RateLimit } from './rate-limit.ts'
import { ReadModel, type ReadSource } from './read-model.ts'
import { Replays } from './replays.ts'
import { ROUTES } from './route-list.ts'
import { errorReply, serveDocument, servePreflights, serveRoute } from './serve-route.ts'
import { Tokens } from './tokens.ts'

export interface CoordinatorOptions {
  readonly host: Host
  readonly schedulerKey: string
  readonly nodes: readonly string[]
  /** Of the rollup, at first. */
  readonly shards: number
  readonly chainId: bigint
  readonly network: Pick<Network, 'genesisHash' | 'validatorSetHash'>
  readonly validatorSet: ValidatorSet
  /** Of the genesis. */
  readonly genesisShare: ShareProof
  /** 0 picks a free port. */
  readonly port: number
  readonly dataDirectory: string
  readonly databaseUrl: string | undefined
  status(): Promise<ClusterStatus>
  warn(message: string): void
}

const ASK_MS = 5000
/** Longer than the scheduler holds a poll: it answers, and nothing is dropped. */
const CHANGES_POLL_MS = LONG_POLL_HOLD_MS + 5000
const REACHES_MS = 2000
const CHANGES_PER_POLL = 128

/** How a failed ask looks to a client. */
function askError(error: unknown): ApiError {
  if (!(error instanceof AskFailed)) throw error
  const { reason, target } = error.failure
  if (reason === 'undecodable') return new ApiError('VALIDATION_ERROR', error.failure.detail)
  if (reason === 'expired') return new ApiError('TIMEOUT_ERROR', `${target.kind} did not answer`)
  return new ApiError('SERVICE_UNAVAILABLE', `${target.kind} cannot be reached (${reason})`)
}

type Doors = Pick<ApiContext, 'scheduler' | 'archive' | 'shard'>

/** The ways to the actors, for what a cause starts. */
function doorsOf({ host, schedulerKey, nodes, shards }: CoordinatorOptions) {
  let node = 0
  const some = async <T>(ask: (node: string) => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await ask(nodes[node % nodes.length] as string)
      } catch (error) {
        node++
        if (tries >= nodes.length) throw askError(error)
      }
    }
  }
  const headOf = (key: string) =>
    host.edge.ask(ShardMessages, shardKey(key, 0), 'Head', null, { within: ASK_MS })
  const count = new ShardCount(shards, () => some(headOf))
  return (cause: Cause | undefined): Doors => ({
    scheduler: (verb, body, within = ASK_MS) =>
      host.edge
        .ask(SchedulerMessages, schedulerKey, verb, body, { within, cause })
        .catch((error) => {
          throw askError(error)
        }),
    archive: (verb, body) =>
      some((key) => host.edge.ask(ArchiveMessages, key, verb, body, { within: ASK_MS, cause })),
    shard: async (index, verb, body) => {
      const shard = shardOf(index, await count.now())
      return some((key) =>
        host.edge.ask(ShardMessages, shardKey(key, shard), verb, body, { within: ASK_MS, cause }),
      )
    },
  })
}

function context(options: CoordinatorOptions, jobs: ReadModel): ApiContext {
  const { chainId, network, validatorSet, genesisShare } = options
  const doors = doorsOf(options)
  const api: ApiContext = {
    chainId,
    genesisHash: network.genesisHash,
    validatorSetHash: network.validatorSetHash,
    validatorSet,
    genesisShare,
    nonces: new Nonces(chainId),
    tokens: new Tokens(options.dataDirectory, network.genesisHash),
    jobs,
    replays: new Replays(),
    status: options.status,
    ...doors(undefined),
    under: (cause) => ({ ...api, ...doors(cause) }),
  }
  return api
}

async function openDatabase(options: CoordinatorOptions, signal: AbortSignal): Promise<Sql> {
  const { databaseUrl, dataDirectory, warn } = options
  if (databaseUrl) {
    return (await import('../../storage/sql/postgres-sql.ts')).openPostgres(databaseUrl)
  }
  const { openSqlThread } = await import('./sql-thread.ts')
  return openSqlThread(join(dataDirectory, 'coordinator.db'), warn, signal)
}

const REFUSALS: Record<Refusal['code'], ApiErrorCode> = {
  MALFORMED: 'VALIDATION_ERROR',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_ALLOWED: 'METHOD_NOT_ALLOWED',
  BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  INTERNAL: 'INTERNAL_ERROR',
}

function readSource(options: CoordinatorOptions, api: ApiContext): ReadSource {
  return {
    open: (signal) => openDatabase(options, signal),
    changes: (seq) =>
      api.scheduler('ChangesAfter', { seq, max: CHANGES_PER_POLL }, CHANGES_POLL_MS),
    async reaches(seq) {
      try {
        const body = { seq: seq - 1, max: 1 }
        return (await api.scheduler('ChangesAfter', body, REACHES_MS)).length > 0
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'TIMEOUT_ERROR') throw error
        // It answers other questions, so it waits for a change that it never had.
        await api.scheduler('Providers', null, REACHES_MS)
        return false
      }
    },
    warn: options.warn,
  }
}

export interface RunningCoordinator {
  readonly port: number
  readonly url: string
  readonly driver: HttpServer['driver']
  stop(): Promise<void>
}

/** Rejects with ListenError when the port is taken. */
export async function startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  const jobs = new ReadModel()
  const api = context(options, jobs)
  const fault = (error: unknown, where: string) =>
    options.warn(`fault in ${where}: ${error instanceof Error ? error.stack : String(error)}`)
  const traces = new EdgeTrace(options.host, 'coordinator')
  const serving = { api, limits: new RateLimit(), traces, fault }
  const document = serveDocument('/openapi.json', JSON.stringify(openApi(ROUTES)))
  const routes = [...ROUTES.map((route) => serveRoute(route, serving)), document]
  const server = await startHttp(
    {
      host: '127.0.0.1',
      port: options.port,
      routes: [...routes, ...servePreflights(routes)],
      refuse: ({ code, detail }, { headers = {} }) =>
        errorReply(new ApiError(REFUSALS[code], detail), headers),
      failed: (error, { method, path }) => fault(error, `${method} ${path}`),
    },
    { say: options.warn },
  )
  api.nonces.domain = `127.0.0.1:${server.port}`
  jobs.start(readSource(options, api))
  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    driver: server.driver,
    async stop() {
      await server.stop()
      await jobs.stop()
    },
  }
}
