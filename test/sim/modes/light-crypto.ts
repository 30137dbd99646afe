// Signatures and VRF proofs that cost almost nothing, for simulations of many validators. What is
// signed is a hash already, so a few words of it and of the key are mixed. Nobody here forges.

import type { Bls, Vrf } from '../../../protocol/crypto/signatures.ts'

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  )
}

/** PERF: the words of the last tag, rather than an array for each. */
const mixed = new Int32Array(4)

function mix(key: Uint8Array, message: Uint8Array): void {
  let h = Math.imul(word(key, 0), 0x9e3779b1) ^ word(key, 28)
  for (let i = 0; i < 4; i++) {
    h = Math.imul(h ^ word(message, 4 * i), 0x85ebca6b)
    h ^= h >>> 15
    mixed[i] = h
  }
}

function tag(key: Uint8Array, message: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  mix(key, message)
  for (let i = 0; i < 4; i++) {
    const h = mixed[i] as number
    out[4 * i] = h >>> 24
    out[4 * i + 1] = h >>> 16
    out[4 * i + 2] = h >>> 8
    out[4 * i + 3] = h
  }
  return out
}

function isTag(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  mix(key, message)
  for (let i = 0; i < 4; i++) if (word(signature, 4 * i) !== mixed[i]) return false
  return true
}

/** The aggregate is the sum, without carry, of the tags. */
function isSum(keys: readonly Uint8Array[], message: Uint8Array, signature: Uint8Array): boolean {
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => word(signature, at)) as [
    number,
    number,
    number,
    number,
  ]
  for (const key of keys) {
    mix(key, message)
    a ^= mixed[0] as number
    b ^= mixed[1] as number
    c ^= mixed[2] as number
    d ^= mixed[3] as number
  }
  return keys.length > 0 && (a | b | c | d) === 0
}

function sum(parts: readonly Uint8Array[]): Uint8Array {
  const total = new Uint8Array(96)
  for (const part of parts) {
    for (let i = 0; i < 16; i++) total[i] = (total[i] as number) ^ (part[i] as number)
  }
  return total
}

/** A public key is its secret key and 16 zero bytes. */
export const lightBls: Bls = {
  publicKey(secretKey) {
    const key = new Uint8Array(48)
    key.set(secretKey)
    return key
  },
  sign: (secretKey, message) => tag(secretKey, message, 96),
  verify: isTag,
  aggregate: sum,
  verifyAggregate: isSum,
  provePossession: (secretKey) => tag(secretKey, secretKey, 96),
  verifyPossession: (key, proof) => isTag(key, key, proof),
}

/** A public key is its secret key. */
export const lightVrf: Vrf = {
  publicKey: (secretKey) => secretKey.slice(),
  prove: (secretKey, alpha) => ({
    proof: tag(secretKey, alpha, 80),
    output: tag(secretKey, alpha, 64),
  }),
  verify: (key, alpha, proof) => (isTag(key, alpha, proof) ? tag(key, alpha, 64) : undefined),
}
