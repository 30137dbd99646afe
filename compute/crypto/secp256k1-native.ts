// secp256k1 by the native library: 23 times faster than noble (60 µs a recovery), checked against
// it in tests. npm's package falls back to slow JavaScript without a word, so we ask which one it
// is.

import secp256k1 from 'secp256k1'
import { concatBytes, equalBytes } from '../../lib/bytes.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { addressOfKey, secp256k1Noble } from '../../protocol/crypto/secp256k1-noble.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'

/** Half of the order: EIP-2 refuses an s above it. */
const HALF = hexToBytes('0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0')

function isHighS(compact: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) {
    const difference = (compact[32 + i] as number) - (HALF[i] as number)
    if (difference !== 0) return difference > 0
  }
  return false
}

/** PERF: a recovered key is hashed at once; above 64 bytes an array is an allocation of its own. */
const recovered = new Uint8Array(65)

export const secp256k1Native: Secp256k1 = {
  sign(secretKey, digest) {
    const { signature, recid } = secp256k1.ecdsaSign(digest, secretKey)
    return concatBytes(signature, Uint8Array.of(recid))
  },
  recoverAddress(digest, signature) {
    const recovery = signature[64]
    if (signature.length !== 65 || recovery === undefined || recovery > 1) return undefined
    const compact = signature.subarray(0, 64)
    try {
      if (isHighS(compact)) return undefined
      return addressOfKey(secp256k1.ecdsaRecover(compact, recovery, digest, false, recovered))
    } catch {
      return undefined
    }
  },
}

/**
 * Milliseconds of the fastest recovery of several, so that a busy machine does not look like a slow
 * library: the JavaScript fallback takes 2 ms and more, the native one a fraction of that. Also
 * throws if native and reference disagree.
 */
export function selfTestSecp256k1(): { msPerRecovery: number; isNative: boolean } {
  const key = new Uint8Array(32).fill(1)
  const digest = new Uint8Array(32).fill(2)
  const signature = secp256k1Native.sign(key, digest)
  const expected = secp256k1Noble.recoverAddress(digest, signature)
  const rounds = 20
  let msPerRecovery = Number.POSITIVE_INFINITY
  for (let i = 0; i < rounds; i++) {
    const startedAt = performance.now()
    const address = secp256k1Native.recoverAddress(digest, signature)
    msPerRecovery = Math.min(msPerRecovery, performance.now() - startedAt)
    if (!address || !expected || !equalBytes(address, expected)) {
      throw new Error('secp256k1: the native library and the reference disagree')
    }
  }
  return { msPerRecovery, isNative: msPerRecovery < 0.6 }
}
