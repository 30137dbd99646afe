// Taking from a validator's bond and putting it out of the set: for a time, or for ever.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import { addToWord, fieldOf, packFields, type ReadWords } from '../modules/storage-layout.ts'
import { BASIS_POINTS, STAKING_ADDRESS } from '../params.ts'
import { enlist } from './candidates.ts'
import { loadPool, savePool } from './pool.ts'
import { JAILED, SLASHED, TOMBSTONED } from './staking-abi.ts'
import { parameter, type StakingContext } from './staking-context.ts'
import { slashSlot, TOTAL_BONDED } from './staking-storage.ts'
import { loadValidator, type ValidatorRecord } from './validator-record.ts'

function known(words: ReadWords, operator: Hex): ValidatorRecord {
  const record = loadValidator(words, operator)
  assert(record !== undefined, 'staking: only validators are punished')
  return record
}

/** True once everything was taken: there is no more to take, from claims neither. */
function isRuined(words: ReadWords, operator: Hex, { slashes }: ValidatorRecord): boolean {
  if (slashes === 0) return false
  return fieldOf(words.load(slashSlot(operator, slashes - 1)), 0, 16) === BASIS_POINTS
}

/**
 * Takes a share of the pool, and writes it down for the claims. The wei returned are no longer owed
 * and still on the module's account.
 */
export function slash(
  context: StakingContext,
  operator: Hex,
  { share, epoch }: { readonly share: bigint; readonly epoch: number },
): bigint {
  const { state } = context
  const record = known(state, operator)
  if (share === 0n || isRuined(state, operator, record)) return 0n
  const pool = loadPool(state, operator)
  const taken = (pool.tokens * share) / BASIS_POINTS
  const word = packFields([
    [share, 16],
    [epoch, 48],
  ])
  state.save(slashSlot(operator, record.slashes), word)
  savePool(state, operator, { ...pool, tokens: pool.tokens - taken })
  addToWord(state, TOTAL_BONDED, -taken)
  enlist(context.state, operator, { ...record, slashes: record.slashes + 1 })
  const data = [BigInt(epoch), taken, share] as const
  context.emit(encodeLog(STAKING_ADDRESS, SLASHED, [operator], data))
  return taken
}

/** For ever: the key never comes back, and nothing more can be bonded here. */
export function tombstone(context: StakingContext, operator: Hex): void {
  const record = known(context.state, operator)
  if (record.tombstoned) return
  enlist(context.state, operator, { ...record, tombstoned: true })
  context.emit(encodeLog(STAKING_ADDRESS, TOMBSTONED, [operator], []))
}

/** Until its operator asks, when the time is over, to come back. A second time counts from now. */
export function jail(context: StakingContext, operator: Hex): void {
  const { state, timestamp } = context
  const record = known(state, operator)
  if (record.tombstoned) return
  const jailedUntil = timestamp + Number(parameter(state, 'jail_seconds'))
  enlist(context.state, operator, { ...record, jailed: true, jailedUntil })
  context.emit(encodeLog(STAKING_ADDRESS, JAILED, [operator], [BigInt(jailedUntil)]))
}
