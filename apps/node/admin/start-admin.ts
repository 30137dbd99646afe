// The admin server of a process: metrics, health, what an inspector reads, and the few things that
// an operator with the token may do. Loopback only.

import type {
  HttpRoute,
  HttpServer,
  Refusal,
  WholeReply,
} from '../../../transport/http/http-server.ts'
import { startHttp } from '../../../transport/http/start-http.ts'
import { version } from '../../cli/version.ts'
import type { ProcessHead, Snapshot, ViewName, Views } from '../../inspector/snapshot.ts'
import { act, tap } from './act-routes.ts'
import type { AdminOptions } from './admin-options.ts'
import { readiness } from './health.ts'
import { processMetrics } from './metrics/process-metrics.ts'
import { freshFigures } from './metrics/read-hosts.ts'
import { OPEN_METRICS_TYPE, openMetrics } from './open-metrics.ts'
import { jsonReply, problemReply } from './problem.ts'
import { ProcessUsage } from './process-usage.ts'
import { AdminRoutes } from './serve-admin.ts'
import { readSnapshotQuery, type SnapshotQuery } from './snapshot-query.ts'
import { readStatus } from './status.ts'
import { readTrace } from './trace-route.ts'
import { readActors } from './views/actors-view.ts'
import { ChainViewReader } from './views/chain-view.ts'
import { ClusterReader } from './views/cluster-view.ts'
import { readJobs } from './views/jobs-view.ts'
import { readLog } from './views/log-view.ts'
import { readStorage } from './views/storage-view.ts'

export interface RunningAdmin {
  readonly url: string
  readonly port: number
  readonly driver: HttpServer['driver']
  stop(): Promise<void>
}

/** Reads any view; everything that must be remembered between two readings is held here. */
class Snapshots {
  readonly cluster: ClusterReader
  private readonly options: AdminOptions
  private readonly chain: ChainViewReader
  private readonly usage = new ProcessUsage()
  private readonly startedAt = Date.now() - Math.round(process.uptime() * 1000)
  private readonly version = version()

  constructor(options: AdminOptions) {
    this.options = options
    this.cluster = new ClusterReader(options)
    this.chain = new ChainViewReader(options)
  }

  head(): ProcessHead {
    return {
      process: this.options.process,
      nodes: this.options.nodes,
      pid: process.pid,
      version: this.version,
      startedAt: this.startedAt,
      at: Date.now(),
      rssBytes: process.memoryUsage.rss(),
      cpu: this.usage.cpu(),
    }
  }

  async read(query: SnapshotQuery): Promise<Snapshot> {
    const body = await this.body(query.view, query)
    return { head: this.head(), view: query.view, body }
  }

  private body(view: ViewName, query: SnapshotQuery): Promise<Views[ViewName]> | Views[ViewName] {
    switch (view) {
      case 'actors':
        return readActors(this.options, query)
      case 'cluster':
        return this.cluster.read(query)
      case 'jobs':
        return readJobs(this.options, query)
      case 'chain':
        return this.chain.read(query)
      case 'storage':
        return readStorage(this.options, query)
      case 'log':
        return readLog(this.options, query)
    }
  }
}

function routesOf(options: AdminOptions): HttpRoute[] {
  const routes = new AdminRoutes(options.token)
  const snapshots = new Snapshots(options)
  const fresh = freshFigures(options)
  return [
    routes.get('/metrics', async () => {
      await fresh()
      return {
        status: 200,
        headers: { 'content-type': OPEN_METRICS_TYPE, 'cache-control': 'no-store' },
        body: openMetrics(await processMetrics(options, snapshots.head())),
      }
    }),
    routes.get('/health/live', () => jsonReply({ live: true, pid: process.pid })),
    routes.get('/health/ready', async () => {
      const health = await readiness(options, snapshots.cluster.links())
      return jsonReply(health, health.ready ? 200 : 503)
    }),
    routes.get('/status', async () => jsonReply(await readStatus(options, snapshots.head()))),
    routes.get('/inspector/snapshot', async ({ query }) =>
      jsonReply(await snapshots.read(readSnapshotQuery(query))),
    ),
    routes.get('/inspector/trace', async ({ query }) => jsonReply(await readTrace(options, query))),
    routes.post('/inspector/act', async (request) => jsonReply(await act(options, request))),
    routes.post('/inspector/tap', async (request) => jsonReply(await tap(options, request))),
    ...(options.guarded ?? []).map((route) => routes.guard(route)),
  ]
}

function refuse({ code, detail }: Refusal): WholeReply {
  return problemReply(code, detail)
}

/** Rejects with ListenError when the port is taken. */
export async function startAdmin(options: AdminOptions): Promise<RunningAdmin> {
  const server = await startHttp(
    {
      host: '127.0.0.1',
      port: options.port,
      routes: routesOf(options),
      refuse,
      failed: (error, { method, path }) => {
        const what = error instanceof Error ? error.stack : String(error)
        options.warn(`fault in ${method} ${path}: ${what}`)
      },
    },
    // On node:http: it is asked a few times a second, and must go on when the other one fails.
    { driver: 'node', say: options.warn },
  )
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    driver: server.driver,
    stop: () => server.stop(),
  }
}
