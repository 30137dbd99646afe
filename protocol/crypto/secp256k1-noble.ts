// secp256k1 by noble: the reference implementation, used in the browser and to check the native
// one.

import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concatBytes } from '../../lib/bytes.ts'
import { keccak } from './keccak.ts'
import type { Secp256k1 } from './signatures.ts'

/** The last 20 bytes of keccak256 of the uncompressed key without its 0x04. */
export function addressOfKey(uncompressed: Uint8Array): Uint8Array {
  return keccak(uncompressed.subarray(1)).slice(12)
}

export function addressOfSecret(secretKey: Uint8Array): Uint8Array {
  return addressOfKey(secp256k1.getPublicKey(secretKey, false))
}

export const secp256k1Noble: Secp256k1 = {
  sign(secretKey, digest) {
    const signature = secp256k1.sign(digest, secretKey, {
      prehash: false,
      lowS: true,
      format: 'recovered',
    })
    // noble puts the recovery bit first.
    return concatBytes(signature.subarray(1), signature.subarray(0, 1))
  },
  recoverAddress(digest, signature) {
    const recovery = signature[64]
    if (signature.length !== 65 || recovery === undefined || recovery > 1) return undefined
    try {
      const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), 'compact')
      if (parsed.hasHighS()) return undefined
      const key = parsed.addRecoveryBit(recovery).recoverPublicKey(digest)
      return addressOfKey(key.toBytes(false))
    } catch {
      return undefined
    }
  },
}
