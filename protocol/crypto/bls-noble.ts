// BLS12-381 by noble: min-pk with the proof-of-possession ciphersuite. The reference, and what runs
// in a browser; nodes use the native library behind the same interface.

import { bls12_381 } from '@noble/curves/bls12-381.js'
import { utf8 } from '../../lib/bytes.ts'
import type { Bls } from './signatures.ts'

/** draft-irtf-cfrg-bls-signature-05, 4.2.3. */
export const BLS_SIGNATURE_DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'
export const BLS_POSSESSION_DST = 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'

const { longSignatures } = bls12_381
const SIGNATURE_DST = utf8(BLS_SIGNATURE_DST)
const POSSESSION_DST = utf8(BLS_POSSESSION_DST)

function verify(key: Uint8Array, message: Uint8Array, dst: Uint8Array, signature: Uint8Array) {
  try {
    const point = longSignatures.hash(message, dst)
    return longSignatures.verify(longSignatures.Signature.fromBytes(signature), point, key)
  } catch {
    return false
  }
}

function sign(secretKey: Uint8Array, message: Uint8Array, dst: Uint8Array): Uint8Array {
  return longSignatures.sign(longSignatures.hash(message, dst), secretKey).toBytes()
}

export const blsNoble: Bls = {
  publicKey: (secretKey) => longSignatures.getPublicKey(secretKey).toBytes(),
  sign: (secretKey, message) => sign(secretKey, message, SIGNATURE_DST),
  verify: (key, message, signature) => verify(key, message, SIGNATURE_DST, signature),
  aggregate: (signatures) => longSignatures.aggregateSignatures(signatures).toBytes(),
  verifyAggregate(keys, message, signature) {
    if (keys.length === 0) return false
    try {
      const key = longSignatures.aggregatePublicKeys(keys).toBytes()
      return verify(key, message, SIGNATURE_DST, signature)
    } catch {
      return false
    }
  },
  provePossession(secretKey) {
    return sign(secretKey, this.publicKey(secretKey), POSSESSION_DST)
  },
  verifyPossession: (key, proof) => verify(key, key, POSSESSION_DST, proof),
}
