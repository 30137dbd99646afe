// A shard's stated roots. A root can be challenged for a while; afterwards it is settled, and
// nothing that follows from it is ever taken back. Older ones than the last settled are dropped.

import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { saveWord } from '../modules/storage-layout.ts'
import {
  ROLLUP_CHALLENGE_SECONDS,
  ROLLUP_MESSAGES_DROPPED,
  ROLLUP_PARCELS_DROPPED,
  ROLLUP_ROOTS_DROPPED,
} from '../params.ts'
import { dropMessage } from './inbox.ts'
import { dropConsumed } from './parcel-queue.ts'
import { sequencerSlot, shardCount } from './rollup-storage.ts'
import { dropRoot, loadRoot, type ShardRecord, type StatedRoot, saveRoot } from './shard-record.ts'

/** The root of the genesis was never claimed by anybody. */
export function isSettled({ number, statedAt }: StatedRoot, seconds: number): boolean {
  return number === 0 || seconds >= statedAt + ROLLUP_CHALLENGE_SECONDS
}

/** Serial number of the first root at or after a claim; undefined if none is stated yet. */
export function coveringRoot(
  words: ReadWords,
  shard: number,
  { firstRoot, lastRoot }: ShardRecord,
  number: number,
): number | undefined {
  if (loadRoot(words, shard, lastRoot).number < number) return undefined
  let low = firstRoot
  let high = lastRoot
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (loadRoot(words, shard, middle).number < number) low = middle + 1
    else high = middle
  }
  return low
}

/** Drops what no challenge can need any more, a little at a time. Returns the record after it. */
function prune(words: Words, shard: number, record: ShardRecord, seconds: number): ShardRecord {
  let { firstRoot, inboxFrom } = record
  let oldest = loadRoot(words, shard, firstRoot)
  for (let dropped = 0; dropped < ROLLUP_ROOTS_DROPPED && firstRoot < record.lastRoot; dropped++) {
    const next = loadRoot(words, shard, firstRoot + 1)
    if (!isSettled(next, seconds)) break
    dropRoot(words, shard, firstRoot)
    for (let number = oldest.number + 1; number <= next.number; number++) {
      saveWord(words, sequencerSlot(shard, number), 0n)
    }
    oldest = next
    firstRoot++
  }
  const end = Math.min(oldest.inboxTo, inboxFrom + ROLLUP_MESSAGES_DROPPED)
  for (; inboxFrom < end; inboxFrom++) dropMessage(words, shard, inboxFrom)
  for (let source = 0; source < shardCount(words); source++) {
    if (source === shard) continue
    dropConsumed(words, { source, destination: shard }, oldest.number, ROLLUP_PARCELS_DROPPED)
  }
  return { ...record, firstRoot, inboxFrom }
}

/** Adds the root that the record's last claim states. Returns the record after it. */
export function addRoot(
  words: Words,
  shard: number,
  record: ShardRecord,
  stated: Pick<StatedRoot, 'root' | 'statedAt'>,
): ShardRecord {
  const { number, hash, entries, inboxTo, supply, deposited, exited } = record
  const point = { number, hash, entries, inboxTo, supply, deposited, exited }
  const lastRoot = record.lastRoot + 1
  saveRoot(words, shard, lastRoot, { ...point, ...stated })
  return prune(words, shard, { ...record, lastRoot }, stated.statedAt)
}
