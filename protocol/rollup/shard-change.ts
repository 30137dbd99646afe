// The change of the number of shards that is to come: when, and why it was put off. What
// governance wants is read at the end of an epoch, and holds from the end of the next one on.

import type { EpochRules } from '../consensus/epoch-rules.ts'
import { parameterSlot } from '../governance/parameters.ts'
import type { ModuleState } from '../modules/module.ts'
import {
  fieldOf,
  packFields,
  type ReadWords,
  saveWord,
  type Words,
} from '../modules/storage-layout.ts'
import { BLOCK_TIMES_MS, GOVERNANCE_ADDRESS, RESHARD_CLOSING_MS } from '../params.ts'
import { isStep } from './reshard-layout.ts'
import { CHANGE, CLOSING, loadConfig, shardCount } from './rollup-storage.ts'

/** Why a change was put off, by its number in the state. */
export const DELAYS = [
  '',
  /** A frozen shard is never thawed: as long as there is one, the number stays. */
  'FROZEN',
  'MESSAGES_WAIT',
  'PARCELS_WAIT',
  'NO_ROOT_STATED',
  'ROOT_NOT_SETTLED',
] as const

export type Delay = Exclude<(typeof DELAYS)[number], ''>

export interface ShardChange {
  readonly shards: number
  /** Holds from its first block on. */
  readonly epoch: number
  /** How often it was put off, and why the last time; the shard that was in the way. */
  readonly tries: number
  readonly delay: Delay | undefined
  readonly shard: number
}

export function loadChange(words: ReadWords): ShardChange | undefined {
  const word = words.load(CHANGE)
  if (word === 0n) return undefined
  const delay = DELAYS[Number(fieldOf(word, 72, 8))]
  return {
    shards: Number(fieldOf(word, 0, 8)),
    epoch: Number(fieldOf(word, 8, 48)),
    tries: Number(fieldOf(word, 56, 16)),
    delay: delay === '' ? undefined : delay,
    shard: Number(fieldOf(word, 80, 8)),
  }
}

export function saveChange(words: Words, change: ShardChange | undefined): void {
  if (!change) {
    saveWord(words, CHANGE, 0n)
    return
  }
  const { shards, epoch, tries, delay = '', shard } = change
  const word = packFields([
    [shards, 8],
    [epoch, 48],
    [Math.min(tries, 0xffff), 16],
    [DELAYS.indexOf(delay), 8],
    [shard, 8],
  ])
  words.save(CHANGE, word)
}

/** In the storage of governance, as all its parameters: 0, or how many shards it wants and one. */
export const WANTED_SLOT = parameterSlot('rollup_shards')

/** How many shards governance wants; undefined while it has not said. */
export function wantedShards(state: Pick<ModuleState, 'loadOf'>): number | undefined {
  const word = state.loadOf(GOVERNANCE_ADDRESS, WANTED_SLOT)
  return word === 0n ? undefined : Number(word - 1n)
}

/**
 * Why no change may lead to so many; undefined where one may. Locks of a genesis lie in other
 * cohorts than their accounts, and more shards than it named would part them.
 */
export function stepFault(
  words: ReadWords,
  shards: number,
): 'NOT_A_STEP' | 'HELD_BY_LOCKS' | undefined {
  if (!isStep(shardCount(words), shards)) return 'NOT_A_STEP'
  const { locks, shards: atFirst } = loadConfig(words)
  return locks === 0 || atFirst % shards === 0 ? undefined : 'HELD_BY_LOCKS'
}

/** Whether shards come to rest in a block of this height and time: the change follows the epoch. */
export function isClosingTime(
  words: ReadWords,
  rules: EpochRules,
  height: number,
  timestampMs: number,
): boolean {
  const change = loadChange(words)
  if (change?.epoch !== rules.epoch + 1) return false
  const { startMs, epochMs, startHeight, epochBlocks, mode } = rules
  const msLeft = startMs + epochMs - timestampMs
  const blocksLeft = startHeight + epochBlocks - 1 - height
  return Math.min(msLeft, blocksLeft * BLOCK_TIMES_MS[mode]) <= RESHARD_CLOSING_MS
}

/** Before a block's claims. From here to the end of the epoch nothing new begins. */
export function noteClosing(
  words: Words,
  rules: EpochRules,
  height: number,
  timestampMs: number,
): void {
  if (!isClosing(words) && isClosingTime(words, rules, height, timestampMs)) words.save(CLOSING, 1n)
}

export const isClosing = (words: ReadWords) => words.load(CLOSING) === 1n

export function endClosing(words: Words): void {
  saveWord(words, CLOSING, 0n)
}
