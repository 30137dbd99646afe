// Senders of many raw transactions at once: the work of the `recover-senders` task.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { decodeTransaction, recoverSender } from './decode-transaction.ts'
import { signedDigest } from './signed-digest.ts'

/**
 * In order; null where the signature fits no key. They have been decoded before: of one that cannot
 * be, the result may be anybody.
 */
export function recoverAddresses(
  transactions: readonly Uint8Array[],
  secp256k1: Secp256k1,
): (Uint8Array | null)[] {
  return transactions.map((raw) => {
    const signed = signedDigest(raw)
    if (signed) return secp256k1.recoverAddress(signed.digest, signed.signature) ?? null
    const decoded = decodeTransaction(raw)
    const sender = decoded.ok && recoverSender(decoded.transaction, secp256k1)
    return sender ? hexToBytes(sender) : null
  })
}

/** The same as text. */
export function recoverSenders(
  transactions: readonly Uint8Array[],
  secp256k1: Secp256k1,
): (Hex | null)[] {
  return recoverAddresses(transactions, secp256k1).map((address) => address && bytesToHex(address))
}
