// What is added up while an epoch lasts: gas, and the randomness of its blocks. Emptied at its
// end.

import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { type ReadWords, slotOf, type Words } from '../modules/storage-layout.ts'
import { GAS_PER_MS } from '../params.ts'
import { basisPoints } from './basis-points.ts'
import { slot } from './epoch-storage.ts'

const GAS_USED = slot(0x60)
const RANDOMNESS = slot(0x61)

export function addGas(words: Words, gasUsed: number): void {
  if (gasUsed > 0) words.save(GAS_USED, words.load(GAS_USED) + BigInt(gasUsed))
}

/** Basis points of the gas that the time had room for, the same in every mode. */
export function utilization(words: ReadWords, elapsedMs: number): number {
  return basisPoints(words.load(GAS_USED), GAS_PER_MS * BigInt(Math.max(0, elapsedMs)))
}

export function addRandomness(words: Words, mixHash: Hex): void {
  const before = hexToBytes(slotOf(words.load(RANDOMNESS)))
  words.save(RANDOMNESS, BigInt(bytesToHex(keccak(concatBytes(before, hexToBytes(mixHash))))))
}

/** R of the next epoch from R of this one. */
export function nextSeed(words: ReadWords, seed: Hex): Hex {
  const drawn = hexToBytes(slotOf(words.load(RANDOMNESS)))
  return bytesToHex(keccak(concatBytes(hexToBytes(seed), drawn)))
}

export function clearAccumulators(words: Words): void {
  words.save(GAS_USED, 0n)
  words.save(RANDOMNESS, 0n)
}
