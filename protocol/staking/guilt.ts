// Who was found guilty of what, by epoch: nobody is punished twice for the same, and when a third
// of a set is guilty in one epoch it was an attack on the chain and costs everything.

import type { Hex } from '../../lib/hex.ts'
import {
  addressOf,
  fieldOf,
  packFields,
  type ReadWords,
  slotAfter,
  type Words,
} from '../modules/storage-layout.ts'
import type { EpochRecord, Weight } from './epoch-history.ts'
import { culpritSlot, guiltySlot, punishedSlot } from './staking-storage.ts'

export interface Offence {
  readonly epoch: number
  readonly operator: Hex
  /** E4, which is counted apart from the others. */
  readonly lesser: boolean
}

export function wasPunished(words: ReadWords, { epoch, operator, lesser }: Offence): boolean {
  return words.load(punishedSlot(epoch, operator, lesser)) !== 0n
}

export function markPunished(words: Words, { epoch, operator, lesser }: Offence): void {
  words.save(punishedSlot(epoch, operator, lesser), 1n)
}

interface Guilt {
  readonly culprits: number
  readonly authorities: number
  readonly stake: bigint
}

function loadGuilt(words: ReadWords, epoch: number): Guilt {
  const base = guiltySlot(epoch)
  const head = words.load(base)
  return {
    culprits: Number(fieldOf(head, 0, 32)),
    authorities: Number(fieldOf(head, 32, 32)),
    stake: words.load(slotAfter(base, 1)),
  }
}

/** Adds one more; never the same twice (see `wasPunished`). */
export function addCulprit(words: Words, epoch: number, operator: Hex, weight: Weight): void {
  const { culprits, authorities, stake } = loadGuilt(words, epoch)
  const base = guiltySlot(epoch)
  words.save(culpritSlot(epoch, culprits), BigInt(operator))
  const head = packFields([
    [culprits + 1, 32],
    [authorities + (weight.authority ? 1 : 0), 32],
  ])
  words.save(base, head)
  words.save(slotAfter(base, 1), stake + weight.stake)
}

/** At least a third of the authorities, or of the stake. */
export function isAttack(words: ReadWords, epoch: number, record: EpochRecord): boolean {
  const { authorities, stake } = loadGuilt(words, epoch)
  const byCount = record.authorities > 0 && 3 * authorities >= record.authorities
  return byCount || 3n * stake >= record.stake
}

/** At most as many as the set had. */
export function culprits(words: ReadWords, epoch: number): Hex[] {
  const { culprits: count } = loadGuilt(words, epoch)
  return Array.from({ length: count }, (_, i) => addressOf(words.load(culpritSlot(epoch, i))))
}
