// Signing a receipt and checking who signed it. The digest is the market's settlement digest, so
// the provider signs once, and chain and receipt agree by construction.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { signForWallet, walletSigner } from '../crypto/wallet-signature.ts'
import { type Settlement, settlementDigest } from '../market/settlement-digest.ts'
import { type ReceiptV2, receiptHash, type UnsignedReceipt } from './receipt-v2.ts'

/** What settling this receipt means on chain. */
export function settlementOf(receipt: UnsignedReceipt): Settlement {
  return {
    jobId: receipt.job_id,
    receiptHash: receiptHash(receipt),
    outputHash: receipt.output_hash,
    units: BigInt(receipt.units),
    amount: BigInt(receipt.billing.amount),
  }
}

export function receiptDigest(receipt: UnsignedReceipt): Uint8Array {
  return settlementDigest(BigInt(receipt.chain_id), settlementOf(receipt))
}

/** Adds the provider's signature; `secretKey` must be that of `receipt.provider`. */
export function signReceipt(
  receipt: UnsignedReceipt,
  secretKey: Uint8Array,
  secp256k1: Secp256k1,
): ReceiptV2 {
  const sig = bytesToHex(signForWallet(secp256k1, secretKey, receiptDigest(receipt)))
  const signature = {
    role: 'provider',
    alg: 'secp256k1-eip712',
    key_id: receipt.provider,
    sig,
  } as const
  return { ...receipt, signatures: [signature] }
}

export type SignatureVerdict =
  | { readonly ok: true; readonly provider: Hex; readonly signature: Uint8Array }
  | { readonly ok: false; readonly reason: string }

/** Every listed signature must fit, and one must be the provider's. */
export function verifySignatures(receipt: ReceiptV2, secp256k1: Secp256k1): SignatureVerdict {
  const digest = receiptDigest(receipt)
  let provider: Uint8Array | undefined
  for (const { role, key_id, sig } of receipt.signatures) {
    const bytes = hexToBytes(sig)
    if (walletSigner(secp256k1, digest, bytes) !== key_id) {
      return { ok: false, reason: `the ${role}'s signature does not fit the receipt` }
    }
    if (role === 'provider' && provider !== undefined) {
      return { ok: false, reason: 'two provider signatures' }
    }
    if (role === 'provider' && key_id !== receipt.provider) {
      return { ok: false, reason: 'signed by another address than the provider' }
    }
    if (role === 'client' && key_id !== receipt.client) {
      return { ok: false, reason: 'countersigned by another address than the client' }
    }
    if (role === 'provider') provider = bytes
  }
  return provider === undefined
    ? { ok: false, reason: 'the provider has not signed' }
    : { ok: true, provider: receipt.provider, signature: provider }
}
