// Who may vote, with what weight. The set's hash is in every block's sidecar and is what a light
// client trusts; it does not name an epoch, so it stays while the set does.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  rlpInteger,
} from '../rlp/rlp.ts'

export interface Validator {
  readonly index: number
  /** The operator's account, which receives this validator's fees. */
  readonly address: Hex
  /** 48 bytes, BLS12-381 min-pk. */
  readonly blsPublicKey: Hex
  /** 32 bytes, Ed25519, for ECVRF proofs. */
  readonly vrfPublicKey: Hex
  /** Bonded wei. */
  readonly stake: bigint
  /** Authorities have one vote each in FAST and BALANCED; all others are stakers. */
  readonly authority: boolean
}

/** 0 FAST, 1 BALANCED, 2 SECURE. */
export type ModeNumber = 0 | 1 | 2
/** The mode whose quorum counts authorities and stake. */
export const BALANCED = 1

export const MODE_NAMES = ['FAST', 'BALANCED', 'SECURE'] as const

/** Authorities come first. */
export interface ValidatorSet {
  readonly validators: readonly Validator[]
}

export const VALIDATORS_MAX = 256

export function encodeValidatorSet(set: ValidatorSet): Uint8Array {
  return encodeRlp(
    set.validators.map((validator) => [
      hexToBytes(validator.address),
      hexToBytes(validator.blsPublicKey),
      hexToBytes(validator.vrfPublicKey),
      rlpInteger(validator.stake),
      rlpInteger(validator.authority ? 1 : 0),
    ]),
  )
}

export function validatorSetHash(set: ValidatorSet): Hex {
  return keccakHex(encodeValidatorSet(set))
}

/** Throws RlpError. */
export function decodeValidatorSet(bytes: Uint8Array): ValidatorSet {
  let stakers = false
  const validators = asList(decodeRlp(bytes)).map((item, index) => {
    const [address, key, vrf, stake, flag] = asList(item, 5)
    const authority = asNumber(flag)
    if (authority > 1) throw new RlpError('authority is 0 or 1')
    if (authority === 0) stakers = true
    else if (stakers) throw new RlpError('authorities come first')
    return {
      index,
      address: bytesToHex(asBytes(address, 20)),
      blsPublicKey: bytesToHex(asBytes(key, 48)),
      vrfPublicKey: bytesToHex(asBytes(vrf, 32)),
      stake: asInteger(stake),
      authority: authority === 1,
    }
  })
  if (validators.length === 0 || validators.length > VALIDATORS_MAX) {
    throw new RlpError(`between 1 and ${VALIDATORS_MAX} validators`)
  }
  return { validators }
}

/** PERF: every certificate needs the keys of all who signed it. */
const keys = new WeakMap<Validator, Uint8Array>()

/** The BLS key as bytes, shared: not to be changed. */
export function blsKeyOf(validator: Validator): Uint8Array {
  let key = keys.get(validator)
  if (!key) {
    key = hexToBytes(validator.blsPublicKey)
    keys.set(validator, key)
  }
  return key
}

export function authoritiesOf(set: ValidatorSet): readonly Validator[] {
  return set.validators.filter((validator) => validator.authority)
}
