// What is signed of operations, and what a lock's hash stands for. SHA-256 over fixed widths.

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { u32Bytes, u64Bytes } from './little-endian.ts'

const LOCK_DOMAIN = utf8('AITBC-ROLLUP-LOCK-1')
const SETTLE_DOMAIN = utf8('AITBC-ROLLUP-SETTLE-1')
const TERMS_DOMAIN = utf8('AITBC-ROLLUP-TERMS-1')

/** 32 bytes, for the owner's spend key. `leaf`: `encodeOperation`; `hash`: of the terms. */
export function lockDigest(
  genesisHash: Hex,
  leaf: Uint8Array,
  hash: Uint8Array,
  maxFee: number,
  notAfter: number,
): Uint8Array {
  const limits = [u32Bytes(maxFee), u64Bytes(notAfter)]
  return sha256(concatBytes(LOCK_DOMAIN, hexToBytes(genesisHash), leaf, hash, ...limits))
}

/** 32 bytes, for the payee's spend key. `hash`: the digest of the receipt's settlement. */
export function settleDigest(genesisHash: Hex, leaf: Uint8Array, hash: Uint8Array): Uint8Array {
  return sha256(concatBytes(SETTLE_DOMAIN, hexToBytes(genesisHash), leaf, hash))
}

/** What a lock's money is for: protocol/market has the same three on the base chain. */
export interface JobTerms {
  readonly jobId: Hex
  readonly requestHash: Hex
  readonly modelRoot: Hex
}

export function termsHash({ jobId, requestHash, modelRoot }: JobTerms): Uint8Array {
  const parts = [jobId, requestHash, modelRoot].map(hexToBytes)
  return sha256(concatBytes(TERMS_DOMAIN, ...parts))
}
