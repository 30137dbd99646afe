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

function tag(key: Uint8Array, message: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  let h = Math.imul(word(key, 0), 0x9e3779b1) ^ word(key, 28)
  for (let i = 0; i < 4; i++) {
    h = Math.imul(h ^ word(message, 4 * i), 0x85ebca6b)
    h ^= h >>> 15
    out[4 * i] = h >>> 24
    out[4 * i + 1] = h >>> 16
    out[4 * i + 2] = h >>> 8
    out[4 * i + 3] = h
  }
  return out
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < 16; i++) if (a[i] !== b[i]) return false
  return true
}

function xor(parts: readonly Uint8Array[]): Uint8Array {
  const sum = new Uint8Array(96)
  for (const part of parts) for (let i = 0; i < 16; i++) (sum[i] as number) ^= part[i] as number
  return sum
}

/** A public key is its secret key and 16 zero bytes. */
export const lightBls: Bls = {
  publicKey(secretKey) {
    const key = new Uint8Array(48)
    key.set(secretKey)
    return key
  },
  sign: (secretKey, message) => tag(secretKey, message, 96),
  verify: (key, message, signature) => same(tag(key, message, 96), signature),
  aggregate: xor,
  verifyAggregate: (keys, message, signature) =>
    keys.length > 0 && same(xor(keys.map((key) => tag(key, message, 96))), signature),
  provePossession: (secretKey) => tag(secretKey, secretKey, 96),
  verifyPossession: (key, proof) => same(tag(key, key, 96), proof),
}

/** A public key is its secret key. */
export const lightVrf: Vrf = {
  publicKey: (secretKey) => secretKey.slice(),
  prove: (secretKey, alpha) => ({
    proof: tag(secretKey, alpha, 80),
    output: tag(secretKey, alpha, 64),
  }),
  verify: (key, alpha, proof) =>
    same(tag(key, alpha, 80), proof) ? tag(key, alpha, 64) : undefined,
}
