// The admin server of a process, composed from its threads: it answers from the first moment, so
// that whoever watches sees a process that starts, and why it is not ready yet.

import { ShardMessages, shardKey } from '../../actors/messages/shard.ts'
import { ADMIN_ASK_MS } from '../../config/limits.ts'
import { rollupConfigAfter } from '../../protocol/rollup/rollup-head.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Host } from '../../runtime/host.ts'
import type { HttpRoute } from '../../transport/http/http-server.ts'
import { ShardCount } from '../edge/shard-count.ts'
import type { AdminOptions, AdminThread } from './admin/admin-options.ts'
import { adminToken } from './admin/admin-token.ts'
import { startAdmin } from './admin/start-admin.ts'
import { localAgent } from './agent/local-agent.ts'
import { threadAgent } from './agent/thread-agent.ts'
import type { ChainSetup } from './chain-setup.ts'
import type { HostLog } from './host-log.ts'
import { nodesWith, SCHEDULER_KEY, validatorNames } from './plan.ts'
import type { ProcessOptions } from './prepare-process.ts'
import type { ThreadCrew } from './thread-crew.ts'
import { MachineWatch } from './watch-machine.ts'

export interface OperationsParts {
  readonly host: Host
  readonly log: HostLog
  readonly crew: ThreadCrew
  /** Routes of other parts behind the admin token. */
  readonly guarded?: readonly HttpRoute[]
  readonly rpc: NonNullable<AdminOptions['rpc']>
  readonly setup: ChainSetup
  readonly warnings: NonNullable<AdminOptions['warnings']>
}

function watchMachine(
  { dataDirectory, environment: { diskFreeMin } }: ProcessOptions,
  { host, log }: OperationsParts,
  threads: () => readonly AdminThread[],
): MachineWatch {
  const watch = new MachineWatch({
    dataDirectory,
    diskFreeMin,
    threads,
    warn: (event, fields) =>
      log.write({ level: 'warn', host: host.name, actor: undefined, event, fields }),
  })
  watch.start()
  return watch
}

/** Of the rollup, by what the first of these validators says. */
function shardsNow({ host, setup }: OperationsParts, [node = '']: readonly string[]) {
  const ask = () =>
    host.edge.ask(ShardMessages, shardKey(node, 0), 'Head', null, { within: ADMIN_ASK_MS })
  const count = new ShardCount(rollupConfigAfter(treeView(setup.genesis.tree)).shards, ask)
  return () => count.now()
}

/** Rejects with ListenError when the metrics port is taken. */
export async function startOperations(
  options: ProcessOptions,
  parts: OperationsParts,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { topology, process: plan, dataDirectory, environment, report } = options
  const { host, log, crew, guarded = [], rpc, warnings } = parts
  const allValidators = validatorNames(topology)
  const validators = allValidators.filter((name) => plan.nodes.includes(name))
  const own: AdminThread = {
    host: host.name,
    node: plan.name,
    state: 'running',
    restarts: 0,
    counters: host.counters.buffer,
    agent: localAgent(threadAgent({ host, stores: () => [] })),
  }
  const threads = () => [own, ...crew.threads(plan.hosts)]
  const admin = await startAdmin({
    process: plan.name,
    nodes: plan.nodes,
    host,
    threads,
    dataDirectory,
    diskFreeMin: environment.diskFreeMin,
    token: adminToken(dataDirectory),
    port: topology.nodes[plan.nodes[0] ?? '']?.ports?.metrics ?? 0,
    log,
    validators,
    allValidators,
    shards: shardsNow(parts, validators),
    // Until stakers join, every validator is an authority (protocol/consensus/quorum.ts).
    isQuorum: (count) => 3 * count > 2 * allValidators.length,
    schedulerKey: nodesWith(topology, 'coordinator').length > 0 ? SCHEDULER_KEY : undefined,
    guarded,
    rpc,
    warnings,
    warn: (message) => report({ type: 'warning', message }),
  })
  const watch = watchMachine(options, parts, threads)
  return {
    url: admin.url,
    stop: async () => {
      await watch.stop()
      await admin.stop()
    },
  }
}
