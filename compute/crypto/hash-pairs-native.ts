// SHA-256 of pairs by the native hashtree library, which uses what the processor has (SHA
// extensions, AVX-512, AVX2): 40 ns a pair, 30 times faster than noble.

import hashtree from '@chainsafe/hashtree'
import { equalBytes } from '../../lib/bytes.ts'
import {
  type HashPairs,
  hashPairsNoble,
  NODE_BYTES,
  PAIR_BYTES,
} from '../../protocol/crypto/hash-pairs.ts'

/** Throws for lengths that do not fit. */
export const hashPairsNative: HashPairs = (input, output) => hashtree.hashInto(input, output)

/** More than the widest vector path takes at once, so that each path is met. */
const TESTED_PAIRS = 67

/**
 * The package picks the binary for platform and C library by itself, the library the fastest
 * instructions; both go unseen, so the outcome is compared with noble's once at start. Throws if
 * they differ.
 */
export function selfTestHashPairs(): void {
  const input = new Uint8Array(TESTED_PAIRS * PAIR_BYTES)
  for (let i = 0; i < input.length; i++) input[i] = (i * 167 + (i >> 8)) & 0xff
  for (const pairs of [1, 3, 8, 16, TESTED_PAIRS]) {
    const [native, noble] = [0, 0].map(() => new Uint8Array(pairs * NODE_BYTES))
    const part = input.subarray(0, pairs * PAIR_BYTES)
    hashPairsNative(part, native as Uint8Array)
    hashPairsNoble(part, noble as Uint8Array)
    if (!equalBytes(native as Uint8Array, noble as Uint8Array)) {
      throw new Error('SHA-256 of pairs: the native library and the reference disagree')
    }
  }
}
