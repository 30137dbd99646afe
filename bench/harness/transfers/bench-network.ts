// A network for one bench: as many validators as asked for, and accounts with money from the
// genesis on.

import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type DevNetworkSpec, devNetwork } from '../../../scripts/dev-genesis.ts'
import { benchAccount } from './bench-account.ts'

export const BENCH_CHAIN_ID = 1_337_000n

/** Nodes of a topology by name, as config/topology-schema.ts has them. */
export type BenchNodes = Readonly<Record<string, object>>

/**
 * Nothing but validators, the first of which (or so many) answer JSON-RPC. Signatures are checked
 * on as many threads as there are cores, shared by all of them.
 */
export function validatorNodes(validators: number, gateways = 1): BenchNodes {
  const tasks = { signatures: Math.max(1, Math.floor(availableParallelism() / validators)) }
  return Object.fromEntries(
    Array.from({ length: validators }, (_, i) => [
      `node${i}`,
      { roles: i < gateways ? ['validator', 'gateway'] : ['validator'], tasks },
    ]),
  )
}

export interface BenchNetworkSpec extends Pick<DevNetworkSpec, 'epochBlocks' | 'governance'> {
  readonly validators: number
  readonly accounts: number
  readonly nodes: BenchNodes
  /** Accounts of the rollup; those of the development network when absent. */
  readonly rollupAccounts?: number
  readonly rollupShards?: number
  readonly rollupCommittee?: number
  readonly rollupLocks?: number
}

/** Writes network and topology into `folder`; the topology's path. */
export function writeBenchNetwork(folder: string, spec: BenchNetworkSpec): string {
  mkdirSync(folder, { recursive: true })
  const accounts = Array.from({ length: spec.accounts }, (_, i) => {
    return { name: `bench${i}`, address: benchAccount(i).address }
  })
  const { validators, nodes, rollupAccounts, rollupShards, rollupLocks, rollupCommittee } = spec
  const { epochBlocks, governance } = spec
  const name = 'bench'
  const network = devNetwork({
    name,
    chainId: BENCH_CHAIN_ID,
    validators,
    accounts,
    ...(rollupAccounts !== undefined && { rollupAccounts }),
    ...(rollupShards !== undefined && { rollupShards }),
    ...(rollupLocks !== undefined && { rollupLocks }),
    ...(rollupCommittee !== undefined && { rollupCommittee }),
    ...(epochBlocks && { epochBlocks }),
    ...(governance && { governance }),
  })
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(network))
  const topology = join(folder, 'topology.yaml')
  writeFileSync(topology, stringify({ name, network: name, process: 'each', nodes }))
  return topology
}
