// A provider's gpu-worker on a host, and the tasks that run its models.

import { GpuWorker } from '../../actors/gpu-worker/gpu-worker.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { ModelTasks } from '../../compute/tasks/model-tasks.ts'
import type { NodeSpec } from '../../config/topology.ts'
import { hexToBytes } from '../../lib/hex.ts'
import type { Host } from '../../runtime/host.ts'
import type { TaskRunner } from '../../runtime/task.ts'
import type { ChainSetup } from './chain-setup.ts'
import { devAccount } from './dev-keys.ts'
import { SCHEDULER_KEY } from './plan.ts'

export function providerTasks(): TaskRunner & { stop(): void } {
  return new ModelTasks()
}

export function startProvider(host: Host, node: NodeSpec, setup: ChainSetup): void {
  if (node.role !== 'provider') throw new Error(`${host.name} is no provider`)
  const { address, privateKey } = devAccount('provider')
  host.spawn(GpuWorker, host.name, {
    schedulerKey: SCHEDULER_KEY,
    chainId: Number(setup.genesis.chainId),
    address,
    secretKey: hexToBytes(privateKey),
    secp256k1: secp256k1Native,
    models: node.models,
    slots: node.slots,
  })
}
