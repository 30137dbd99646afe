// Senders of many raw transactions at once: the work of the `recover-senders` task.

import type { Hex } from '../../lib/hex.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { decodeTransaction, recoverSender } from './decode-transaction.ts'

/** In order; null where a transaction cannot be decoded or its signature fits no key. */
export function recoverSenders(
  transactions: readonly Uint8Array[],
  secp256k1: Secp256k1,
): (Hex | null)[] {
  return transactions.map((raw) => {
    const decoded = decodeTransaction(raw)
    return (decoded.ok && recoverSender(decoded.transaction, secp256k1)) || null
  })
}
