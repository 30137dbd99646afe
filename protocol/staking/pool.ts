// What is bonded to one validator, in shares: a slash lowers what every share is worth without
// visiting anybody, and a reward raises an index. All divisions round against whoever moves money,
// and what they leave over stays counted.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { type ReadWords, saveWord, slotAfter, type Words } from '../modules/storage-layout.ts'
import { BASIS_POINTS } from '../params.ts'
import { delegationSlot, validatorSlot } from './staking-storage.ts'

/** Rewards are counted in 10^-18 wei. */
export const REWARD_SCALE = 10n ** 18n

export interface Pool {
  /** Wei. Never more than `shares`: a share is worth one wei at first, and less after slashes. */
  readonly tokens: bigint
  readonly shares: bigint
  /** Scaled rewards that one share has earned since the validator was registered. */
  readonly index: bigint
  /** Scaled rewards too small for the index: less than `shares` at the time. */
  readonly remainder: bigint
  /** Wei of commission that the operator can claim. */
  readonly commissionOwed: bigint
}

export interface Delegation {
  readonly shares: bigint
  /** The pool's index when `earned` was last brought up to date. */
  readonly index: bigint
  /** Scaled rewards up to there. */
  readonly earned: bigint
}

export function loadPool(words: ReadWords, operator: Hex): Pool {
  const base = validatorSlot(operator)
  const [tokens, shares, index, remainder, commissionOwed] = [1, 2, 3, 4, 5].map((offset) =>
    words.load(slotAfter(base, offset)),
  ) as [bigint, bigint, bigint, bigint, bigint]
  return { tokens, shares, index, remainder, commissionOwed }
}

export function savePool(words: Words, operator: Hex, pool: Pool): void {
  const { tokens, shares, index, remainder, commissionOwed } = pool
  assert(tokens <= shares, 'staking: a share is worth more than one wei')
  assert(shares > 0n || tokens === 0n, 'staking: bonded wei that belong to nobody')
  const base = validatorSlot(operator)
  for (const [i, word] of [tokens, shares, index, remainder, commissionOwed].entries()) {
    saveWord(words, slotAfter(base, 1 + i), word)
  }
}

/** With its rewards brought up to date. */
export function loadDelegation(
  words: ReadWords,
  { validator, delegator }: { validator: Hex; delegator: Hex },
  pool: Pool,
): Delegation {
  const base = delegationSlot(validator, delegator)
  const shares = words.load(base)
  const news = shares * (pool.index - words.load(slotAfter(base, 1)))
  return { shares, index: pool.index, earned: words.load(slotAfter(base, 2)) + news }
}

export function saveDelegation(
  words: Words,
  { validator, delegator }: { validator: Hex; delegator: Hex },
  { shares, index, earned }: Delegation,
): void {
  const base = delegationSlot(validator, delegator)
  saveWord(words, base, shares)
  saveWord(words, slotAfter(base, 1), index)
  saveWord(words, slotAfter(base, 2), earned)
}

/** Wei that shares are worth, rounded down. */
export function worthOf(pool: Pool, shares: bigint): bigint {
  return pool.shares === 0n ? 0n : (shares * pool.tokens) / pool.shares
}

/** Shares for `amount` wei more. The pool must not be one that lost everything. */
export function sharesFor(pool: Pool, amount: bigint): bigint {
  if (pool.shares === 0n) return amount
  assert(pool.tokens > 0n, 'staking: nothing is bought into an empty pool')
  return (amount * pool.shares) / pool.tokens
}

/** Shares that `amount` wei cost on the way out, rounded up; the pool holds at least that much. */
export function sharesOf(pool: Pool, amount: bigint): bigint {
  return (amount * pool.shares + pool.tokens - 1n) / pool.tokens
}

/** The pool with a reward of `amount` wei: commission first, the rest by share. */
export function withReward(pool: Pool, amount: bigint, commission: bigint): Pool {
  const kept = (amount * commission) / BASIS_POINTS
  const scaled = (amount - kept) * REWARD_SCALE + pool.remainder
  return {
    ...pool,
    commissionOwed: pool.commissionOwed + kept,
    index: pool.index + scaled / pool.shares,
    remainder: scaled % pool.shares,
  }
}
