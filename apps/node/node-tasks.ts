// All tasks of one host: those of its kinds of actors, and those of the node's snapshots where its
// chain is.

import type { NodeSpec } from '../../config/topology-schema.ts'
import { hostTasks, type StoppableTasks } from './host-tasks.ts'
import { snapshotTasks } from './snapshots/snapshot-tasks.ts'
import { storeFolder } from './store-folder.ts'
import type { WorkerInput } from './worker-input.ts'

const OF_SNAPSHOTS = ['archive', 'block-builder']

export async function nodeTasks(
  node: NodeSpec,
  { plan, network, dataDirectory }: WorkerInput,
  warn: (event: string) => void,
): Promise<StoppableTasks> {
  const others = await hostTasks(node, plan.kinds, warn)
  if (!plan.kinds.some((kind) => OF_SNAPSHOTS.includes(kind))) return others
  const snapshots = snapshotTasks({
    chain: storeFolder(dataDirectory, plan.node, 'chain'),
    snapshots: storeFolder(dataDirectory, plan.node, 'snapshots'),
    chainId: BigInt((network.genesis as { chainId: number }).chainId),
    genesisHash: network.genesisHash,
  })
  return {
    start: (name, input, on) =>
      (snapshots.names.includes(name) ? snapshots : others).start(name, input, on),
    async stop() {
      await Promise.all([snapshots.stop(), others.stop()])
    },
  }
}
