// All wei there is, as a running total in the state. Every block's changes must add up to what was
// minted and burned in it; a node that loads its chain adds up all balances and compares.

import { assert } from '../../lib/assert.ts'
import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { slot } from './epoch-storage.ts'

/** In the storage of EPOCH_ADDRESS. */
export const SUPPLY_SLOT = slot(2)
const MINTED = slot(3)
const BURNED = slot(4)

export interface Supply {
  /** Sum of all balances. */
  readonly total: bigint
  /** Since the genesis, whose own wei is in neither. */
  readonly minted: bigint
  readonly burned: bigint
}

export function loadSupply(words: ReadWords): Supply {
  return { total: words.load(SUPPLY_SLOT), minted: words.load(MINTED), burned: words.load(BURNED) }
}

export function startSupply(words: Words, total: bigint): void {
  words.save(SUPPLY_SLOT, total)
}

/** At the end of a block, with what was minted and burned in it. */
export function addSupply(words: Words, minted: bigint, burned: bigint): void {
  if (minted === 0n && burned === 0n) return
  const before = loadSupply(words)
  words.save(SUPPLY_SLOT, before.total + minted - burned)
  words.save(MINTED, before.minted + minted)
  words.save(BURNED, before.burned + burned)
}

/** Throws AssertionFailed when the balances do not add up to the state's own total. */
export function assertSupply(words: ReadWords, balances: Iterable<bigint>): void {
  let sum = 0n
  for (const balance of balances) sum += balance
  const { total } = loadSupply(words)
  assert(sum === total, `the balances add up to ${sum} wei, the state says ${total}`)
}
