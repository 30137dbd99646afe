// The secret keys of the development networks' validators: public by design. Apart from the
// accounts, whose derivation takes a library that a validator's thread has no other use for.

import { keccak_256 } from '@noble/hashes/sha3.js'
import { bigintToBytes, bytesToBigint, utf8 } from '../../lib/bytes.ts'

/** Order of the BLS12-381 scalar field. */
const BLS_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n

/** The 32-byte BLS secret key of development validator `index`. */
export function devValidatorKey(index: number): Uint8Array {
  const seed = bytesToBigint(keccak_256(utf8(`aitbc dev validator ${index}`)))
  return bigintToBytes((seed % (BLS_ORDER - 1n)) + 1n, 32)
}

/** The 32-byte VRF secret key of development validator `index`. */
export function devVrfKey(index: number): Uint8Array {
  return keccak_256(utf8(`aitbc dev vrf ${index}`))
}
