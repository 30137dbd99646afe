// BLS12-381 by the native blst library: 16 times faster than noble, checked against it in tests.

import blst from '@chainsafe/blst'
import { BLS_KEYS_CACHED_MAX } from '../../config/limits.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'

/** PERF: a key costs 66 µs to read and check, and the same few come back with every vote. */
const keys = new Map<string, blst.PublicKey>()

function publicKey(bytes: Uint8Array): blst.PublicKey {
  const id = bytesToHex(bytes)
  let key = keys.get(id)
  if (!key) {
    key = blst.PublicKey.fromBytes(bytes, true)
    if (keys.size >= BLS_KEYS_CACHED_MAX) keys.clear()
    keys.set(id, key)
  }
  return key
}

export const blsNative: Bls = {
  publicKey: (secretKey) => blst.SecretKey.fromBytes(secretKey).toPublicKey().toBytes(),
  sign: (secretKey, message) => blst.SecretKey.fromBytes(secretKey).sign(message).toBytes(),
  verify(key, message, signature) {
    try {
      return blst.verify(message, publicKey(key), blst.Signature.fromBytes(signature), false, true)
    } catch {
      return false
    }
  },
  aggregate: (signatures) => blst.aggregateSerializedSignatures(signatures, false).toBytes(),
  verifyAggregate(publicKeys, message, signature) {
    if (publicKeys.length === 0) return false
    try {
      const read = blst.Signature.fromBytes(signature)
      return blst.fastAggregateVerify(message, publicKeys.map(publicKey), read, true)
    } catch {
      return false
    }
  },
  // Possession is proved once per key and needs another domain tag, which blst's binding lacks.
  provePossession: (secretKey) => blsNoble.provePossession(secretKey),
  verifyPossession: (key, proof) => blsNoble.verifyPossession(key, proof),
}
