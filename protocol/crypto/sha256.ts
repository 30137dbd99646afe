// SHA-256 (FIPS 180-4) as `0x` text: what content, requests, outputs and receipts are named by.

import { sha256 } from '@noble/hashes/sha2.js'
import { utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'

export function sha256Hex(data: Uint8Array | string): Hex {
  return bytesToHex(sha256(typeof data === 'string' ? utf8(data) : data))
}

/** The 32 bytes themselves. */
export function sha256Bytes(data: Uint8Array): Uint8Array {
  return sha256(data)
}
