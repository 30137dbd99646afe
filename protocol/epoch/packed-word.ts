// Several small numbers in one 256-bit storage word: a slot costs the state a leaf, and consensus
// writes its own in every block.

import { assert } from '../../lib/assert.ts'

export type Widths<K extends string> = Readonly<Record<K, number>>

/** Widths in bits by field, from the highest bits down; at most 53 each, so that numbers are exact. */
export function packWord<K extends string>(
  widths: Widths<K>,
  values: Readonly<Record<K, number>>,
): bigint {
  let word = 0n
  for (const name of Object.keys(widths) as K[]) {
    const value = values[name]
    assert(Number.isSafeInteger(value) && value >= 0 && value < 2 ** widths[name], `${name} fits`)
    word = (word << BigInt(widths[name])) | BigInt(value)
  }
  return word
}

export function unpackWord<K extends string>(widths: Widths<K>, word: bigint): Record<K, number> {
  const values = {} as Record<K, number>
  let rest = word
  for (const name of (Object.keys(widths) as K[]).reverse()) {
    const width = BigInt(widths[name])
    values[name] = Number(rest & ((1n << width) - 1n))
    rest >>= width
  }
  return values
}
