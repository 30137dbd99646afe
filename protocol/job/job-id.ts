// What a request and a job are called: both follow from the content, so nobody hands out numbers.

import { bigintToBytes, concatBytes, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { sha256Hex } from '../crypto/sha256.ts'

/** SHA-256 of the canonical request text. */
export function requestHash(canonicalText: string): Hex {
  return sha256Hex(canonicalText)
}

/** keccak256("aitbc-job-v1" ‖ chain id as u64 ‖ consumer ‖ request hash). */
export function jobIdOf(chainId: bigint, consumer: Hex, request: Hex): Hex {
  const parts = [bigintToBytes(chainId, 8), hexToBytes(consumer), hexToBytes(request)]
  return bytesToHex(keccak(concatBytes(utf8('aitbc-job-v1'), ...parts)))
}
