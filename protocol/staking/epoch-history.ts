// Who had which weight in past epochs: what evidence and votes are weighed by. Each validator has a
// list of the changes of its weight, so that an epoch without news costs two words.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { type Validator, type ValidatorSet, validatorSetHash } from '../consensus/validator-set.ts'
import type { ModuleState } from '../modules/module.ts'
import {
  fieldOf,
  packFields,
  type ReadWords,
  slotAfter,
  type Words,
} from '../modules/storage-layout.ts'
import { EPOCH_RECORD_SECONDS, EPOCH_RECORDS_DROPPED } from '../params.ts'
import { EPOCH_SPAN, epochSlot, weightCountSlot, weightSlot } from './staking-storage.ts'

export interface EpochRecord {
  readonly startSeconds: number
  readonly authorities: number
  readonly validators: number
  readonly stake: bigint
}

export interface Weight {
  readonly stake: bigint
  readonly authority: boolean
}

interface WeightChange extends Weight {
  readonly from: number
  readonly member: boolean
}

/** The epochs of which there are records; undefined before the first. */
export function epochSpan(words: ReadWords): { oldest: number; latest: number } | undefined {
  const word = words.load(EPOCH_SPAN)
  if (word === 0n) return undefined
  return { oldest: Number(fieldOf(word, 0, 64)) - 1, latest: Number(fieldOf(word, 64, 64)) - 1 }
}

function saveSpan(words: Words, oldest: number, latest: number): void {
  words.save(
    EPOCH_SPAN,
    packFields([
      [oldest + 1, 64],
      [latest + 1, 64],
    ]),
  )
}

/** The epoch that runs; 0 before the first record. */
export function currentEpoch(words: ReadWords): number {
  return epochSpan(words)?.latest ?? 0
}

/** Undefined for an epoch that has not begun, or that was so long ago that it was dropped. */
export function epochRecord(words: ReadWords, epoch: number): EpochRecord | undefined {
  const base = epochSlot(epoch)
  const word = words.load(base)
  if (word === 0n) return undefined
  return {
    startSeconds: Number(fieldOf(word, 0, 64)),
    authorities: Number(fieldOf(word, 64, 32)),
    validators: Number(fieldOf(word, 96, 32)),
    stake: words.load(slotAfter(base, 1)),
  }
}

function loadChange(words: ReadWords, operator: Hex, index: number): WeightChange {
  const word = words.load(weightSlot(operator, index))
  return {
    stake: fieldOf(word, 0, 128),
    from: Number(fieldOf(word, 128, 48)),
    authority: fieldOf(word, 176, 8) === 1n,
    member: fieldOf(word, 184, 8) === 1n,
  }
}

function changeWeight(words: Words, operator: Hex, now: WeightChange): void {
  const count = Number(words.load(weightCountSlot(operator)))
  const last = count === 0 ? undefined : loadChange(words, operator, count - 1)
  const { member, stake, authority, from } = now
  if (last === undefined && !member) return
  if (last?.member === member && last.stake === stake && last.authority === authority) return
  const word = packFields([
    [stake, 128],
    [from, 48],
    [authority ? 1 : 0, 8],
    [member ? 1 : 0, 8],
  ])
  words.save(weightSlot(operator, count), word)
  words.save(weightCountSlot(operator), BigInt(count + 1))
}

/** What a validator weighed in an epoch; undefined if it was not in its set. */
export function weightAt(words: ReadWords, operator: Hex, epoch: number): Weight | undefined {
  let low = 0
  let high = Number(words.load(weightCountSlot(operator)))
  // The last change that is not later: between `low` and `high`.
  while (low < high) {
    const middle = (low + high) >>> 1
    if (loadChange(words, operator, middle).from <= epoch) low = middle + 1
    else high = middle
  }
  if (low === 0) return undefined
  const { member, stake, authority } = loadChange(words, operator, low - 1)
  return member ? { stake, authority } : undefined
}

function dropOld(words: Words, oldest: number, latest: number, nowSeconds: number): number {
  let kept = oldest
  for (let i = 0; i < EPOCH_RECORDS_DROPPED && kept < latest; i++) {
    const record = epochRecord(words, kept)
    if (record && record.startSeconds + EPOCH_RECORD_SECONDS >= nowSeconds) break
    words.save(epochSlot(kept), 0n)
    words.save(slotAfter(epochSlot(kept), 1), 0n)
    kept++
  }
  return kept
}

/**
 * Once for each epoch, in order, in the block before it begins (and in the genesis). `previous`
 * is the set of the epoch before.
 */
export function recordEpoch(
  state: Pick<ModuleState, 'load' | 'save'>,
  epoch: { readonly epoch: number; readonly startSeconds: number; readonly set: ValidatorSet },
  previous?: ValidatorSet,
): void {
  const span = epochSpan(state)
  const { epoch: number, startSeconds, set } = epoch
  assert(span === undefined || number === span.latest + 1, 'staking: epochs are recorded in order')
  const stake = set.validators.reduce((sum, validator) => sum + validator.stake, 0n)
  const head = packFields([
    [startSeconds, 64],
    [set.validators.filter(({ authority }) => authority).length, 32],
    [set.validators.length, 32],
  ])
  state.save(epochSlot(number), head)
  state.save(slotAfter(epochSlot(number), 1), stake)
  saveSpan(state, dropOld(state, span?.oldest ?? number, number, startSeconds), number)
  if (previous && validatorSetHash(previous) === validatorSetHash(set)) return
  const present = new Set(set.validators.map(({ address }) => address))
  const change = (one: Validator, member: boolean) =>
    changeWeight(state, one.address, {
      from: number,
      member,
      stake: member ? one.stake : 0n,
      authority: member && one.authority,
    })
  for (const one of previous?.validators ?? []) if (!present.has(one.address)) change(one, false)
  for (const one of set.validators) change(one, true)
}
