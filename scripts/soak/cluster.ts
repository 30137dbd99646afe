// A detached cluster started through the command line, as a user starts it.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { NodeEndpoints } from '../../apps/node/endpoints.ts'
import { packageRoot } from '../../lib/package-root.ts'

export interface Cluster {
  readonly dataDirectory: string
  readonly endpoints: { readonly rpc: string; readonly ws: string; readonly api: string }
  readonly accounts: readonly { name: string; address: `0x${string}`; privateKey: `0x${string}` }[]
  readonly pids: readonly number[]
  readonly nodes: readonly NodeEndpoints[]
}

export function aitbc(args: readonly string[], timeoutMs = 120_000): string {
  return execFileSync(join(packageRoot(), 'aitbc'), args, {
    encoding: 'utf8',
    timeout: timeoutMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** `topology` is the name of a preset. */
export async function startCluster(dataDirectory: string, topology = 'dev'): Promise<Cluster> {
  const file = join(packageRoot(), 'config', 'topologies', `${topology}.yaml`)
  const options = ['--ports', 'auto', '--detach', '--json', '--data', dataDirectory]
  const text = aitbc(['up', file, ...options])
  return { dataDirectory, ...(JSON.parse(text) as Omit<Cluster, 'dataDirectory'>) }
}

export function killCluster(cluster: Cluster, signal: NodeJS.Signals = 'SIGKILL'): void {
  for (const pid of cluster.pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // Already gone.
    }
  }
}

export function accountOf(cluster: Cluster, name: string) {
  const account = cluster.accounts.find((candidate) => candidate.name === name)
  if (!account) throw new Error(`the cluster has no account ${name}`)
  return account
}
