// Parcels under way: what the claims of one shard have put into their outboxes for another, in
// order, until a claim there has consumed them and nothing can take that back. A shard consumes
// those of each other shard in their order, each once.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import {
  fieldOf,
  packFields,
  type ReadWords,
  saveWord,
  slotAfter,
  slotOf,
  type Words,
} from '../modules/storage-layout.ts'
import { moveMoney } from './rollup-money.ts'
import { arrivingSlot, parcelSlot, queueSlot } from './rollup-storage.ts'

/** Counts from the first parcel of the source for the destination: those before `from` are gone. */
export interface ParcelQueue {
  readonly from: number
  readonly consumed: number
  readonly count: number
}

export interface KeptParcel {
  /** Of the source's claim. */
  readonly number: number
  readonly credits: number
  /** Units. */
  readonly amount: bigint
  readonly root: Hex
  /** Number of the destination's claim; 0 while none has consumed it. */
  readonly consumedBy: number
}

export interface Route {
  readonly source: number
  readonly destination: number
}

const COUNT = 48

export function loadQueue(words: ReadWords, { source, destination }: Route): ParcelQueue {
  const word = words.load(queueSlot(source, destination))
  const count = (nth: number) => Number(fieldOf(word, COUNT * nth, COUNT))
  return { from: count(0), consumed: count(1), count: count(2) }
}

function saveQueue(words: Words, { source, destination }: Route, queue: ParcelQueue): void {
  const word = packFields([
    [queue.from, COUNT],
    [queue.consumed, COUNT],
    [queue.count, COUNT],
  ])
  saveWord(words, queueSlot(source, destination), word)
}

/** The nth parcel must be kept. */
export function loadParcel(words: ReadWords, route: Route, nth: number): KeptParcel {
  const base = parcelSlot(route.source, route.destination, nth)
  const word = words.load(slotAfter(base, 1))
  return {
    root: slotOf(words.load(base)),
    number: Number(fieldOf(word, 0, 48)),
    credits: Number(fieldOf(word, 48, 32)),
    amount: fieldOf(word, 80, 64),
    consumedBy: Number(fieldOf(word, 144, 48)),
  }
}

function saveParcel(words: Words, route: Route, nth: number, parcel: KeptParcel): void {
  const base = parcelSlot(route.source, route.destination, nth)
  const word = packFields([
    [parcel.number, 48],
    [parcel.credits, 32],
    [parcel.amount, 64],
    [parcel.consumedBy, 48],
  ])
  saveWord(words, base, BigInt(parcel.root))
  saveWord(words, slotAfter(base, 1), word)
}

function dropParcel(words: Words, { source, destination }: Route, nth: number): void {
  const base = parcelSlot(source, destination, nth)
  for (let i = 0; i < 2; i++) saveWord(words, slotAfter(base, i), 0n)
}

function moveArriving(words: Words, destination: number, amount: bigint): void {
  const sum = words.load(arrivingSlot(destination)) + amount
  assert(sum >= 0n, 'rollup: more arrives than is under way')
  saveWord(words, arrivingSlot(destination), sum)
  moveMoney(words, { parcels: amount })
}

/** What a claim of the source that is being ordered has in its outbox for the destination. */
export function sendParcel(
  words: Words,
  route: Route,
  parcel: Omit<KeptParcel, 'consumedBy'>,
): void {
  const queue = loadQueue(words, route)
  saveParcel(words, route, queue.count, { ...parcel, consumedBy: 0 })
  saveQueue(words, route, { ...queue, count: queue.count + 1 })
  moveArriving(words, route.destination, parcel.amount)
}

/** The next parcel of the queue is consumed by this claim of the destination. */
export function consumeParcel(words: Words, route: Route, consumedBy: number): void {
  const queue = loadQueue(words, route)
  assert(queue.consumed < queue.count, 'rollup: no parcel waits')
  const parcel = loadParcel(words, route, queue.consumed)
  assert(parcel.consumedBy === 0, 'rollup: a parcel is consumed once')
  saveParcel(words, route, queue.consumed, { ...parcel, consumedBy })
  saveQueue(words, route, { ...queue, consumed: queue.consumed + 1 })
  moveArriving(words, route.destination, -parcel.amount)
}

/** Takes units out of a parcel that its frozen destination will never consume. */
export function payFromParcel(words: Words, route: Route, nth: number, amount: bigint): void {
  const parcel = loadParcel(words, route, nth)
  assert(parcel.consumedBy === 0 && amount <= parcel.amount, 'rollup: the parcel has that much')
  saveParcel(words, route, nth, { ...parcel, amount: parcel.amount - amount })
  moveArriving(words, route.destination, -amount)
}

/** The source goes back to after this claim: what later ones sent was never sent. */
export function takeBackSent(words: Words, route: Route, number: number): void {
  const queue = loadQueue(words, route)
  let { count } = queue
  while (count > queue.from) {
    const parcel = loadParcel(words, route, count - 1)
    if (parcel.number <= number) break
    assert(count > queue.consumed, 'rollup: only what is settled was consumed')
    dropParcel(words, route, --count)
    moveArriving(words, route.destination, -parcel.amount)
  }
  saveQueue(words, route, { ...queue, count })
}

/** The destination goes back to after this claim: what later ones consumed waits again. */
export function takeBackConsumed(words: Words, route: Route, number: number): void {
  const queue = loadQueue(words, route)
  let { consumed } = queue
  while (consumed > queue.from) {
    const parcel = loadParcel(words, route, consumed - 1)
    if (parcel.consumedBy <= number) break
    saveParcel(words, route, --consumed, { ...parcel, consumedBy: 0 })
    moveArriving(words, route.destination, parcel.amount)
  }
  saveQueue(words, route, { ...queue, consumed })
}

/** Drops some of those that claims up to this one of the destination have consumed. */
export function dropConsumed(words: Words, route: Route, number: number, most: number): void {
  const queue = loadQueue(words, route)
  let { from } = queue
  while (from < queue.consumed && from - queue.from < most) {
    if (loadParcel(words, route, from).consumedBy > number) break
    dropParcel(words, route, from++)
  }
  if (from > queue.from) saveQueue(words, route, { ...queue, from })
}

/** The parcel of a claim of the source; undefined if there is none, or it is gone. */
export function findParcel(
  words: ReadWords,
  route: Route,
  number: number,
): { readonly nth: number; readonly parcel: KeptParcel } | undefined {
  const queue = loadQueue(words, route)
  let [low, high] = [queue.from, queue.count]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (loadParcel(words, route, middle).number < number) low = middle + 1
    else high = middle
  }
  if (low >= queue.count) return undefined
  const parcel = loadParcel(words, route, low)
  return parcel.number === number ? { nth: low, parcel } : undefined
}
