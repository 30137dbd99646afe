// The length of keys that every store accepts: LMDB's limits, so that what works in a test works on
// disk.

import { STORE_KEY_BYTES_MAX } from '../config/limits.ts'

/** Throws a RangeError for an empty or too long key. */
export function checkKey(key: Uint8Array): void {
  if (key.length < 1 || key.length > STORE_KEY_BYTES_MAX) {
    throw new RangeError(`a key has 1 to ${STORE_KEY_BYTES_MAX} bytes, not ${key.length}`)
  }
}
