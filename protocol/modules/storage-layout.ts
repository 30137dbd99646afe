// Where a module's values lie in its storage: as a Solidity contract would have it, so that
// ordinary tools can read and prove them.

import { assert } from '../../lib/assert.ts'
import { bigintToBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'

/** Storage words of one account, to read. */
export interface ReadWords {
  load(slot: Hex): bigint
}

export interface Words extends ReadWords {
  save(slot: Hex, word: bigint): void
}

const MASK_256 = (1n << 256n) - 1n
const MASK_160 = (1n << 160n) - 1n

/** The slot of a number, and of a word `offset` behind another slot. */
export const slotOf = (number: bigint): Hex => bytesToHex(bigintToBytes(number & MASK_256, 32))

/** PERF: the last digits are a small number, but for a carry. */
export function slotAfter(base: Hex, offset: number): Hex {
  const low = Number.parseInt(base.slice(-12), 16) + offset
  if (base.length !== 66 || low >= 2 ** 48) return slotOf(BigInt(base) + BigInt(offset))
  return `${base.slice(0, -12)}${low.toString(16).padStart(12, '0')}` as Hex
}

/** `mapping(key => …)` at `base`: keccak(key ‖ base), the key left-padded to a word. */
export function mappingSlot(key: Hex | bigint | number, base: Hex | number): Hex {
  const words = new Uint8Array(64)
  const bytes = typeof key === 'string' ? hexToBytes(key) : bigintToBytes(BigInt(key), 32)
  words.set(bytes, 32 - bytes.length)
  const at = typeof base === 'string' ? hexToBytes(base) : bigintToBytes(BigInt(base), 32)
  words.set(at, 64 - at.length)
  return bytesToHex(keccak(words))
}

export const addressOf = (word: bigint): Hex => bytesToHex(bigintToBytes(word & MASK_160, 20))

/** Several numbers in one word, from the lowest bits up. */
export function packFields(fields: readonly (readonly [value: bigint | number, bits: number])[]) {
  let word = 0n
  let at = 0n
  for (const [value, bits] of fields) {
    const part = BigInt(value)
    assert(part >= 0n && part < 1n << BigInt(bits), 'a packed field left its range')
    word |= part << at
    at += BigInt(bits)
  }
  assert(at <= 256n, 'a word has 256 bits')
  return word
}

export function fieldOf(word: bigint, at: number, bits: number): bigint {
  return (word >> BigInt(at)) & ((1n << BigInt(bits)) - 1n)
}

/** Writes only what is different: a write costs the state a leaf. */
export function saveWord(words: Words, slot: Hex, word: bigint): void {
  if (words.load(slot) !== word) words.save(slot, word)
}

/** Adds to (or takes from) a running total or a balance kept in one slot. */
export function addToWord(words: Words, slot: Hex, amount: bigint): void {
  if (amount === 0n) return
  const sum = words.load(slot) + amount
  assert(sum >= 0n && sum <= MASK_256, 'a total left its range')
  words.save(slot, sum)
}
