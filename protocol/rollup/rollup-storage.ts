// The rollup module's storage layout; docs/spec/rollup-module.md has it as a table.

import type { Hex } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import {
  addressOf,
  fieldOf,
  mappingSlot,
  packFields,
  type ReadWords,
  saveWord,
  slotOf,
  type Words,
} from '../modules/storage-layout.ts'
import { ROLLUP_ADDRESS } from '../params.ts'
import type { StateView } from '../state/state-view.ts'

const CONFIG = slotOf(0n)
const GENESIS_OWNER = slotOf(1n)
const NEXT_INDEX = slotOf(2n)
export const MONEY = slotOf(3n)
/** Verdicts of this block that wait for its end. */
export const VERDICTS = slotOf(4n)
/** How many shards there are after changes of their number, and the change that is to come. */
const NUMBERING = slotOf(5n)
export const CHANGE = slotOf(6n)
/** 1 while the shards come to rest before a change. */
export const CLOSING = slotOf(7n)

const SHARDS = 8
const ROOTS = 9
const MESSAGES = 10
const ACCOUNTS = 11
const OWNERS = 12
const KEYS = 13
const EXITS = 14
const PAID_EXITS = 15
const LEFT = 16
const SEQUENCERS = 17
const VERDICT = 18
const QUEUES = 19
const PARCELS = 20
const ARRIVING = 21
const REFUNDED = 22
const ENDED = 23

const BITS_PER_WORD = 256

/** Base of five words. */
export const shardSlot = (shard: number) => mappingSlot(shard, SHARDS)
/** Base of four words: what a shard's root number `serial` stands for. */
export const rootSlot = (shard: number, serial: number) =>
  mappingSlot(serial, mappingSlot(shard, ROOTS))
export const messageSlot = (shard: number, message: number) =>
  mappingSlot(message, mappingSlot(shard, MESSAGES))
/** Base of four words. */
export const accountSlot = (index: number) => mappingSlot(index, ACCOUNTS)
/** How many accounts an address owns; each has one word at `ownedSlot`. */
export const ownedCountSlot = (owner: Hex) => mappingSlot(owner, OWNERS)
export const ownedSlot = (owner: Hex, nth: number) => mappingSlot(nth, ownedCountSlot(owner))
/** The account of a BLS key, plus one. */
export const keySlot = (blsKey: Uint8Array) => mappingSlot(keccakHex(blsKey), KEYS)
/** Base of two words: the exits of a claim. */
export const exitsSlot = (shard: number, number: number) =>
  mappingSlot(number, mappingSlot(shard, EXITS))
const paidSlot = (shard: number, number: number, word: number) =>
  mappingSlot(word, mappingSlot(number, mappingSlot(shard, PAID_EXITS)))
/** Who made a claim, while it can be challenged. */
export const sequencerSlot = (shard: number, number: number) =>
  mappingSlot(number, mappingSlot(shard, SEQUENCERS))
/** Parcels of one shard for another: which are kept, which are consumed. */
export const queueSlot = (source: number, destination: number) =>
  mappingSlot(source, mappingSlot(destination, QUEUES))
/** Base of two words. */
export const parcelSlot = (source: number, destination: number, nth: number) =>
  mappingSlot(nth, mappingSlot(source, mappingSlot(destination, PARCELS)))
/** Units in parcels that a shard has not consumed. */
export const arrivingSlot = (destination: number) => mappingSlot(destination, ARRIVING)
/** Base of three words: where a shard stood when the number of shards changed last. */
export const endedSlot = (shard: number) => mappingSlot(shard, ENDED)
/** Base of three words. */
export const verdictSlot = (nth: number) => mappingSlot(nth, VERDICT)

/** The storage of the module in the state of a block. */
export function rollupWords(view: StateView): ReadWords {
  return { load: (slot) => view.storage(ROLLUP_ADDRESS, slot) }
}

/** What a genesis fixes. */
export interface RollupConfig {
  /** At first: `shardCount` says how many there are now. */
  readonly shards: number
  /** Accounts that are there from the beginning: their keys follow from their indices. */
  readonly accounts: number
  /** Locks of those accounts, at the indices behind them. */
  readonly locks: number
  /** Units that each of them begins with. */
  readonly balance: bigint
  /** Who owns them on the base chain. */
  readonly owner: Hex
  /** Seats of each shard's committee; every validator checks every shard where it is not there. */
  readonly committee?: number
}

