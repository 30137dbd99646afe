// A cluster of real processes for one bench: started as a user starts it, in a folder of its own,
// and stopped with the bench, however that ends.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NodeEndpoints, readEndpoints } from '../../apps/node/endpoints.ts'
import { aitbc, type Cluster } from '../../scripts/soak/cluster.ts'
import { receivedBytes } from './network-received.ts'

/** Slow machines with other work start seven processes in more than the usual time. */
const START_MS = 300_000
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export class BenchCluster {
  readonly cluster: Cluster
  private readonly folder: string
  private readonly interrupted: () => void

  private constructor(cluster: Cluster, folder: string, interrupted: () => void) {
    this.cluster = cluster
    this.folder = folder
    this.interrupted = interrupted
  }

  /** `writeTopology` writes what it needs into the folder it is given, and names the topology. */
  static start(
    writeTopology: (folder: string) => string,
    options: readonly string[] = [],
  ): BenchCluster {
    const folder = mkdtempSync(join(tmpdir(), 'aitbc-bench-'))
    const data = join(folder, 'data')
    // Whoever stops the bench stops the cluster, which runs by itself: also while it starts.
    const interrupted = () => {
      down(folder)
      process.exit(130)
    }
    for (const signal of SIGNALS) process.once(signal, interrupted)
    try {
      const file = writeTopology(folder)
      const how = ['--ports', 'auto', '--detach', '--json', '--data', data, ...options]
      const text = aitbc(['up', file, ...how], START_MS)
      const cluster = { dataDirectory: data, ...JSON.parse(text) } as Cluster
      return new BenchCluster(cluster, folder, interrupted)
    } catch (error) {
      for (const signal of SIGNALS) process.off(signal, interrupted)
      down(folder)
      throw error
    }
  }

  get dataDirectory(): string {
    return join(this.folder, 'data')
  }

  /** As they are now: a process that was started again has another number. */
  nodes(): readonly NodeEndpoints[] {
    return readEndpoints(this.dataDirectory)?.nodes ?? []
  }

  /** By all nodes from each other, since they started. */
  receivedBytes(): Promise<number> {
    return receivedBytes([...new Set(this.nodes().map(({ admin }) => admin))])
  }

  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.interrupted)
    down(this.folder)
  }
}

function down(folder: string): void {
  try {
    const data = join(folder, 'data')
    if (readEndpoints(data)) aitbc(['down', '--data', data])
  } catch (error) {
    process.stderr.write(`a cluster did not stop in order: ${(error as Error).message}\n`)
  }
  rmSync(folder, { recursive: true, force: true })
}
