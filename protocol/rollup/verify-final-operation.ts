// Verifies the receipt of an operation on a lock with nothing but its file and what the reader
// trusts.

import type { Hex } from '../../lib/hex.ts'
import { type FinalOperation, operationReceiptOf, readFinalOperation } from './final-operation.ts'
import { checkOperation } from './operation-receipt.ts'
import type { OperationTerms } from './operation-terms.ts'
import {
  type FinalFileKind,
  type FinalFileTrust,
  type FinalFileVerdict,
  type ShownPlace,
  verifyFinalFile,
} from './verify-final-file.ts'

interface Operation extends OperationTerms {
  readonly hash: Hex
}

export type ShownOperation = Operation & ShownPlace

export type FinalOperationVerdict = FinalFileVerdict<'operation', Operation>

const KIND: FinalFileKind<'operation', FinalOperation, Operation> = {
  name: 'operation',
  read: readFinalOperation,
  check: (file, hashPairs) => checkOperation(operationReceiptOf(file), hashPairs),
  shown: ({ operation, hash }) => ({ ...operation, amount: BigInt(operation.amount), hash }),
  text: operationText,
}

/** Never throws: whatever the file holds, the answer is valid, or invalid with a reason. */
export function verifyFinalOperation(
  file: Uint8Array | string,
  trust: FinalFileTrust,
): FinalOperationVerdict {
  return verifyFinalFile(file, trust, KIND)
}

function operationText(operation: OperationTerms): string {
  const { kind, owner, lock, payee, use, amount, deadline } = operation
  const which = `lock ${lock}, use ${use}`
  if (kind === 'lock') {
    return `account ${owner} locked ${amount} units for account ${payee} until block ${deadline} in ${which}`
  }
  return kind === 'settle'
    ? `account ${payee} was paid ${amount} units, the rest went back to account ${owner}, from ${which}`
    : `${amount} units went back to account ${owner} after block ${deadline}, from ${which}`
}
