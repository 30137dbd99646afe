// A whole block on its parent's state: what its sidecar brings, its transactions, what the epoch
// adds up. The one path of proposer and validators.

import type { Hex } from '../../lib/hex.ts'
import { beginBlock, type Refused } from '../epoch/begin-block.ts'
import { endBlock } from '../epoch/end-block.ts'
import { addSupply } from '../epoch/supply.ts'
import { EPOCH_ADDRESS } from '../params.ts'
import type { Account } from '../state/account.ts'
import { Overlay } from '../state/overlay.ts'
import { applyChanges, type StateChanges, type StateTree } from '../state/state-tree.ts'
import { treeView } from '../state/state-view.ts'
import type { ChainConfig } from './chain-config.ts'
import {
  executeTransactions,
  type SentTransaction,
  type Transacted,
} from './execute-transactions.ts'
import type { BlockPlan } from './plan-block.ts'
import { systemState } from './system-state.ts'

export interface Executed extends Transacted {
  /** Hash of the proposer's VRF output. */
  readonly mixHash: Hex
  readonly tree: StateTree
  readonly changes: StateChanges
  readonly accounts: ReadonlyMap<Hex, Account>
}

export type ExecutionResult = { readonly ok: true; readonly executed: Executed } | Refused

export function executeBlock(
  config: ChainConfig,
  tree: StateTree,
  { env, facts }: BlockPlan,
  transactions: readonly SentTransaction[],
  onRefusal: 'skip' | 'fail',
): ExecutionResult {
  const overlay = new Overlay(treeView(tree))
  const system = (address: Hex) => systemState(overlay, address)
  const begun = beginBlock(system, config, facts)
  if (!begun.ok) return begun
  const result = executeTransactions(overlay, env, transactions, onRefusal)
  if (!result.ok) {
    return { ok: false, code: 'BAD_TRANSACTION', detail: `${result.code} at ${result.index}` }
  }
  const { transacted } = result
  const { mixHash } = begun
  const { proposer } = facts.sidecar
  endBlock(system, { ...facts, proposer, gasUsed: transacted.gasUsed })
  addSupply(system(EPOCH_ADDRESS), overlay.minted, overlay.burned)
  const changes = overlay.changes()
  const after = applyChanges(tree, changes)
  return { ok: true, executed: { ...transacted, mixHash, changes, ...after } }
}
