// A validator as the staking module keeps it: who it is and how it stands. What is bonded to it is
// its pool.

import { assert } from '../../lib/assert.ts'
import { bigintToBytes, bytesToBigint } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import {
  fieldOf,
  packFields,
  type ReadWords,
  saveWord,
  slotAfter,
  slotOf,
  type Words,
} from '../modules/storage-layout.ts'
import { validatorSlot } from './staking-storage.ts'

export interface ValidatorRecord {
  /** From 1, in the order of registration. */
  readonly serial: number
  readonly commission: bigint
  readonly tombstoned: boolean
  readonly jailed: boolean
  /** Unix seconds. */
  readonly jailedUntil: number
  /** Place in the list of candidates and one; 0 if it is not in the list. */
  readonly listed: number
  readonly lesserOffences: number
  readonly slashes: number
}

const KEY_WORDS = 6
const VRF_WORD = 8

export function loadValidator(words: ReadWords, operator: Hex): ValidatorRecord | undefined {
  const word = words.load(validatorSlot(operator))
  if (word === 0n) return undefined
  const number = (at: number, bits: number) => Number(fieldOf(word, at, bits))
  return {
    serial: number(0, 48),
    commission: fieldOf(word, 48, 16),
    tombstoned: number(64, 8) === 1,
    jailed: number(72, 8) === 1,
    jailedUntil: number(80, 48),
    listed: number(128, 32),
    lesserOffences: number(160, 16),
    slashes: number(176, 16),
  }
}

export function saveValidator(words: Words, operator: Hex, record: ValidatorRecord): void {
  assert(record.serial > 0, 'staking: a validator has a number')
  const word = packFields([
    [record.serial, 48],
    [record.commission, 16],
    [record.tombstoned ? 1 : 0, 8],
    [record.jailed ? 1 : 0, 8],
    [record.jailedUntil, 48],
    [record.listed, 32],
    [record.lesserOffences, 16],
    [record.slashes, 16],
  ])
  saveWord(words, validatorSlot(operator), word)
}

export function loadBlsKey(words: ReadWords, operator: Hex): Uint8Array {
  const base = validatorSlot(operator)
  const key = new Uint8Array(48)
  key.set(bigintToBytes(words.load(slotAfter(base, KEY_WORDS)), 32))
  key.set(bigintToBytes(words.load(slotAfter(base, KEY_WORDS + 1)), 32).subarray(0, 16), 32)
  return key
}

export function saveBlsKey(words: Words, operator: Hex, key: Uint8Array): void {
  const base = validatorSlot(operator)
  const second = new Uint8Array(32)
  second.set(key.subarray(32))
  words.save(slotAfter(base, KEY_WORDS), bytesToBigint(key.subarray(0, 32)))
  words.save(slotAfter(base, KEY_WORDS + 1), bytesToBigint(second))
}

export function loadVrfKey(words: ReadWords, operator: Hex): Hex {
  return slotOf(words.load(slotAfter(validatorSlot(operator), VRF_WORD)))
}

export function saveVrfKey(words: Words, operator: Hex, key: Hex): void {
  words.save(slotAfter(validatorSlot(operator), VRF_WORD), bytesToBigint(hexToBytes(key)))
}

export const blsKeyHex = (words: ReadWords, operator: Hex) =>
  bytesToHex(loadBlsKey(words, operator))
