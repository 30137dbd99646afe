// A provider's gpu-worker on a host.

import { GpuWorker } from '../../actors/gpu-worker/gpu-worker.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import type { NodeSpec } from '../../config/topology-schema.ts'
import type { Host } from '../../runtime/host.ts'
import type { ChainSetup } from './chain-setup.ts'
import { accountKey } from './keys/account-key.ts'
import type { NodeKeys } from './keys/node-keys.ts'
import { rollupKey } from './keys/rollup-key.ts'
import { SCHEDULER_KEY } from './plan.ts'

export interface ProviderPlace {
  readonly name: string
  readonly node: NodeSpec
  readonly keys: NodeKeys | undefined
}

export function startProvider(
  host: Host,
  { name, node, keys }: ProviderPlace,
  setup: ChainSetup,
): void {
  const genesisHash = setup.genesis.block.hash
  const spend = rollupKey('provider', keys)
  host.spawn(GpuWorker, name, {
    schedulerKey: SCHEDULER_KEY,
    chainId: Number(setup.genesis.chainId),
    ...accountKey('provider', keys),
    secp256k1: secp256k1Native,
    models: node.models ?? [],
    slots: node.slots ?? 1,
    rollup: spend && { genesisHash, ...spend },
  })
}
