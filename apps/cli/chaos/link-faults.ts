// Faults of connections between nodes, set in every process that sends over them, through its admin
// server.

import type { Faults } from '../../../transport/chaos/faults.ts'
import { CliError } from '../cli-error.ts'
import { fetchJson } from '../fetch-json.ts'
import { type ChaosCluster, nodeNamed } from './chaos-cluster.ts'
import type { Effect } from './consequence.ts'
import { type LinkPlan, linkPlan } from './link-plan.ts'
import type { Fault } from './run-fault.ts'

export interface LinkFaultOptions {
  /** Names of nodes. */
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly faults: Faults
  readonly oneWay: boolean
  readonly forMs: number | undefined
  readonly what: string
  readonly effect: Effect
}

function post(cluster: ChaosCluster, process: string, body: unknown): Promise<unknown> {
  const node = cluster.nodes.find((one) => one.process === process)
  return fetchJson(`${node?.admin}/chaos/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${cluster.token}` },
    body,
  })
}

/** Sets all of it, or nothing: a fault that only some processes know is healed again. */
async function apply(cluster: ChaosCluster, plan: LinkPlan, forMs?: number): Promise<void> {
  const answers = await Promise.allSettled(
    [...plan].map(([process, peers]) => post(cluster, process, { peers, ...(forMs && { forMs }) })),
  )
  const failed = answers.find((one) => one.status === 'rejected')
  if (!failed) return
  await healLinks(cluster)
  throw failed.reason
}

/** Heals every process that answers; says which do not. */
export async function healLinks(cluster: ChaosCluster): Promise<string[]> {
  const processes = [...new Set(cluster.nodes.map(({ process }) => process))]
  const answers = await Promise.allSettled(
    processes.map((process) => post(cluster, process, { heal: true })),
  )
  return processes.filter((_, i) => answers[i]?.status === 'rejected')
}

export function linkFault(cluster: ChaosCluster, options: LinkFaultOptions): Fault {
  const { left, right, faults, oneWay, forMs, what, effect } = options
  const processes = (names: readonly string[]) =>
    names.map((name) => nodeNamed(cluster, name).process)
  const plan = linkPlan(processes(left), processes(right), faults, oneWay)
  if (plan.size === 0) {
    throw new CliError(
      'BAD_VALUE',
      'there is no connection to break',
      `${[...left, ...right].join(', ')} run in one process`,
      'name nodes of different processes',
    )
  }
  return {
    what,
    effect,
    forMs,
    stays: forMs === undefined,
    begin: () => apply(cluster, plan, forMs),
    end: async () => {
      await healLinks(cluster)
    },
  }
}
