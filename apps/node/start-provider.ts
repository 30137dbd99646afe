// A provider's gpu-worker on a host.

import { GpuWorker } from '../../actors/gpu-worker/gpu-worker.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import type { NodeSpec } from '../../config/topology-schema.ts'
import { hexToBytes } from '../../lib/hex.ts'
import type { Host } from '../../runtime/host.ts'
import type { ChainSetup } from './chain-setup.ts'
import { devAccount } from './dev-keys.ts'
import { SCHEDULER_KEY } from './plan.ts'

export function startProvider(host: Host, name: string, node: NodeSpec, setup: ChainSetup): void {
  const { address, privateKey } = devAccount('provider')
  host.spawn(GpuWorker, name, {
    schedulerKey: SCHEDULER_KEY,
    chainId: Number(setup.genesis.chainId),
    address,
    secretKey: hexToBytes(privateKey),
    secp256k1: secp256k1Native,
    models: node.models ?? [],
    slots: node.slots ?? 1,
  })
}
