// Who votes in an epoch, with what weight. The set's hash is in every block's sidecar and is what a
// light client trusts.

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
  /** Account that receives this validator's fees. */
  readonly address: Hex
  /** 48 bytes, BLS12-381 min-pk. */
  readonly blsPublicKey: Hex
  readonly stake: bigint
}

/** 0 FAST, 1 BALANCED, 2 SECURE. */
export type ModeNumber = 0 | 1 | 2

export const MODE_NAMES = ['FAST', 'BALANCED', 'SECURE'] as const

export interface ValidatorSet {
  readonly mode: ModeNumber
  readonly epoch: number
  readonly validators: readonly Validator[]
}

export const VALIDATORS_MAX = 256

export function encodeValidatorSet(set: ValidatorSet): Uint8Array {
  return encodeRlp([
    rlpInteger(set.mode),
    rlpInteger(set.epoch),
    set.validators.map((validator) => [
      rlpInteger(validator.index),
      hexToBytes(validator.address),
      hexToBytes(validator.blsPublicKey),
      rlpInteger(validator.stake),
    ]),
  ])
}

export function validatorSetHash(set: ValidatorSet): Hex {
  return keccakHex(encodeValidatorSet(set))
}

/** Throws RlpError. */
export function decodeValidatorSet(bytes: Uint8Array): ValidatorSet {
  const [mode, epoch, list] = asList(decodeRlp(bytes), 3)
  const number = asNumber(mode)
  if (number !== 0 && number !== 1 && number !== 2) throw new RlpError('unknown mode')
  const validators = asList(list).map((item, i) => {
    const [index, address, key, stake] = asList(item, 4)
    if (asNumber(index) !== i) throw new RlpError('validators are out of order')
    return {
      index: i,
      address: bytesToHex(asBytes(address, 20)),
      blsPublicKey: bytesToHex(asBytes(key, 48)),
      stake: asInteger(stake),
    }
  })
  if (validators.length === 0 || validators.length > VALIDATORS_MAX) {
    throw new RlpError(`between 1 and ${VALIDATORS_MAX} validators`)
  }
  return { mode: number, epoch: asNumber(epoch), validators }
}
