// What a network's genesis fixes about its epochs, in one word of the state.

import type { ModeNumber } from '../consensus/validator-set.ts'
import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { slot } from './epoch-storage.ts'
import { packWord, unpackWord } from './packed-word.ts'

/** 0 auto: by the metrics; 1 pinned; 2 cycle: another mode every epoch, for test networks. */
export type ModePolicy = 0 | 1 | 2

export const MODE_POLICIES = ['auto', 'pinned', 'cycle'] as const

export interface EpochParams {
  readonly modePolicy: ModePolicy
  /** By mode. */
  readonly epochBlocks: readonly [number, number, number]
  readonly epochMs: number
}

const PARAMS = slot(1)
const FIELDS = {
  modePolicy: 8,
  fast: 32,
  balanced: 32,
  secure: 32,
  epochMs: 40,
} as const

export function loadParams(words: ReadWords): EpochParams {
  const { modePolicy, fast, balanced, secure, epochMs } = unpackWord(FIELDS, words.load(PARAMS))
  return {
    modePolicy: modePolicy as ModePolicy,
    epochBlocks: [fast, balanced, secure],
    epochMs,
  }
}

export function saveParams(words: Words, { modePolicy, epochBlocks, epochMs }: EpochParams): void {
  const [fast, balanced, secure] = epochBlocks
  words.save(PARAMS, packWord(FIELDS, { modePolicy, fast, balanced, secure, epochMs }))
}

export function epochLength(params: EpochParams, mode: ModeNumber) {
  return { epochBlocks: params.epochBlocks[mode], epochMs: params.epochMs }
}
