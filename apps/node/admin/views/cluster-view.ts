// The threads of this process and the links of their hosts.

import type { ClusterView, LinkView, ThreadView } from '../../../inspector/snapshot.ts'
import type { AgentThread } from '../../agent/agent-api.ts'
import type { AdminOptions, AdminThread } from '../admin-options.ts'
import type { HostReading } from '../metrics/host-metrics.ts'
import { readHosts } from '../metrics/read-hosts.ts'
import type { SnapshotQuery } from '../snapshot-query.ts'
import { chooseRows, type ViewTable } from '../view-table.ts'

const TABLE: ViewTable<ThreadView> = {
  id: (row) => row.host,
  columns: {
    host: (row) => row.host,
    node: (row) => row.node,
    state: (row) => row.state,
    actors: (row) => row.actors,
    heapBytes: (row) => row.heapBytes,
    delayP50Ms: (row) => row.delayP50Ms,
    delayP99Ms: (row) => row.delayP99Ms,
    cpu: (row) => row.cpu,
    restarts: (row) => row.restarts,
  },
}

const LINKS: ViewTable<LinkView> = {
  id: (row) => `${row.from} ${row.to}`,
  columns: { from: (row) => row.from, to: (row) => row.to, state: (row) => row.state },
}

function millis(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us / 1000
}

interface Busy {
  readonly busyMs: number
  readonly idleMs: number
}

export class ClusterReader {
  private readonly options: AdminOptions
  /** What each thread had been busy for when it was last asked. */
  private readonly before = new Map<string, Busy>()

  constructor(options: AdminOptions) {
    this.options = options
  }

  links(readings: readonly HostReading[] = readHosts(this.options)): LinkView[] {
    return readings.flatMap(({ host, figures }) =>
      figures.links.map((link) => ({
        from: host,
        to: link.peer,
        over: link.peer.split('/')[0] === host.split('/')[0] ? 'thread' : 'process',
        state: link.up,
        roundTripMs: link.roundTripMs > 0 ? link.roundTripMs : undefined,
        framesIn: link.framesIn,
        framesOut: link.framesOut,
        bytesIn: link.bytesIn,
        bytesOut: link.bytesOut,
        creditsLeft: link.creditsLeft,
        parked: link.parked,
      })),
    )
  }

  async read(query: SnapshotQuery): Promise<ClusterView> {
    const threads = this.options.threads()
    const answers = await Promise.allSettled(threads.map(({ agent }) => agent.thread()))
    const readings = readHosts(this.options)
    const rows = threads.map((thread, i) => {
      const answer = answers[i]
      const told = answer?.status === 'fulfilled' ? answer.value : undefined
      return this.row(
        thread,
        told,
        readings.find(({ host }) => host === thread.host),
      )
    })
    const links = this.links(readings)
    const { limit } = query
    return {
      threads: chooseRows(rows, TABLE, query),
      links: chooseRows(links, LINKS, { ...query, sort: '', filter: '', also: '', limit }),
    }
  }

  private row(
    { host, node, state, restarts }: AdminThread,
    told: AgentThread | undefined,
    reading: HostReading | undefined,
  ): ThreadView {
    const figures = reading?.figures
    return {
      host,
      node,
      state: state === 'running' && !told ? 'silent' : state,
      actors: figures?.kinds.reduce((sum, kind) => sum + kind.actors, 0) ?? 0,
      heapBytes: told?.heapUsedBytes ?? 0,
      delayP50Ms: millis(figures?.delay.p50),
      delayP99Ms: millis(figures?.delay.p99),
      cpu: told ? this.share(host, told) : 0,
      restarts,
      deadLetters: figures?.deadLetters ?? {},
    }
  }

  /** How busy the thread's event loop was since it was last asked. */
  private share(host: string, { busyMs, idleMs }: AgentThread): number {
    const before = this.before.get(host) ?? { busyMs: 0, idleMs: 0 }
    this.before.set(host, { busyMs, idleMs })
    const busy = busyMs - before.busyMs
    const all = busy + idleMs - before.idleMs
    return busy < 0 || all <= 0 ? 0 : busy / all
  }
}
