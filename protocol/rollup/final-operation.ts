// The file that shows for good that an operation on a lock was executed: as final-receipt.ts does
// for a transfer.

import type { Hex } from '../../lib/hex.ts'
import type { FinalityProof } from '../light/finality-proof.ts'
import { ROLLUP_ACCOUNTS_MAX } from '../params.ts'
import { canonicalJson } from '../receipt/jcs.ts'
import {
  type Fields,
  isBytesOf,
  isU64Text,
  isWhole,
  type Shape,
  wrongMember,
} from '../receipt/json-shape.ts'
import {
  type FinalFile,
  finalFileShapes,
  finalPlace,
  placeInClaim,
  type ReadFinalFile,
  readFinalFile,
} from './final-place.ts'
import type { OperationReceipt } from './operation-receipt.ts'
import { isOperation, OPERATION_KINDS, type OperationTerms } from './operation-terms.ts'

export const ROLLUP_OPERATION_FORMAT = 'aitbc-rollup-operation/1'

/** As JSON has it. */
export interface FinalOperation extends FinalFile {
  readonly format: typeof ROLLUP_OPERATION_FORMAT
  /** The amount in units, in decimal. */
  readonly operation: Omit<OperationTerms, 'amount'> & { readonly amount: string }
  readonly hash: Hex
}

export interface FinalOperationSources {
  readonly receipt: OperationReceipt
  /** Of the block that ordered the receipt's claim. */
  readonly sidecar: Uint8Array
  readonly finality: FinalityProof
}

/** Throws RangeError where the sidecar does not hold the claim, RlpError for what is no claim. */
export function finalOperation(sources: FinalOperationSources): FinalOperation {
  const { receipt, sidecar, finality } = sources
  const { operation, hash } = receipt
  return {
    format: ROLLUP_OPERATION_FORMAT,
    operation: { ...operation, amount: operation.amount.toString() },
    hash,
    ...finalPlace(receipt, sidecar),
    finality,
  }
}

/** The text of the file. */
export function encodeFinalOperation(file: FinalOperation): string {
  return canonicalJson(file)
}

const isU32 = isWhole(0xffff_ffff)
const isIndex = isWhole(ROLLUP_ACCOUNTS_MAX - 1)

const TERMS: Readonly<Record<keyof OperationTerms, Shape>> = {
  kind: (value) => typeof value === 'string' && Object.hasOwn(OPERATION_KINDS, value),
  owner: isIndex,
  lock: isIndex,
  payee: isIndex,
  use: isU32,
  nonce: isU32,
  amount: isU64Text,
  deadline: isU32,
}

const isTerms: Shape = (value) => {
  if (wrongMember(value, TERMS) !== undefined) return false
  const terms = value as Fields as unknown as FinalOperation['operation']
  return isOperation({ ...terms, amount: BigInt(terms.amount) })
}

const SHAPES: Readonly<Record<keyof FinalOperation, Shape>> = {
  ...finalFileShapes(ROLLUP_OPERATION_FORMAT),
  operation: isTerms,
  hash: isBytesOf(32),
}

/** Form only. Any other spelling than `encodeFinalOperation`'s is refused. Never throws. */
export function readFinalOperation(file: Uint8Array | string): ReadFinalFile<FinalOperation> {
  return readFinalFile(file, SHAPES)
}

/** Throws RlpError; RangeError where the claim is not there. */
export function operationReceiptOf(file: FinalOperation): OperationReceipt {
  const { operation, hash } = file
  const terms = { ...operation, amount: BigInt(operation.amount) }
  return { operation: terms, hash, ...placeInClaim(file) }
}
