// Signatures for the simulator: a keyed hash in place of the curve. They bind a key to a message
// exactly as real ones do for anybody who does not cheat inside this file, and cost a microsecond.

import { bytesToBigint } from '../../lib/bytes.ts'
import type { Bls, Secp256k1, Vrf } from '../../protocol/crypto/signatures.ts'

/** Eight 32-bit words of key and message, mixed. Not cryptography. */
function mix(key: Uint8Array, message: Uint8Array, tag: number): Uint8Array {
  const words = new Uint32Array(8)
  for (let w = 0; w < 8; w++) {
    let h = (0x9e3779b9 * (w + 1)) ^ tag
    for (const byte of key) h = Math.imul(h ^ byte, 0x01000193)
    h ^= h >>> 15
    for (const byte of message) h = Math.imul(h ^ byte, 0x85ebca6b) ^ (h >>> 13)
    words[w] = h ^ (h >>> 16)
  }
  return new Uint8Array(words.buffer)
}

function tagged(key: Uint8Array, message: Uint8Array): Uint8Array {
  const signature = new Uint8Array(96)
  for (let i = 0; i < 3; i++) signature.set(mix(key, message, i), 32 * i)
  return signature
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function xor(signatures: readonly Uint8Array[]): Uint8Array {
  const sum = new Uint8Array(96)
  for (const one of signatures)
    for (let i = 0; i < 96; i++) sum[i] = (sum[i] as number) ^ (one[i] as number)
  return sum
}

/** A public key is its secret key and 16 zero bytes. */
export const simBls: Bls = {
  publicKey(secretKey) {
    const key = new Uint8Array(48)
    key.set(secretKey)
    return key
  },
  sign: tagged,
  verify: (key, message, signature) => same(tagged(key.subarray(0, 32), message), signature),
  aggregate: (signatures) => xor(signatures),
  verifyAggregate: (keys, message, signature) =>
    keys.length > 0 &&
    same(xor(keys.map((key) => tagged(key.subarray(0, 32), message))), signature),
  provePossession: (secretKey) => tagged(secretKey, secretKey),
  verifyPossession: (key, proof) => same(tagged(key.subarray(0, 32), key.subarray(0, 32)), proof),
}

/** r carries the address and a check; s is 1, so that it is never high. */
export const simSecp256k1: Secp256k1 = {
  sign(secretKey, digest) {
    const signature = new Uint8Array(65)
    const address = simAddress(secretKey)
    signature.set(address, 0)
    signature.set(mix(address, digest, 9).subarray(0, 12), 20)
    signature[63] = 1
    return signature
  },
  recoverAddress(digest, signature) {
    const address = signature.slice(0, 20)
    const check = signature.subarray(20, 32)
    if (bytesToBigint(signature.subarray(32, 64)) !== 1n) return undefined
    return same(mix(address, digest, 9).subarray(0, 12), check) ? address : undefined
  },
}

/** First byte never zero: r is an integer without leading zeros. */
export function simAddress(secretKey: Uint8Array): Uint8Array {
  const address = mix(secretKey, secretKey, 7).slice(0, 20)
  address[0] = (address[0] as number) | 0x80
  return address
}

/** A public key is its secret key; the proof is a tag of the input, the output another one. */
export const simVrf: Vrf = {
  publicKey: (secretKey) => secretKey.slice(),
  prove: (secretKey, alpha) => ({
    proof: tagged(secretKey, alpha).slice(0, 80),
    output: mix(secretKey, alpha, 11),
  }),
  verify: (publicKey, alpha, proof) =>
    same(tagged(publicKey, alpha).subarray(0, 80), proof) ? mix(publicKey, alpha, 11) : undefined,
}
