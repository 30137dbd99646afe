// The coordinator's scheduler on a host.

import { Scheduler } from '../../actors/scheduler/scheduler.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { rollupConfigAfter } from '../../protocol/rollup/rollup-head.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Host } from '../../runtime/host.ts'
import type { ChainSetup } from './chain-setup.ts'
import { accountKey } from './keys/account-key.ts'
import type { NodeKeys } from './keys/node-keys.ts'
import { SCHEDULER_KEY, validatorNames } from './plan.ts'

const HEARTBEAT_MS = 1000

export function startScheduler(
  host: Host,
  topology: Topology,
  setup: ChainSetup,
  keys: NodeKeys | undefined,
): void {
  host.spawn(Scheduler, SCHEDULER_KEY, {
    chainId: setup.genesis.chainId,
    ...accountKey('coordinator', keys),
    secp256k1: secp256k1Native,
    nodes: validatorNames(topology),
    shards: rollupConfigAfter(treeView(setup.genesis.tree)).shards,
    heartbeatMs: HEARTBEAT_MS,
  })
}
