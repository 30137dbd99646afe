// Validator sets in the state, each once under its own hash: while a set stays, an epoch's end
// writes nothing of it. First word: length in bytes; then the encoding in words.

import { assert } from '../../lib/assert.ts'
import { bigintToBytes, bytesToBigint, concatBytes } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import {
  decodeValidatorSet,
  encodeValidatorSet,
  type ValidatorSet,
  validatorSetHash,
} from '../consensus/validator-set.ts'
import { type ReadWords, slotAfter, type Words } from '../modules/storage-layout.ts'

const WORD_BYTES = 32

/** PERF: every block reads its set, which changes once in many epochs. */
const DECODED_MAX = 64
const decoded = new Map<Hex, ValidatorSet>()

function remember(setHash: Hex, set: ValidatorSet): void {
  if (decoded.size >= DECODED_MAX) decoded.clear()
  decoded.set(setHash, set)
}

/** Asserts that the state holds this set. */
export function loadSet(words: ReadWords, setHash: Hex): ValidatorSet {
  const known = decoded.get(setHash)
  if (known) return known
  const length = Number(words.load(slotAfter(setHash, 0)))
  const parts: Uint8Array[] = []
  for (let at = 0; at < length; at += WORD_BYTES) {
    const word = words.load(slotAfter(setHash, 1 + at / WORD_BYTES))
    parts.push(bigintToBytes(word, WORD_BYTES))
  }
  const set = decodeValidatorSet(concatBytes(...parts).subarray(0, length))
  assert(validatorSetHash(set) === setHash, 'a set is stored under its own hash')
  remember(setHash, set)
  return set
}

/** Writes the set unless the state holds it; returns its hash. */
export function saveSet(words: Words, set: ValidatorSet): Hex {
  const setHash = validatorSetHash(set)
  remember(setHash, set)
  if (words.load(slotAfter(setHash, 0)) !== 0n) return setHash
  const bytes = encodeValidatorSet(set)
  words.save(slotAfter(setHash, 0), BigInt(bytes.length))
  for (let at = 0; at < bytes.length; at += WORD_BYTES) {
    const part = new Uint8Array(WORD_BYTES)
    part.set(bytes.subarray(at, at + WORD_BYTES))
    words.save(slotAfter(setHash, 1 + at / WORD_BYTES), bytesToBigint(part))
  }
  return setHash
}

export function dropSet(words: Words, setHash: Hex): void {
  const length = Number(words.load(slotAfter(setHash, 0)))
  words.save(slotAfter(setHash, 0), 0n)
  for (let at = 0; at < length; at += WORD_BYTES) {
    words.save(slotAfter(setHash, 1 + at / WORD_BYTES), 0n)
  }
}
