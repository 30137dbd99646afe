// The file that shows for good that a transfer was executed: its place in a claim, the claim in the
// sidecar of a block, and that block's finality. Canonical JSON, so that no byte of it can change.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeSidecar } from '../block/sidecar.ts'
import { FINALITY_OPTIONAL, FINALITY_SHAPES, type FinalityProof } from '../light/finality-proof.ts'
import { BATCH_TRANSFERS_MAX, CLAIMS_PER_BLOCK_MAX } from '../params.ts'
import { readCanonicalFile } from '../receipt/canonical-file.ts'
import { canonicalJson } from '../receipt/jcs.ts'
import {
  hasExactly,
  isBytes,
  isBytesUpTo,
  isWhole,
  type Shape,
  wrongMember,
} from '../receipt/json-shape.ts'
import { claimHash, decodeClaim } from './claim.ts'
import type { RollupReceipt } from './rollup-receipt.ts'
import { treeDepth } from './transfer-tree.ts'

export const ROLLUP_RECEIPT_FORMAT = 'aitbc-rollup-receipt/1'

/** As JSON has it. */
export interface FinalReceipt {
  readonly format: typeof ROLLUP_RECEIPT_FORMAT
  readonly transfer: {
    readonly from: number
    readonly nonce: number
    readonly to: number
    /** Units, in decimal. */
    readonly amount: string
  }
  /** Of the transfer in its batch. */
  readonly position: number
  /** Siblings from the leaf upwards, 32 bytes each. */
  readonly proof: Hex
  /** Place of the claim in the sidecar. */
  readonly claim: number
  /** Commit sidecar of the block that ordered the claim: the first of the finality's headers. */
  readonly sidecar: Hex
  readonly finality: FinalityProof
}

export interface FinalReceiptSources {
  readonly receipt: RollupReceipt
  /** Of the block that ordered the receipt's claim. */
  readonly sidecar: Uint8Array
  readonly finality: FinalityProof
}

/** Throws RangeError where the sidecar does not hold the claim, RlpError for what is no claim. */
export function finalReceipt({ receipt, sidecar, finality }: FinalReceiptSources): FinalReceipt {
  const { transfer, position, proof } = receipt
  const wanted = claimHash(decodeClaim(receipt.claim))
  const hashes = decodeSidecar(sidecar).claims.map((claim) => claimHash(decodeClaim(claim)))
  const claim = hashes.indexOf(wanted)
  if (claim < 0) throw new RangeError('the block does not order the claim')
  const { from, nonce, to, amount } = transfer
  return {
    format: ROLLUP_RECEIPT_FORMAT,
    transfer: { from, nonce, to, amount: amount.toString() },
    position,
    proof: bytesToHex(proof),
    claim,
    sidecar: bytesToHex(sidecar),
    finality,
  }
}

/** The text of the file. */
export function encodeFinalReceipt(receipt: FinalReceipt): string {
  return canonicalJson(receipt)
}

const isU32 = isWhole(0xffff_ffff)
const isUnits: Shape = (value) =>
  typeof value === 'string' && /^(0|[1-9][0-9]{0,19})$/.test(value) && BigInt(value) < 2n ** 64n

const isTransfer: Shape = (value) =>
  hasExactly(value, ['from', 'nonce', 'to', 'amount']) &&
  [value.from, value.nonce, value.to].every(isU32) &&
  isUnits(value.amount)

const SHAPES: Readonly<Record<keyof FinalReceipt, Shape>> = {
  format: (value) => value === ROLLUP_RECEIPT_FORMAT,
  transfer: isTransfer,
  position: isWhole(BATCH_TRANSFERS_MAX - 1),
  // A batch of one transfer has an empty proof.
  proof: isBytesUpTo(32 * treeDepth(BATCH_TRANSFERS_MAX)),
  claim: isWhole(CLAIMS_PER_BLOCK_MAX - 1),
  sidecar: isBytes,
  finality: (value) => wrongMember(value, FINALITY_SHAPES, FINALITY_OPTIONAL) === undefined,
}

export type ReadFinalReceipt =
  | { readonly ok: true; readonly receipt: FinalReceipt }
  | { readonly ok: false; readonly reason: string }

/** Form only. Any other spelling than `encodeFinalReceipt`'s is refused. Never throws. */
export function readFinalReceipt(file: Uint8Array | string): ReadFinalReceipt {
  const text = readCanonicalFile(file)
  if (!text.ok) return text
  const wrong = wrongMember(text.value, SHAPES)
  if (wrong === undefined) return { ok: true, receipt: text.value as FinalReceipt }
  return { ok: false, reason: `${wrong} is missing, unknown or ill-formed` }
}

/** What a rollup account keeps. Throws RlpError; RangeError where the claim is not there. */
export function rollupReceiptOf(receipt: FinalReceipt): RollupReceipt {
  const { transfer, position, proof, sidecar } = receipt
  const claim = decodeSidecar(hexToBytes(sidecar)).claims[receipt.claim]
  if (!claim) throw new RangeError('the sidecar has no such claim')
  const { from, nonce, to, amount } = transfer
  const signed = { from, nonce, to, amount: BigInt(amount) }
  return { transfer: signed, claim, position, proof: hexToBytes(proof) }
}
