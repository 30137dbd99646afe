// Stake checkpoints in the state: the block that ended the last epoch, whose checkpoint is being
// signed, and the last checkpoint that is certified, which is what `finalized` means.

import type { Hex } from '../../lib/hex.ts'
import type { Checkpoint } from '../consensus/checkpoint.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import { type ReadWords, slotOf, type Words } from '../modules/storage-layout.ts'
import { loadAnnouncement, slot } from './epoch-storage.ts'
import { packWord, unpackWord } from './packed-word.ts'

const BOUNDARY_HASH = slot(0x50)
const CERTIFIED = slot(0x51)
const CERTIFIED_HASH = slot(0x52)
/** `passed` is the epoch plus one, so that an empty word means none. */
const FIELDS = { passed: 32, height: 53, stakeRatio: 16 } as const

export interface Certified {
  readonly epoch: number
  /** Of the block that ended the epoch. */
  readonly height: number
  readonly hash: Hex
  /** Basis points of the stake of its set that had signed. */
  readonly stakeRatio: number
}

/** The last certified checkpoint; undefined until the first. */
export function loadCertified(words: ReadWords): Certified | undefined {
  const { passed, height, stakeRatio } = unpackWord(FIELDS, words.load(CERTIFIED))
  if (passed === 0) return undefined
  return { epoch: passed - 1, height, hash: slotOf(words.load(CERTIFIED_HASH)), stakeRatio }
}

export function saveCertified(words: Words, certified: Certified): void {
  const { epoch, height, hash, stakeRatio } = certified
  words.save(CERTIFIED, packWord(FIELDS, { passed: epoch + 1, height, stakeRatio }))
  words.save(CERTIFIED_HASH, BigInt(hash))
}

/** There is no epoch before the first: nothing of it has to be certified. */
export function isCertified(words: ReadWords, epoch: number): boolean {
  return epoch < 0 || loadCertified(words)?.epoch === epoch
}

/** In the first block of an epoch: only now the hash of the block that ended the last is known. */
export function saveBoundaryHash(words: Words, hash: Hex): void {
  words.save(BOUNDARY_HASH, BigInt(hash))
}

/**
 * What CHECKPOINT of the epoch before `rules` signs; undefined in the first epoch. `boundaryHash`
 * where the state is that of the boundary block itself, which cannot know its own hash.
 */
export function openCheckpoint(
  words: ReadWords,
  rules: EpochRules,
  boundaryHash: Hex = slotOf(words.load(BOUNDARY_HASH)),
): Checkpoint | undefined {
  if (rules.epoch === 0) return undefined
  const { mode, setHash, balancedStake } = rules
  const announced = loadAnnouncement(words)
  return {
    epoch: rules.epoch - 1,
    blockHash: boundaryHash,
    height: rules.startHeight - 1,
    next: { mode, setHash, balancedStake },
    announced: {
      mode: announced.mode,
      setHash: announced.setHash,
      balancedStake: announced.balancedStake,
    },
  }
}
