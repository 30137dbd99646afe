// A proposer's block: the candidates that execute, in order.

import type { Block } from '../block/block.ts'
import type { Refused } from '../epoch/begin-block.ts'
import type { StateTree } from '../state/state-tree.ts'
import { treeView } from '../state/state-view.ts'
import type { ChainConfig } from './chain-config.ts'
import { type Executed, executeBlock } from './execute-block.ts'
import type { SentTransaction } from './execute-transactions.ts'
import { type Decided, type Parent, planBlock } from './plan-block.ts'
import { sealBlock } from './seal-block.ts'

export type BuiltBlock =
  | { readonly ok: true; readonly block: Block; readonly executed: Executed }
  | Refused

/** `tree` is the state after the parent; candidates that cannot be executed are left out. */
export function buildBlock(
  config: ChainConfig,
  parent: Parent,
  tree: StateTree,
  decided: Decided,
  candidates: readonly SentTransaction[],
): BuiltBlock {
  const plan = planBlock(config, parent, treeView(tree), decided)
  if (!plan.ok) return plan
  const result = executeBlock(config, tree, plan, candidates, 'skip')
  if (!result.ok) return result
  const { executed } = result
  return { ok: true, block: sealBlock(parent, decided, plan.env, executed), executed }
}
