// All transactions of a block, in order. A proposer skips what no longer fits; a validator refuses
// the block.

import type { Hex } from '../../lib/hex.ts'
import { joinBlooms, logsBloom } from '../block/bloom.ts'
import { encodeReceipt } from '../block/transaction-receipt.ts'
import type { TransactionRefusal } from '../errors/transaction-refusals.ts'
import type { Account } from '../state/account.ts'
import { Overlay } from '../state/overlay.ts'
import { applyChanges, type StateChanges, type StateTree } from '../state/state-tree.ts'
import { treeView } from '../state/state-view.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { applyTransaction } from './apply-transaction.ts'
import type { ExecutionEnv } from './execution-env.ts'

export interface SentTransaction {
  readonly transaction: Transaction
  readonly sender: Hex
}

export interface Executed {
  readonly included: readonly SentTransaction[]
  /** Encoded receipts, one per included transaction. */
  readonly receipts: readonly Uint8Array[]
  readonly bloom: Uint8Array
  readonly gasUsed: number
  readonly tree: StateTree
  readonly changes: StateChanges
  readonly accounts: ReadonlyMap<Hex, Account>
}

export type ExecutionResult =
  | { readonly ok: true; readonly executed: Executed }
  | { readonly ok: false; readonly code: TransactionRefusal; readonly index: number }

export function executeTransactions(
  tree: StateTree,
  env: ExecutionEnv,
  transactions: readonly SentTransaction[],
  onRefusal: 'skip' | 'fail',
): ExecutionResult {
  const overlay = new Overlay(treeView(tree))
  const included: SentTransaction[] = []
  const receipts: Uint8Array[] = []
  const blooms: Uint8Array[] = []
  let gasUsed = 0
  for (const [index, sent] of transactions.entries()) {
    const { transaction, sender } = sent
    const applied = applyTransaction(overlay, env, transaction, sender, env.gasLimit - gasUsed)
    if (!applied.ok) {
      if (onRefusal === 'fail') return { ok: false, code: applied.code, index }
      continue
    }
    gasUsed += applied.gasUsed
    const { succeeded, logs } = applied
    receipts.push(
      encodeReceipt({ type: transaction.type, succeeded, cumulativeGas: gasUsed, logs }),
    )
    if (logs.length > 0) blooms.push(logsBloom(logs))
    included.push(sent)
  }
  const changes = overlay.changes()
  const after = applyChanges(tree, changes)
  const bloom = joinBlooms(blooms)
  return {
    ok: true,
    executed: { included, receipts, bloom, gasUsed, changes, ...after },
  }
}
