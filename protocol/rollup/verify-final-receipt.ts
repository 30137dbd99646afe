// Verifies the receipt of a transfer with nothing but its file and what the reader trusts.

import { EXIT_INDEX } from '../params.ts'
import { type FinalReceipt, readFinalReceipt, rollupReceiptOf } from './final-receipt.ts'
import { checkReceipt } from './rollup-receipt.ts'
import {
  type FinalFileKind,
  type FinalFileTrust,
  type FinalFileVerdict,
  type ShownPlace,
  verifyFinalFile,
} from './verify-final-file.ts'

interface PaidTransfer {
  readonly from: number
  readonly nonce: number
  readonly to: number
  /** Units. */
  readonly amount: bigint
  /** Units, paid besides. */
  readonly fee: number
}

/** What a valid file says. */
export type ShownTransfer = PaidTransfer & ShownPlace

export type FinalReceiptVerdict = FinalFileVerdict<'transfer', PaidTransfer>

const KIND: FinalFileKind<'transfer', FinalReceipt, PaidTransfer> = {
  name: 'transfer',
  read: readFinalReceipt,
  check: (file, hashPairs) => checkReceipt(rollupReceiptOf(file), hashPairs),
  shown: ({ transfer }, { fee }) => ({ ...transfer, amount: BigInt(transfer.amount), fee }),
  text: transferText,
}

/** Never throws: whatever the file holds, the answer is valid, or invalid with a reason. */
export function verifyFinalReceipt(
  file: Uint8Array | string,
  trust: FinalFileTrust,
): FinalReceiptVerdict {
  return verifyFinalFile(file, trust, KIND)
}

function transferText({ from, nonce, to, amount, fee }: PaidTransfer): string {
  const payee = to === EXIT_INDEX ? 'its owner on the base chain' : `account ${to}`
  return `account ${from} paid ${payee} ${amount} units and a fee of ${fee}, with nonce ${nonce}`
}
