// The processes of a running cluster, as those see them who break them on purpose: where each one
// answers, which validators it runs, and that there are several.

import { nearestName } from '../../../lib/nearest-name.ts'
import { readAdminToken } from '../../node/admin/admin-token.ts'
import type { Endpoints } from '../../node/endpoints.ts'
import { CliError } from '../cli-error.ts'
import { fetchJson } from '../fetch-json.ts'
import { runningCluster } from '../running-cluster.ts'

export interface ChaosNode {
  readonly name: string
  readonly process: string
  readonly pid: number
  /** Base URL of its process's admin server. */
  readonly admin: string
  readonly rpc: string | undefined
}

export interface ChaosCluster {
  readonly dataDirectory: string
  readonly nodes: readonly ChaosNode[]
  readonly accounts: Endpoints['accounts']
  readonly token: string
}

function nodesOf(endpoints: Endpoints): ChaosNode[] {
  return (endpoints.nodes ?? []).flatMap(({ name, process, pid, admin, rpc }) =>
    admin === '' ? [] : [{ name, process, pid, admin, rpc }],
  )
}

/** Throws CliError NOT_RUNNING, ONE_PROCESS, or FILE without the admin token. */
export function chaosCluster(dataDirectory: string): ChaosCluster {
  const endpoints = runningCluster(dataDirectory)
  const nodes = nodesOf(endpoints)
  if (new Set(nodes.map(({ process }) => process)).size < 2) {
    throw new CliError(
      'ONE_PROCESS',
      'there is no node that could fail alone',
      `all nodes of ${dataDirectory} run in one process`,
      'start a cluster of several: ./aitbc up config/topologies/local-4.yaml',
    )
  }
  const token = readAdminToken(dataDirectory)
  if (token === undefined) {
    throw new CliError(
      'FILE',
      'the admin token cannot be read',
      `${dataDirectory}/admin.token is missing or not readable for you`,
      'run the command as the user who started the cluster',
    )
  }
  return { dataDirectory, nodes, accounts: endpoints.accounts, token }
}

/** As it is now: a node that was started again has another process. */
export function currentNode(dataDirectory: string, name: string): ChaosNode | undefined {
  return nodesOf(runningCluster(dataDirectory)).find((node) => node.name === name)
}

/** Throws CliError BAD_VALUE naming the nearest one. */
export function nodeNamed({ nodes }: ChaosCluster, name: string): ChaosNode {
  const found = nodes.find((node) => node.name === name)
  if (found) return found
  const names = nodes.map((node) => node.name)
  const near = nearestName(name, names)
  throw new CliError(
    'BAD_VALUE',
    `there is no node "${name.slice(0, 80)}"`,
    `the cluster has ${names.join(', ')}`,
    near ? `did you mean ${near}?` : 'name one of these',
  )
}

/** Validators by the node that runs them; a node that does not answer is left out. */
export async function validatorsByNode(nodes: readonly ChaosNode[]): Promise<Set<string>> {
  const names = new Set<string>()
  const answers = await Promise.allSettled(nodes.map(({ admin }) => fetchJson(`${admin}/status`)))
  for (const answer of answers) {
    if (answer.status !== 'fulfilled') continue
    const { validators } = answer.value as { validators?: readonly { node: string }[] }
    for (const { node } of validators ?? []) names.add(node)
  }
  return names
}
