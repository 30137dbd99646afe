// The tasks that a host's actors start: signature checks beside mempool and shard, models beside a
// gpu-worker. Loads only what the kinds of actors on the host can start.

import {
  CheckCosigners,
  MakeKeys,
  RecoverSenders,
  VerifyEd25519,
} from '../../actors/messages/tasks.ts'
import { POOL_THREADS } from '../../config/limits.ts'
import type { NodeSpec } from '../../config/topology-schema.ts'
import type { TaskRunner } from '../../runtime/task.ts'

export type StoppableTasks = TaskRunner & { stop(): Promise<void> }

const OF_SIGNATURES: readonly string[] = [
  RecoverSenders.name,
  VerifyEd25519.name,
  CheckCosigners.name,
]

/** Where there are shards, their keys too. */
async function withKeys(check: StoppableTasks, kinds: readonly string[]): Promise<StoppableTasks> {
  if (!kinds.includes('shard')) return check
  const { KeyTasks } = await import('../../compute/pool/key-tasks.ts')
  const keys = new KeyTasks()
  return {
    start: (name, input, on) => (name === MakeKeys.name ? keys : check).start(name, input, on),
    async stop() {
      await Promise.all([check.stop(), keys.stop()])
    },
  }
}

async function signatures(node: NodeSpec, warn: (event: string) => void): Promise<StoppableTasks> {
  const { signatureTasks } = await import('../../compute/pool/signature-tasks.ts')
  return signatureTasks({ threads: node.tasks?.signatures ?? POOL_THREADS, warn })
}

async function models(): Promise<StoppableTasks> {
  const { ModelTasks } = await import('../../compute/tasks/model-tasks.ts')
  const tasks = new ModelTasks()
  return {
    start: (name, input, on) => tasks.start(name, input, on),
    stop: async () => tasks.stop(),
  }
}

export async function hostTasks(
  node: NodeSpec,
  kinds: readonly string[],
  warn: (event: string) => void,
): Promise<StoppableTasks> {
  if (!kinds.includes('gpu-worker')) return withKeys(await signatures(node, warn), kinds)
  const run = await models()
  if (!kinds.includes('mempool') && !kinds.includes('shard')) return run
  const check = await withKeys(await signatures(node, warn), kinds)
  const toCheck: readonly string[] = [...OF_SIGNATURES, MakeKeys.name]
  return {
    start: (name, input, on) => (toCheck.includes(name) ? check : run).start(name, input, on),
    async stop() {
      await Promise.all([check.stop(), run.stop()])
    },
  }
}
