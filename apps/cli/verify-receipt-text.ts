// A receipt file's verdict as commands show it. The trusted validator set is required: a bundle
// that is only consistent with itself proves nothing.

import type { Hex } from '../../lib/hex.ts'
import type { LightCheckpoint } from '../../protocol/light/light-checkpoint.ts'
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

/** Hash of the genesis validators, or a checkpoint. */
export type ReceiptAnchor = Hex | LightCheckpoint

export function verifyReceiptText(file: Uint8Array | string, trusted: ReceiptAnchor): TextVerdict {
  const trust =
    typeof trusted === 'string' ? { validatorSetHash: trusted } : { checkpoint: trusted }
  const { valid, kind, reason, checks, receipt } = verifyReceipt(file, trust)
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
