// GET /status: what this process is and runs, in one short document.

import type { ProcessHead } from '../../inspector/snapshot.ts'
import type { AdminOptions } from './admin-options.ts'
import { readValidator } from './views/chain-view.ts'

export interface ProcessStatus {
  readonly process: string
  readonly nodes: readonly string[]
  readonly pid: number
  readonly version: string
  readonly uptimeMs: number
  readonly threads: readonly {
    readonly host: string
    readonly node: string
    readonly state: string
    readonly restarts: number
    /** Undefined when it did not answer. */
    readonly actors: number | undefined
  }[]
  /** Undefined when a thread did not answer. */
  readonly actors: number | undefined
  /** The validators of this process that answered. */
  readonly validators: readonly { readonly node: string; readonly height: number }[]
  /** What the operator should know now, for people. */
  readonly warnings: readonly string[]
}

export async function readStatus(options: AdminOptions, head: ProcessHead): Promise<ProcessStatus> {
  const threads = options.threads()
  const [warnings, counts, heads] = await Promise.all([
    options.warnings?.() ?? [],
    Promise.allSettled(
      threads.map(({ agent }) => agent.actors({ sort: 'id', filter: '', limit: 1 })),
    ),
    Promise.allSettled(options.validators.map((node) => readValidator(options.host, node))),
  ])
  let actors: number | undefined = 0
  for (const count of counts) {
    actors =
      count.status === 'fulfilled' && actors !== undefined ? actors + count.value.total : undefined
  }
  return {
    process: head.process,
    nodes: head.nodes,
    pid: head.pid,
    version: head.version,
    uptimeMs: head.at - head.startedAt,
    threads: threads.map(({ host, node, state, restarts }, i) => {
      const count = counts[i]
      const own = count?.status === 'fulfilled' ? count.value.total : undefined
      return { host, node, state, restarts, actors: own }
    }),
    actors,
    validators: heads.flatMap((one) => {
      return one.status === 'fulfilled' ? [{ node: one.value.node, height: one.value.height }] : []
    }),
    warnings,
  }
}
