// What the nodes of a running cluster say of themselves, each asked at its own admin server: nodes
// that are down are in the list, and everything else works without them.

import type { ChainView, Snapshot } from '../inspector/snapshot.ts'
import type { ProcessStatus } from '../node/admin/status.ts'
import { type Endpoints, type NodeEndpoints, processAlive } from '../node/endpoints.ts'
import type { StatusDocument } from './commands/status.ts'
import { fetchJson } from './fetch-json.ts'

const LIMIT_MS = 2000

export interface NodeDocument {
  readonly name: string
  readonly pid: number
  readonly threads: number
  readonly actors: number
  readonly up: boolean
}

/** One answer for each process, undefined where none came. */
async function askAll<T>(endpoints: Endpoints, path: string): Promise<Map<string, T>> {
  const admins = [...new Set((endpoints.nodes ?? []).map(({ admin }) => admin))].filter(Boolean)
  const answers = await Promise.allSettled(
    admins.map((admin) => fetchJson(`${admin}${path}`, { limitMs: LIMIT_MS })),
  )
  const found = new Map<string, T>()
  for (const [i, answer] of answers.entries()) {
    if (answer.status === 'fulfilled') found.set(admins[i] as string, answer.value as T)
  }
  return found
}

function nodeDocument(node: NodeEndpoints, status: ProcessStatus | undefined): NodeDocument {
  const { name, pid } = node
  const up = status !== undefined && status.pid === pid && processAlive(pid)
  const threads = up ? status.threads.filter((thread) => thread.node === name) : []
  const running = threads.filter(({ state }) => state === 'running')
  const actors = running.reduce((sum, thread) => sum + (thread.actors ?? 0), 0)
  return { name, pid, threads: running.length, actors, up: up && running.length === threads.length }
}

export interface ClusterNodes {
  readonly nodes: readonly NodeDocument[]
  /** What the operator should know now, each once. */
  readonly warnings: readonly string[]
}

export async function clusterNodes(endpoints: Endpoints): Promise<ClusterNodes> {
  const statuses = await askAll<ProcessStatus>(endpoints, '/status')
  const told = [...statuses.values()].flatMap(({ warnings = [] }) => warnings)
  return {
    nodes: (endpoints.nodes ?? []).map((node) => nodeDocument(node, statuses.get(node.admin))),
    warnings: [...new Set(told)],
  }
}

/** The chain as the nodes that answer see it, for when the coordinator does not. */
export async function chainOfNodes(endpoints: Endpoints): Promise<StatusDocument | undefined> {
  const path = '/inspector/snapshot?view=chain&limit=200'
  const views = [...(await askAll<Snapshot>(endpoints, path)).values()].map(
    ({ body }) => body as ChainView,
  )
  const validators = views.flatMap((view) => view.validators)
  if (validators.length === 0) return undefined
  const finality = views.find((view) => view.finalityMs.p50 !== undefined)?.finalityMs
  return {
    height: Math.max(...validators.map(({ height }) => height)),
    mode: validators[0]?.mode ?? 'unknown',
    ...validators[0]?.facts,
    finality_ms: { p50: finality?.p50 ?? null, p99: finality?.p99 ?? null },
    validators: validators.map((one) => ({
      id: one.node,
      height: one.height,
      block_hash: one.blockHash,
      state_root: one.stateRoot,
    })),
    jobs: {},
  }
}
