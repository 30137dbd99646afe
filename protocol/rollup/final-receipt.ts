// The file that shows for good that a transfer was executed: its place in a claim, the claim in the
// sidecar of a block, and that block's finality. Canonical JSON, so that no byte of it can change.

import type { FinalityProof } from '../light/finality-proof.ts'
import { canonicalJson } from '../receipt/jcs.ts'
import { hasExactly, isU64Text, isWhole, type Shape } from '../receipt/json-shape.ts'
import {
  type FinalFile,
  finalFileShapes,
  finalPlace,
  placeInClaim,
  type ReadFinalFile,
  readFinalFile,
} from './final-place.ts'
import type { RollupReceipt } from './rollup-receipt.ts'

export const ROLLUP_RECEIPT_FORMAT = 'aitbc-rollup-receipt/1'

/** As JSON has it. */
export interface FinalReceipt extends FinalFile {
  readonly format: typeof ROLLUP_RECEIPT_FORMAT
  readonly transfer: {
    readonly from: number
    readonly nonce: number
    readonly to: number
    /** Units, in decimal. */
    readonly amount: string
  }
}

export interface FinalReceiptSources {
  readonly receipt: RollupReceipt
  /** Of the block that ordered the receipt's claim. */
  readonly sidecar: Uint8Array
  readonly finality: FinalityProof
}

/** Throws RangeError where the sidecar does not hold the claim, RlpError for what is no claim. */
export function finalReceipt({ receipt, sidecar, finality }: FinalReceiptSources): FinalReceipt {
  const { from, nonce, to, amount } = receipt.transfer
  return {
    format: ROLLUP_RECEIPT_FORMAT,
    transfer: { from, nonce, to, amount: amount.toString() },
    ...finalPlace(receipt, sidecar),
    finality,
  }
}

/** The text of the file. */
export function encodeFinalReceipt(receipt: FinalReceipt): string {
  return canonicalJson(receipt)
}

const isU32 = isWhole(0xffff_ffff)

const isTransfer: Shape = (value) =>
  hasExactly(value, ['from', 'nonce', 'to', 'amount']) &&
  [value.from, value.nonce, value.to].every(isU32) &&
  isU64Text(value.amount)

const SHAPES: Readonly<Record<keyof FinalReceipt, Shape>> = {
  ...finalFileShapes(ROLLUP_RECEIPT_FORMAT),
  transfer: isTransfer,
}

/** Form only. Any other spelling than `encodeFinalReceipt`'s is refused. Never throws. */
export function readFinalReceipt(file: Uint8Array | string): ReadFinalFile<FinalReceipt> {
  return readFinalFile(file, SHAPES)
}

/** What a rollup account keeps. Throws RlpError; RangeError where the claim is not there. */
export function rollupReceiptOf(receipt: FinalReceipt): RollupReceipt {
  const { from, nonce, to, amount } = receipt.transfer
  return { transfer: { from, nonce, to, amount: BigInt(amount) }, ...placeInClaim(receipt) }
}
