// The state of consensus itself, in ordinary storage slots of EPOCH_ADDRESS: whoever holds a
// block's state knows the rules of the block that follows it, and can prove them.

import type { Hex } from '../../lib/hex.ts'
import type { EpochRules, Fraction, QuorumRules } from '../consensus/epoch-rules.ts'
import { asMode } from '../consensus/epoch-rules.ts'
import type { ModeNumber, ValidatorSet } from '../consensus/validator-set.ts'
import { type ReadWords, slotOf, type Words } from '../modules/storage-layout.ts'
import { EPOCH_ADDRESS } from '../params.ts'
import type { StateView } from '../state/state-view.ts'
import { packWord, unpackWord } from './packed-word.ts'
import { loadSet, saveSet } from './set-storage.ts'

/** Slot `number` of the account. */
export const slot = (number: number) => slotOf(BigInt(number))

/** Three words each, a fourth with the seed: sets lie under their hashes. */
const CURRENT = 0x10
const PREVIOUS = 0x20
const ANNOUNCED = 0x30

const HEAD = {
  epoch: 32,
  mode: 8,
  startHeight: 53,
  startMs: 53,
  epochBlocks: 32,
  epochMs: 40,
} as const

export function epochWords(view: StateView): ReadWords {
  return { load: (at) => view.storage(EPOCH_ADDRESS, at) }
}

/** Of the current epoch: the share of stake that BALANCED needs. */
export const BALANCED_STAKE_SLOT = slot(CURRENT + 2)

export function fractionOf(word: bigint): Fraction {
  return { numerator: word >> 128n, denominator: word & ((1n << 128n) - 1n) }
}

function fractionWord({ numerator, denominator }: Fraction): bigint {
  return (numerator << 128n) | denominator
}

function loadRules(words: ReadWords, base: number): EpochRules {
  const head = unpackWord(HEAD, words.load(slot(base)))
  const setHash = slotOf(words.load(slot(base + 1)))
  return {
    ...head,
    mode: asMode(head.mode),
    setHash,
    set: loadSet(words, setHash),
    balancedStake: fractionOf(words.load(slot(base + 2))),
    seed: slotOf(words.load(slot(base + 3))),
  }
}

function headOf({ epoch, mode, startHeight, startMs, epochBlocks, epochMs }: EpochRules) {
  return { epoch, mode, startHeight, startMs, epochBlocks, epochMs }
}

function saveRules(words: Words, base: number, rules: EpochRules): void {
  words.save(slot(base), packWord(HEAD, headOf(rules)))
  words.save(slot(base + 1), BigInt(saveSet(words, rules.set)))
  words.save(slot(base + 2), fractionWord(rules.balancedStake))
  words.save(slot(base + 3), BigInt(rules.seed))
}

/** The rules of the block that follows the one whose state this is. */
export function rulesAfter(view: StateView): EpochRules {
  return currentRules(epochWords(view))
}

/** The height with which the epoch of the next block ends at the latest: time may end it before. */
export function lastHeight(words: ReadWords): number {
  const { startHeight, epochBlocks } = unpackWord(HEAD, words.load(slot(CURRENT)))
  return startHeight + epochBlocks - 1
}

export const currentRules = (words: ReadWords) => loadRules(words, CURRENT)

export function saveCurrentRules(words: Words, rules: EpochRules): void {
  saveRules(words, CURRENT, rules)
}

/** Of the epoch before, whose checkpoint is still being signed; undefined in the first epoch. */
export function previousRules(words: ReadWords): EpochRules | undefined {
  return words.load(slot(PREVIOUS)) === 0n ? undefined : loadRules(words, PREVIOUS)
}

export function savePreviousRules(words: Words, rules: EpochRules): void {
  saveRules(words, PREVIOUS, rules)
}

/** What the last boundary block announced for the epoch after the current one. */
export interface Announcement {
  readonly mode: ModeNumber
  readonly set: ValidatorSet
  readonly setHash: Hex
  readonly balancedStake: QuorumRules['balancedStake']
}

export function loadAnnouncement(words: ReadWords): Announcement {
  const setHash = slotOf(words.load(slot(ANNOUNCED + 1)))
  return {
    mode: asMode(Number(words.load(slot(ANNOUNCED)))),
    setHash,
    set: loadSet(words, setHash),
    balancedStake: fractionOf(words.load(slot(ANNOUNCED + 2))),
  }
}

export function saveAnnouncement(
  words: Words,
  { mode, set, balancedStake }: Omit<Announcement, 'setHash'>,
): void {
  words.save(slot(ANNOUNCED), BigInt(mode))
  words.save(slot(ANNOUNCED + 1), BigInt(saveSet(words, set)))
  words.save(slot(ANNOUNCED + 2), fractionWord(balancedStake))
}

/** Hashes of all sets that the state refers to. */
export function setsInUse(words: ReadWords): Set<Hex> {
  const bases = [CURRENT, PREVIOUS, ANNOUNCED]
  return new Set(bases.map((base) => slotOf(words.load(slot(base + 1)))))
}
