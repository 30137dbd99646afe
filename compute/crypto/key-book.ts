// Keys of many accounts for development networks and load generators, out of one secret: the BLS
// key of account i is base + i, so that public keys come by adding the generator again and again,
// and the aggregate of any accounts is one signature by the sum of their keys. Not for money.

import blst from '@chainsafe/blst'
import { assert } from '../../lib/assert.ts'
import { bigintToBytes, bytesToBigint, concatBytes, utf8 } from '../../lib/bytes.ts'
import { sha256Bytes } from '../../protocol/crypto/sha256.ts'
import { ROLLUP_ACCOUNTS_MAX } from '../../protocol/params.ts'
import { u32Bytes } from '../../protocol/rollup/little-endian.ts'
import type { AccountKeys } from './cohort-keys.ts'
import { ed25519Keys, signEd25519Native } from './ed25519-native.ts'

/** Order of the groups of BLS12-381. */
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n
const KEY_BYTES = 96
const SIGNATURE_BYTES = 96
const ONE = bigintToBytes(1n, 32)
const BASE_DOMAIN = utf8('AITBC-KEY-BOOK-BASE')
const SPEND_DOMAIN = utf8('AITBC-KEY-BOOK-SPEND')

/** Uncompressed public keys of accounts `from`, `from` + 1, …: 5 µs each, so keep them. */
export function keyBookPublicKeys(seed: Uint8Array, count: number, from = 0): Uint8Array {
  const keys = new Uint8Array(count * KEY_BYTES)
  const generator = blst.SecretKey.fromBytes(ONE).toPublicKey()
  let key = blst.SecretKey.fromBytes(bigintToBytes(baseOf(seed) + BigInt(from), 32)).toPublicKey()
  for (let i = 0; i < count; i++) {
    keys.set(key.toBytes(false), i * KEY_BYTES)
    key = blst.aggregatePublicKeys([key, generator])
  }
  return keys
}

/**
 * Sum of the public keys of so many accounts from `from` on, uncompressed: their secrets are known,
 * so it is one multiplication, 0.1 ms, and the same point as all those additions give.
 */
export function keyBookTotal(seed: Uint8Array, count: number, from: number): Uint8Array {
  const indices = BigInt(count) * BigInt(from) + (BigInt(count) * BigInt(count - 1)) / 2n
  const secret = (BigInt(count) * baseOf(seed) + indices) % ORDER
  return blst.SecretKey.fromBytes(bigintToBytes(secret, 32)).toPublicKey().toBytes(false)
}

/**
 * Accounts have so many Ed25519 keys between them, by the low bits of their indices: whoever checks
 * a signature has the key at hand, as out of a registry, and does not pay for deriving it.
 */
export const SPEND_KEYS = 4096

/** Ed25519 public key of an account, 32 bytes: 30 µs. */
export function keyBookSpendKey(seed: Uint8Array, index: number): Uint8Array {
  return spendKeysOf(seed, index % SPEND_KEYS).publicKey
}

function spendKeysOf(seed: Uint8Array, which: number) {
  return ed25519Keys(sha256Bytes(concatBytes(SPEND_DOMAIN, seed, u32Bytes(which))))
}

/** Far enough from 0 and the order that no account's key is zero. */
function baseOf(seed: Uint8Array): bigint {
  const wide = sha256Bytes(concatBytes(BASE_DOMAIN, seed))
  return 1n + (bytesToBigint(wide) % (ORDER - 1n - BigInt(ROLLUP_ACCOUNTS_MAX)))
}

export class KeyBook implements AccountKeys {
  private readonly seed: Uint8Array
  private readonly base: bigint
  private readonly keys: Uint8Array
  private readonly spendKeys = new Map<number, { publicKey: Uint8Array; secretKey: Uint8Array }>()

  /** `keys` as `keyBookPublicKeys` made them for the same seed, perhaps long ago. */
  constructor(seed: Uint8Array, keys: Uint8Array) {
    assert(keys.length % KEY_BYTES === 0, 'whole keys')
    this.seed = seed
    this.keys = keys
    this.base = baseOf(seed)
  }

  get accounts(): number {
    return this.keys.length / KEY_BYTES
  }

  keyOf(index: number): Uint8Array | undefined {
    if (index >= this.accounts) return undefined
    return this.keys.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES)
  }

  spendKeyOf(index: number): Uint8Array | undefined {
    return index < this.accounts ? this.spend(index).publicKey : undefined
  }

  /** 32 bytes. */
  secretKey(index: number): Uint8Array {
    return this.sumOfSecretKeys(Uint32Array.of(index))
  }

  /** Signing with this gives, byte for byte, the aggregate of what these accounts would sign. */
  sumOfSecretKeys(indices: Uint32Array): Uint8Array {
    // Sums of 32-bit numbers: exact for 2^21 of them.
    let sum = 0
    for (let i = 0; i < indices.length; i++) sum += indices[i] as number
    assert(Number.isSafeInteger(sum), 'too many accounts')
    return bigintToBytes((BigInt(indices.length) * this.base + BigInt(sum)) % ORDER, 32)
  }

  /** 96 bytes: the aggregate signature of these accounts, at least one. */
  cosign(indices: Uint32Array, digest: Uint8Array): Uint8Array {
    return blst.SecretKey.fromBytes(this.sumOfSecretKeys(indices)).sign(digest).toBytes()
  }

  /**
   * 96 bytes each: what each of these accounts would sign by itself. The secrets of neighbours
   * differ by one, so their signatures differ by the digest's point: an addition, 7 µs, instead of
   * a signature, 270.
   */
  cosignEach(indices: Uint32Array, digest: Uint8Array): Uint8Array {
    const signed = new Uint8Array(indices.length * SIGNATURE_BYTES)
    const point = blst.SecretKey.fromBytes(ONE).sign(digest)
    let signature = point
    for (let i = 0; i < indices.length; i++) {
      const isNext = i > 0 && indices[i] === (indices[i - 1] as number) + 1
      signature = isNext
        ? blst.aggregateSignatures([signature, point])
        : blst.SecretKey.fromBytes(this.secretKey(indices[i] as number)).sign(digest)
      signed.set(signature.toBytes(), i * SIGNATURE_BYTES)
    }
    return signed
  }

  /** 64 bytes: the account's ordinary signature. */
  signTransfer(index: number, digest: Uint8Array): Uint8Array {
    return signEd25519Native(this.spend(index).secretKey, digest)
  }

  private spend(index: number): { publicKey: Uint8Array; secretKey: Uint8Array } {
    const which = index % SPEND_KEYS
    let keys = this.spendKeys.get(which)
    if (!keys) {
      keys = spendKeysOf(this.seed, which)
      this.spendKeys.set(which, keys)
    }
    return keys
  }
}
