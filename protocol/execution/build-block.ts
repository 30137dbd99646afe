// A proposer's block: the candidates that execute, in order.

import { assert } from '../../lib/assert.ts'
import type { Block } from '../block/block.ts'
import type { BlockRefusal } from '../errors/block-refusals.ts'
import type { StateTree } from '../state/state-tree.ts'
import type { ChainConfig } from './chain-config.ts'
import { type Executed, executeTransactions, type SentTransaction } from './execute-transactions.ts'
import { type Decided, type Parent, planBlock, sealBlock } from './next-block.ts'

export type BuiltBlock =
  | { readonly ok: true; readonly block: Block; readonly executed: Executed }
  | { readonly ok: false; readonly code: BlockRefusal }

/** `tree` is the state after the parent; candidates that cannot be executed are left out. */
export function buildBlock(
  config: ChainConfig,
  parent: Parent,
  tree: StateTree,
  decided: Decided,
  candidates: readonly SentTransaction[],
): BuiltBlock {
  const plan = planBlock(config, parent, decided)
  if (!plan.ok) return plan
  const result = executeTransactions(tree, plan.env, candidates, 'skip')
  assert(result.ok, 'a proposer skips what it cannot execute')
  const { executed } = result
  return { ok: true, block: sealBlock(parent, decided, plan.env, executed), executed }
}
