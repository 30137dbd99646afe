// Keccak-256 as Ethereum uses it.

import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, type Hex } from '../../lib/hex.ts'

export function keccak(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes)
}

export function keccakHex(bytes: Uint8Array): Hex {
  return bytesToHex(keccak_256(bytes))
}
