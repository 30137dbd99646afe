// That the rollup settled a receipt: the provider named lock, use and account when he signed it,
// and a final claim holds the settle of just that, for just this price, with what he signed as its
// hash.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { hashPairsNoble } from '../crypto/hash-pairs.ts'
import { ROLLUP_ACCOUNTS_MAX, ROLLUP_UNIT_WEI } from '../params.ts'
import {
  type FinalPlace,
  orderedBy,
  orderedText,
  PLACE_SHAPES,
  placeInClaim,
} from '../rollup/final-place.ts'
import { checkOperation } from '../rollup/operation-receipt.ts'
import type { OperationTerms } from '../rollup/operation-terms.ts'
import { shownClaim } from '../rollup/verify-final-file.ts'
import { isWhole, type Shape, wrongMember } from './json-shape.ts'
import type { ReceiptV2, UnsignedReceipt } from './receipt-v2.ts'
import { receiptDigest } from './sign-receipt.ts'

/** As JSON has it: what the receipt does not say of the settle. */
export interface SettledInRollup extends FinalPlace {
  /** The account that paid. */
  readonly owner: number
  /** Of the lock: a height of the base chain. */
  readonly deadline: number
}

const SHAPES: Readonly<Record<keyof SettledInRollup, Shape>> = {
  owner: isWhole(ROLLUP_ACCOUNTS_MAX - 1),
  deadline: isWhole(0xffff_ffff),
  ...PLACE_SHAPES,
}

export const isSettledInRollup: Shape = (value) => wrongMember(value, SHAPES) === undefined

/**
 * The one settle that pays a receipt, and the hash that it must have. Throws RangeError for a
 * receipt without `billing.rollup`.
 */
export function settleOf(
  receipt: UnsignedReceipt,
  { owner, deadline }: Pick<SettledInRollup, 'owner' | 'deadline'>,
): { readonly operation: OperationTerms; readonly hash: Hex } {
  const { rollup, amount } = receipt.billing
  if (!rollup) throw new RangeError('the receipt is not settled by the rollup')
  const { lock, use, payee } = rollup
  const units = BigInt(amount) / ROLLUP_UNIT_WEI
  const terms = { kind: 'settle', owner, lock, payee, use, nonce: 0 } as const
  return {
    operation: { ...terms, amount: units, deadline },
    hash: bytesToHex(receiptDigest(receipt)),
  }
}

/** As a check. `header`: RLP, of the block that ordered the claim. */
export function verifyInRollup(receipt: ReceiptV2, settled: SettledInRollup, header: Hex): string {
  const settle = settleOf(receipt, settled)
  const { claim } = shownClaim(() =>
    checkOperation({ ...settle, ...placeInClaim(settled) }, hashPairsNoble),
  )
  const ordered = orderedText(claim, orderedBy(settled, header))
  const { payee, amount, lock, use } = settle.operation
  return `account ${payee} was paid ${amount} units from lock ${lock}, use ${use}: ${ordered}`
}
