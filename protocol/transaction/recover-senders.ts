// Senders of many raw transactions at once: the work of the `recover-senders` task.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { decodeTransaction, recoverSender } from './decode-transaction.ts'
import { signedDigest } from './signed-digest.ts'

/**
 * In order; null where the signature fits no key. They have been decoded before: of one that cannot
 * be, the result may be anybody.
 */
export function recoverSenders(
  transactions: readonly Uint8Array[],
  secp256k1: Secp256k1,
): (Hex | null)[] {
  return transactions.map((raw) => {
    const signed = signedDigest(raw)
    if (signed) {
      const address = secp256k1.recoverAddress(signed.digest, signed.signature)
      return address ? bytesToHex(address) : null
    }
    const decoded = decodeTransaction(raw)
    return (decoded.ok && recoverSender(decoded.transaction, secp256k1)) || null
  })
}
