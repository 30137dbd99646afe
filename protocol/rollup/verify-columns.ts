// Ordinary signatures in columns: what a thread of the pool is given.

import type { VerifyEd25519 } from '../crypto/ed25519-strict.ts'

export interface SignatureColumns {
  /** 32 bytes each. */
  readonly keys: Uint8Array
  readonly digests: Uint8Array
  /** 64 bytes each. */
  readonly signatures: Uint8Array
}

/** Positions of those that do not hold, rising. Columns of other lengths hold nowhere. */
export function verifyColumns(columns: SignatureColumns, verify: VerifyEd25519): number[] {
  const { keys, digests, signatures } = columns
  const count = Math.floor(keys.length / 32)
  const bad: number[] = []
  for (let i = 0; i < count; i++) {
    const key = keys.subarray(32 * i, 32 * i + 32)
    const digest = digests.subarray(32 * i, 32 * i + 32)
    const signature = signatures.subarray(64 * i, 64 * i + 64)
    if (!verify(key, digest, signature)) bad.push(i)
  }
  return bad
}
