// Fixed-width little-endian integers, as every digest and leaf of the rollup has them.

import { assert } from '../../lib/assert.ts'

const U32 = 2 ** 32

// Bodies, records and leaves are read as Uint32Array without copying.
assert(
  new Uint8Array(Uint32Array.of(1).buffer)[0] === 1,
  'the rollup needs a little-endian machine',
)

export function u32Bytes(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

/** Of a safe integer. */
export function u64Bytes(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value >>> 0, Math.floor(value / U32)).buffer)
}
