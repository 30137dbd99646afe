// All transactions of a block, in order. A proposer skips what no longer fits; a validator refuses
// the block.

import { ByteSlab } from '../../lib/byte-slab.ts'
import type { Hex } from '../../lib/hex.ts'
import { joinBlooms, logsBloom } from '../block/bloom.ts'
import { encodeReceipt } from '../block/transaction-receipt.ts'
import type { TransactionRefusal } from '../errors/transaction-refusals.ts'
import { BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX } from '../params.ts'
import type { Overlay } from '../state/overlay.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { applyTransaction } from './apply-transaction.ts'
import type { ExecutionEnv } from './execution-env.ts'

export interface SentTransaction {
  readonly transaction: Transaction
  readonly sender: Hex
}

export interface Transacted {
  readonly included: readonly SentTransaction[]
  /** Encoded receipts, one per included transaction. */
  readonly receipts: readonly Uint8Array[]
  readonly bloom: Uint8Array
  readonly gasUsed: number
}

export type TransactionsResult =
  | { readonly ok: true; readonly transacted: Transacted }
  | { readonly ok: false; readonly code: TransactionRefusal; readonly index: number }

export function executeTransactions(
  overlay: Overlay,
  env: ExecutionEnv,
  transactions: readonly SentTransaction[],
  onRefusal: 'skip' | 'fail',
): TransactionsResult {
  const included: SentTransaction[] = []
  const receipts: Uint8Array[] = []
  const blooms: Uint8Array[] = []
  const slab = new ByteSlab()
  let gasUsed = 0
  let bytes = 0
  for (const [index, sent] of transactions.entries()) {
    const { transaction, sender } = sent
    const fits =
      included.length < BLOCK_TRANSACTIONS_MAX && bytes + transaction.raw.length <= BLOCK_BYTES_MAX
    const applied = fits
      ? applyTransaction(overlay, env, transaction, sender, env.gasLimit - gasUsed)
      : ({ ok: false, code: 'BLOCK_FULL' } as const)
    if (!applied.ok) {
      if (onRefusal === 'fail') return { ok: false, code: applied.code, index }
      continue
    }
    gasUsed += applied.gasUsed
    bytes += transaction.raw.length
    const { succeeded, logs } = applied
    const { type } = transaction
    receipts.push(encodeReceipt({ type, succeeded, cumulativeGas: gasUsed, logs }, slab))
    if (logs.length > 0) blooms.push(logsBloom(logs))
    included.push(sent)
  }
  const bloom = joinBlooms(blooms)
  return { ok: true, transacted: { included, receipts, bloom, gasUsed } }
}
