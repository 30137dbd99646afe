// Signatures as wallets spell them: 65 bytes r, s, v with v 27 or 28. No other spelling of the same
// signature is accepted, so a signed file cannot be altered and stay valid.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Secp256k1 } from './signatures.ts'

/** Signs a 32-byte digest; the result ends in v = 27 or 28. */
export function signForWallet(
  secp256k1: Secp256k1,
  secretKey: Uint8Array,
  digest: Uint8Array,
): Uint8Array {
  const signature = Uint8Array.from(secp256k1.sign(secretKey, digest))
  signature[64] = (signature[64] as number) + 27
  return signature
}

/** The signer's address as lower-case text, or undefined. Never throws. */
export function walletSigner(
  secp256k1: Secp256k1,
  digest: Uint8Array,
  signature: Uint8Array,
): Hex | undefined {
  const v = signature[64]
  if (signature.length !== 65 || (v !== 27 && v !== 28)) return undefined
  const bare = Uint8Array.from(signature)
  bare[64] = v - 27
  const address = secp256k1.recoverAddress(digest, bare)
  return address && bytesToHex(address)
}
