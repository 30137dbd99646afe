// Fresh secret keys from the machine's randomness.

import { randomBytes } from 'node:crypto'
import blst from '@chainsafe/blst'
import { secp256k1 } from '@noble/curves/secp256k1.js'

const SEED_BYTES = 32

/** BLS12-381 by the key generation of draft-irtf-cfrg-bls-signature-05, 32 bytes. */
export function newBlsSecret(): Uint8Array {
  return blst.SecretKey.fromKeygen(randomBytes(SEED_BYTES)).toBytes()
}

/** The seed of an Ed25519 key: any 32 bytes are one (RFC 8032). */
export function newEd25519Seed(): Uint8Array {
  return Uint8Array.from(randomBytes(SEED_BYTES))
}

export function newSecp256k1Secret(): Uint8Array {
  return secp256k1.utils.randomSecretKey()
}
