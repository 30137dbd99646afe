// A receipt file's verdict as commands show it. The trusted validator set is required: a bundle
// that is only consistent with itself proves nothing.

import type { Hex } from '../../lib/hex.ts'
import { type ReceiptVerdict, verifyReceipt } from '../../sdk/receipts/verify-receipt.ts'

export interface TextVerdict {
  readonly valid: boolean
  readonly kind: ReceiptVerdict['kind']
  /** Empty when it is valid. */
  readonly reason: string
  readonly checks: ReceiptVerdict['checks']
  readonly receiptId: string | undefined
  readonly level: string | undefined
}

export function verifyReceiptText(file: Uint8Array | string, trusted: Hex): TextVerdict {
  const { valid, kind, reason, checks, receipt } = verifyReceipt(file, {
    validatorSetHash: trusted,
  })
  const facts = receipt as { receipt_id?: string; verification?: { level?: string } } | undefined
  return {
    valid,
    kind,
    reason: reason ?? '',
    checks,
    receiptId: facts?.receipt_id,
    level: facts?.verification?.level,
  }
}
