// A chain whose number of shards is to change at the end of its first epoch, with accounts in each
// cohort that moves.

import type { ShardPorts } from '../../../actors/shard/shard-props.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { makeBlock } from '../../../protocol/block/block.ts'
import type { Genesis } from '../../../protocol/genesis/genesis-block.ts'
import { COHORT_SIZE, GOVERNANCE_ADDRESS, ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import { saveChange, WANTED_SLOT } from '../../../protocol/rollup/shard-change.ts'
import { Overlay } from '../../../protocol/state/overlay.ts'
import { applyChanges, EMPTY_STATE, stateRoot } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { BALANCE, epochGenesis, lightConfig, lightPortsFor, OWNER } from '../rollup/rollup-chain.ts'

/** Accounts that send and receive, of each cohort. */
const PER_COHORT = 4
/** Of which ten seconds are over at the start, and the last 45 are those in which shards come to rest. */
const EPOCH_MS = 59_000
const EPOCH_BLOCKS = 100_000

export interface ReshardChain {
  readonly from: number
  readonly to: number
  readonly rollup: RollupConfig
  readonly genesis: Genesis
  readonly config: ReturnType<typeof lightConfig>
  readonly ports: ShardPorts
  /** By cohort. */
  readonly accounts: readonly (readonly number[])[]
}

/** The same genesis, in which the change is planned; no proposal can ask for it yet. */
function planned(genesis: Genesis, shards: number): Genesis {
  const overlay = new Overlay(treeView(genesis.tree))
  overlay.save(GOVERNANCE_ADDRESS, WANTED_SLOT, BigInt(shards + 1))
  const words = {
    load: (slot: `0x${string}`) => overlay.load(ROLLUP_ADDRESS, slot),
    save: (slot: `0x${string}`, word: bigint) => overlay.save(ROLLUP_ADDRESS, slot, word),
  }
  saveChange(words, { shards, epoch: 1, tries: 0, delay: undefined, shard: 0 })
  const more = overlay.changes()
  const storage = new Map(genesis.changes.storage)
  for (const [address, slots] of more.storage) {
    storage.set(address, new Map([...(storage.get(address) ?? []), ...slots]))
  }
  const changes = { accounts: genesis.changes.accounts, storage }
  const { tree, accounts } = applyChanges(EMPTY_STATE, changes)
  const { header, sidecar } = genesis.block
  const block = makeBlock({ ...header, stateRoot: stateRoot(tree) }, [], sidecar)
  return { ...genesis, block, tree, accounts, changes }
}

const chains = new Map<string, ReshardChain>()

/** Made once for each pair: the same at all nodes. */
export function reshardChain(from: number, to: number): ReshardChain {
  const known = chains.get(`${from} ${to}`)
  if (known) return known
  const cohorts = Math.max(from, to) + 1
  const count = (cohorts - 1) * COHORT_SIZE + PER_COHORT
  const rollup = { shards: from, accounts: count, locks: 0, balance: BALANCE, owner: OWNER }
  const genesis = planned(epochGenesis(rollup, EPOCH_BLOCKS, EPOCH_MS), to)
  const accounts = Array.from({ length: cohorts }, (_, cohort) =>
    Array.from({ length: PER_COHORT }, (_, i) => cohort * COHORT_SIZE + i),
  )
  const config = lightConfig(genesis)
  const ports = { ...lightPortsFor(count), hashPairs: hashPairsNative }
  const chain = { from, to, rollup, genesis, config, ports, accounts }
  chains.set(`${from} ${to}`, chain)
  return chain
}
