// What the base chain knows of a shard: its last claim, its inbox, and its stated roots while they
// can be challenged.

import type { Hex } from '../../lib/hex.ts'
import {
  addressOf,
  fieldOf,
  packFields,
  type ReadWords,
  saveWord,
  slotAfter,
  slotOf,
  type Words,
} from '../modules/storage-layout.ts'
import { endedSlot, rootSlot, shardSlot } from './rollup-storage.ts'

/** Where a shard stands after one of its claims. */
export interface ShardPoint {
  /** Of the claim; 0 before the first. */
  readonly number: number
  /** Of the claim; zero before the first, whose parent is `genesisParent`. */
  readonly hash: Hex
  /** Entries of all batches up to here. */
  readonly entries: number
  /** Messages of the inbox that are consumed. */
  readonly inboxTo: number
  /** Units in the shard. */
  readonly supply: bigint
  /** Units that came by messages and left by exits, ever. */
  readonly deposited: bigint
  readonly exited: bigint
}

export interface ShardRecord extends ShardPoint {
  /** Of the block that ordered the last claim. */
  readonly timestampMs: number
  /** Operator of the last claim's sequencer; the zero address before the first. */
  readonly sequencer: Hex
  readonly inboxCount: number
  /** Older messages are gone. */
  readonly inboxFrom: number
  /** Serial numbers of the oldest root that is kept, and of the last. */
  readonly firstRoot: number
  readonly lastRoot: number
  readonly frozen: boolean
}

/** A root that a claim has stated, and what was so after it. */
export interface StatedRoot extends ShardPoint {
  readonly root: Hex
  /** Whole seconds of the block that ordered the claim. */
  readonly statedAt: number
}

const NUMBER = 48
const ENTRIES = 53
const UNITS = 64

/** Bit positions of the second word, which shards and roots share. */
function pointWord({ number, entries, inboxTo, supply }: ShardPoint): bigint {
  return packFields([
    [number, NUMBER],
    [entries, ENTRIES],
    [inboxTo, NUMBER],
    [supply, UNITS],
  ])
}

function readPoint(hash: bigint, point: bigint, flow: bigint): ShardPoint {
  return {
    hash: slotOf(hash),
    number: Number(fieldOf(point, 0, NUMBER)),
    entries: Number(fieldOf(point, 48, ENTRIES)),
    inboxTo: Number(fieldOf(point, 101, NUMBER)),
    supply: fieldOf(point, 149, UNITS),
    deposited: fieldOf(flow, 0, UNITS),
    exited: fieldOf(flow, 64, UNITS),
  }
}

export function loadShard(words: ReadWords, shard: number): ShardRecord {
  const base = shardSlot(shard)
  const word = (nth: number) => words.load(slotAfter(base, nth))
  const flow = word(2)
  const inbox = word(3)
  const roots = word(4)
  return {
    ...readPoint(word(0), word(1), flow),
    timestampMs: Number(fieldOf(flow, 128, 53)),
    frozen: fieldOf(flow, 181, 1) === 1n,
    inboxCount: Number(fieldOf(inbox, 0, NUMBER)),
    inboxFrom: Number(fieldOf(inbox, 48, NUMBER)),
    sequencer: addressOf(roots),
    firstRoot: Number(fieldOf(roots, 160, NUMBER)),
    lastRoot: Number(fieldOf(roots, 208, NUMBER)),
  }
}

export function saveShard(words: Words, shard: number, record: ShardRecord): void {
  const base = shardSlot(shard)
  const save = (nth: number, word: bigint) => saveWord(words, slotAfter(base, nth), word)
  save(0, BigInt(record.hash))
  save(1, pointWord(record))
  const flow = packFields([
    [record.deposited, UNITS],
    [record.exited, UNITS],
    [record.timestampMs, 53],
    [record.frozen ? 1 : 0, 1],
  ])
  save(2, flow)
  const inbox = packFields([
    [record.inboxCount, NUMBER],
    [record.inboxFrom, NUMBER],
  ])
  save(3, inbox)
  const roots = packFields([
    [BigInt(record.sequencer), 160],
    [record.firstRoot, NUMBER],
    [record.lastRoot, NUMBER],
  ])
  save(4, roots)
}

export function loadRoot(words: ReadWords, shard: number, serial: number): StatedRoot {
  const base = rootSlot(shard, serial)
  const word = (nth: number) => words.load(slotAfter(base, nth))
  const flow = word(3)
  return {
    root: slotOf(word(0)),
    ...readPoint(word(1), word(2), flow),
    statedAt: Number(fieldOf(flow, 128, 53)),
  }
}

export function saveRoot(words: Words, shard: number, serial: number, stated: StatedRoot): void {
  const base = rootSlot(shard, serial)
  words.save(base, BigInt(stated.root))
  saveWord(words, slotAfter(base, 1), BigInt(stated.hash))
  words.save(slotAfter(base, 2), pointWord(stated))
  const flow = packFields([
    [stated.deposited, UNITS],
    [stated.exited, UNITS],
    [stated.statedAt, 53],
  ])
  words.save(slotAfter(base, 3), flow)
}

export function dropRoot(words: Words, shard: number, serial: number): void {
  const base = rootSlot(shard, serial)
  for (let nth = 0; nth < 4; nth++) saveWord(words, slotAfter(base, nth), 0n)
}

/** A root with no hash: what a shard begins with after a change, see reshard-state.ts. */
export const NO_ROOT: Hex = slotOf(0n)

/** Where a shard stood when the number of shards changed. */
export type EndedShard = Omit<StatedRoot, 'deposited' | 'exited' | 'statedAt'>

export function saveEnded(words: Words, shard: number, ended: StatedRoot): void {
  const base = endedSlot(shard)
  saveWord(words, base, BigInt(ended.root))
  saveWord(words, slotAfter(base, 1), pointWord(ended))
  saveWord(words, slotAfter(base, 2), BigInt(ended.hash))
}

export function loadEnded(words: ReadWords, shard: number): EndedShard {
  const base = endedSlot(shard)
  const word = (nth: number) => words.load(slotAfter(base, nth))
  const { hash, number, entries, inboxTo, supply } = readPoint(word(2), word(1), 0n)
  return { root: slotOf(word(0)), hash, number, entries, inboxTo, supply }
}

/** The last root that was stated; number 0 is that of the genesis. */
export function lastStated(words: ReadWords, shard: number, { lastRoot }: ShardRecord): StatedRoot {
  return loadRoot(words, shard, lastRoot)
}
