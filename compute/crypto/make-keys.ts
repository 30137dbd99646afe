// Keys and sums of accounts ahead of their first batch: the work of the `make-keys` task. A whole
// cohort takes 30 ms where its keys follow from their indices, 75 ms where they are decompressed.

import { COHORT_SIZE } from '../../protocol/params.ts'
import type { KeyRun } from '../../protocol/rollup/signers.ts'
import { CHUNK_SIZE, CHUNKS, ROOT } from './cohort-plan.ts'
import { GENESIS_KEYS_SEED } from './genesis-keys.ts'
import { keyBookPublicKeys } from './key-book.ts'
import { KEY_BYTES, keyAt, sumBytes, uncompressed } from './key-bytes.ts'

/** Keys of a cohort, one after the other, and behind them the sums of its nodes (cohort-plan.ts). */
export const COHORT_KEYS_BYTES = COHORT_SIZE * KEY_BYTES
export const COHORT_SUMS_BYTES = 2 * CHUNKS * KEY_BYTES

/** Sums of the nodes whose members are all there, written behind the keys. */
export function sumCohort(cohort: Uint8Array): void {
  const sums = cohort.subarray(COHORT_KEYS_BYTES)
  for (let node = 2 * CHUNKS - 1; node >= ROOT; node--) {
    const first = (node - CHUNKS) * CHUNK_SIZE
    const parts =
      node < CHUNKS
        ? [keyAt(sums, 2 * node), keyAt(sums, 2 * node + 1)]
        : Array.from({ length: CHUNK_SIZE }, (_, i) => keyAt(cohort, first + i))
    sums.set(sumBytes(parts), node * KEY_BYTES)
  }
}

/** 96 bytes a key; of a whole cohort with the sums behind. Throws for a key that is none. */
export function makeKeys({ first, count, keys: given }: KeyRun): Uint8Array<ArrayBuffer> {
  const isWhole = count === COHORT_SIZE
  const bytes = new Uint8Array(count * KEY_BYTES + (isWhole ? COHORT_SUMS_BYTES : 0))
  if (given) {
    const size = given.length / count
    for (let i = 0; i < count; i++) {
      bytes.set(uncompressed(given.subarray(i * size, (i + 1) * size)), i * KEY_BYTES)
    }
  } else bytes.set(keyBookPublicKeys(GENESIS_KEYS_SEED, count, first))
  if (isWhole) sumCohort(bytes)
  return bytes
}