export function loadConfig(words: ReadWords): RollupConfig {
  const word = words.load(CONFIG)
  const committee = committeeSeats(words)
  return {
    shards: Number(fieldOf(word, 0, 8)),
    accounts: Number(fieldOf(word, 8, 32)),
    balance: fieldOf(word, 40, 64),
    locks: Number(fieldOf(word, 104, 32)),
    owner: addressOf(words.load(GENESIS_OWNER)),
    ...(committee > 0 && { committee }),
  }
}

/** Seats of the committee of each shard; 0 where there is none. */
export function committeeSeats(words: ReadWords): number {
  return Number(fieldOf(words.load(CONFIG), 136, 16))
}

export function saveConfig(words: Words, config: RollupConfig): void {
  const { shards, accounts, balance, locks, owner, committee = 0 } = config
  const word = packFields([
    [shards, 8],
    [accounts, 32],
    [balance, 64],
    [locks, 32],
    [committee, 16],
  ])
  saveWord(words, CONFIG, word)
  saveWord(words, GENESIS_OWNER, BigInt(owner))
  saveWord(words, NEXT_INDEX, BigInt(accounts + locks))
}

/** The shards that there are now, and what became of their number. */
export interface Numbering {
  readonly shards: number
  /** How many there were before the last change; as many where there was none. */
  readonly before: number
  /** The most that there ever were. */
  readonly most: number
  /** Changes so far. */
  readonly generation: number
}

export function loadNumbering(words: ReadWords): Numbering {
  const word = words.load(NUMBERING)
  const { shards } = loadConfig(words)
  if (word === 0n) return { shards, before: shards, most: shards, generation: 0 }
  const byte = (nth: number) => Number(fieldOf(word, 8 * nth, 8))
  return {
    shards: byte(0),
    before: byte(1),
    most: byte(2),
    generation: Number(fieldOf(word, 24, 32)),
  }
}

export function saveNumbering(words: Words, numbering: Numbering): void {
  const { shards, before, most, generation } = numbering
  const word = packFields([
    [shards, 8],
    [before, 8],
    [most, 8],
    [generation, 32],
  ])
  words.save(NUMBERING, word)
}

export const shardCount = (words: ReadWords) => loadNumbering(words).shards

/** Accounts and locks that were ever registered: indices below it are somebody's. */
export const accountCount = (words: ReadWords) => Number(words.load(NEXT_INDEX))

export function saveAccountCount(words: Words, count: number): void {
  words.save(NEXT_INDEX, BigInt(count))
}

/** A bit of a bitmap in words of 256. */
export interface BitPlace {
  readonly slot: Hex
  readonly bit: number
}

/** Whether an exit was paid. */
export function paidPlace(shard: number, number: number, position: number): BitPlace {
  const word = Math.floor(position / BITS_PER_WORD)
  return { slot: paidSlot(shard, number, word), bit: position % BITS_PER_WORD }
}

/** Whether a credit of a parcel for a frozen shard was paid out. */
export function refundedPlace(
  source: number,
  destination: number,
  number: number,
  position: number,
): BitPlace {
  const word = Math.floor(position / BITS_PER_WORD)
  const base = mappingSlot(number, mappingSlot(source, mappingSlot(destination, REFUNDED)))
  return { slot: mappingSlot(word, base), bit: position % BITS_PER_WORD }
}

/** Whether an account was paid out by a frozen shard. */
export function leftPlace(index: number): BitPlace {
  const word = Math.floor(index / BITS_PER_WORD)
  return { slot: mappingSlot(word, LEFT), bit: index % BITS_PER_WORD }
}

export function isMarked(words: ReadWords, { slot, bit }: BitPlace): boolean {
  return fieldOf(words.load(slot), bit, 1) === 1n
}

export function mark(words: Words, { slot, bit }: BitPlace): void {
  words.save(slot, words.load(slot) | (1n << BigInt(bit)))
}
