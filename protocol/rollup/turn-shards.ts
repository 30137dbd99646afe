// The boundary of an epoch at which the number of shards changes. All shards have come to rest:
// nothing waits, nothing is under way, every root is settled. So nothing that was done under the
// old numbers is ever taken back, and each new shard begins where its sources ended. A shard that
// is not at rest puts the change off.

import { assert } from '../../lib/assert.ts'
import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { SystemState } from '../modules/module.ts'
import { type ReadWords, saveWord, type Words } from '../modules/storage-layout.ts'
import { u32Bytes } from './little-endian.ts'
import { loadQueue } from './parcel-queue.ts'
import { sourcesOf } from './reshard-layout.ts'
import { assertRollupMoney, loadMoney } from './rollup-money.ts'
import { loadNumbering, saveNumbering, sequencerSlot, shardCount } from './rollup-storage.ts'
import { isSettled } from './root-history.ts'
import {
  type Delay,
  endClosing,
  loadChange,
  saveChange,
  stepFault,
  wantedShards,
} from './shard-change.ts'
import type { ShardPlace } from './shard-place.ts'
import {
  dropRoot,
  loadRoot,
  loadShard,
  NO_ROOT,
  type ShardRecord,
  type StatedRoot,
  saveEnded,
  saveRoot,
  saveShard,
} from './shard-record.ts'

const DOMAIN = utf8('AITBC-ROLLUP-RESHARD-1')
const NOBODY: Hex = `0x${'00'.repeat(20)}`

interface Ended {
  readonly record: ShardRecord
  readonly last: StatedRoot
}

/** What keeps a shard from being at rest; undefined if nothing does. */
function unrest(words: ReadWords, shard: number, seconds: number): Delay | undefined {
  const record = loadShard(words, shard)
  if (record.frozen) return 'FROZEN'
  if (record.inboxTo < record.inboxCount) return 'MESSAGES_WAIT'
  for (let destination = 0; destination < shardCount(words); destination++) {
    if (destination === shard) continue
    const queue = loadQueue(words, { source: shard, destination })
    if (queue.consumed < queue.count) return 'PARCELS_WAIT'
  }
  const last = loadRoot(words, shard, record.lastRoot)
  if (last.root === NO_ROOT || last.number !== record.number) return 'NO_ROOT_STATED'
  return isSettled(last, seconds) ? undefined : 'ROOT_NOT_SETTLED'
}

/** What the first claim of a shard names as its parent after a change. */
export function reshardParent(
  { shard, shards }: ShardPlace,
  sources: readonly { readonly shard: number; readonly hash: Hex; readonly root: Hex }[],
): Hex {
  const parts = sources.map((one) =>
    concatBytes(u32Bytes(one.shard), hexToBytes(one.hash), hexToBytes(one.root)),
  )
  return keccakHex(concatBytes(DOMAIN, u32Bytes(shard), u32Bytes(shards), ...parts))
}

/** No challenge needs roots of before, or who made which claim: all of them are settled. */
function dropHistory(words: Words, shard: number, { firstRoot, lastRoot, number }: ShardRecord) {
  const { number: oldest } = loadRoot(words, shard, firstRoot)
  for (let at = oldest + 1; at <= number; at++) saveWord(words, sequencerSlot(shard, at), 0n)
  for (let serial = firstRoot; serial <= lastRoot; serial++) dropRoot(words, shard, serial)
}

/**
 * A shard of the new number. Its claims go on above those of all its sources, and of the shard that
 * had its number: so no number of a claim is used twice, and none that somebody co-signed before is
 * free. The first of two that come from one has all the money until its first claim says what
 * each has (order-opening.ts).
 */
function begin(words: Words, place: ShardPlace, ended: readonly Ended[], timestampMs: number) {
  const { shard } = place
  const sources = sourcesOf(place, ended.length)
  const from = sources.map((at) => ended[at] as Ended)
  const own = loadShard(words, shard)
  const parts = from.map(({ record, last }, i) => {
    return { shard: sources[i] as number, hash: record.hash, root: last.root }
  })
  const hasMoney = sources[0] === shard
  const supply = hasMoney ? from.reduce((sum, { record }) => sum + record.supply, 0n) : 0n
  const point = {
    number: 1 + Math.max(own.number, ...from.map(({ record }) => record.number)),
    hash: reshardParent(place, parts),
    entries: Math.max(...from.map(({ record }) => record.entries)),
    inboxTo: own.inboxTo,
    supply,
    deposited: own.deposited,
    exited: own.exited,
  }
  const serial = own.lastRoot + 1
  const statedAt = Math.max(...from.map(({ last }) => last.statedAt))
  saveRoot(words, shard, serial, { ...point, root: NO_ROOT, statedAt })
  const roots = { firstRoot: serial, lastRoot: serial }
  saveShard(words, shard, { ...own, ...point, ...roots, timestampMs, sequencer: NOBODY })
}

/** All shards are at rest. */
function change(state: SystemState, shards: number, timestampMs: number): void {
  const numbering = loadNumbering(state)
  const { shards: before } = numbering
  const money = loadMoney(state)
  assert(money.inbox === 0n && money.parcels === 0n, 'rollup: nothing is under way')
  const ended = Array.from({ length: before }, (_, shard): Ended => {
    const record = loadShard(state, shard)
    return { record, last: loadRoot(state, shard, record.lastRoot) }
  })
  for (const [shard, { record, last }] of ended.entries()) {
    saveEnded(state, shard, last)
    dropHistory(state, shard, record)
  }
  for (let shard = 0; shard < shards; shard++) begin(state, { shard, shards }, ended, timestampMs)
  // Its record stays: whoever has not fetched an exit yet finds it there, as settled as it was.
  for (let shard = shards; shard < before; shard++) {
    const { record, last } = ended[shard] as Ended
    const point = { ...last, supply: 0n }
    saveRoot(state, shard, record.lastRoot, point)
    saveShard(state, shard, { ...record, supply: 0n, firstRoot: record.lastRoot })
  }
  saveNumbering(state, {
    shards,
    before,
    most: Math.max(shards, numbering.most),
    generation: numbering.generation + 1,
  })
  assert(loadMoney(state).supply === money.supply, 'rollup: a change of shards moves no money')
  assertRollupMoney(state)
}

export interface TurnedEpoch {
  /** That begins with the next block. */
  readonly epoch: number
  readonly timestampMs: number
}

/** In the last block of an epoch, after all else. */
export function turnShards(state: SystemState, { epoch, timestampMs }: TurnedEpoch): void {
  endClosing(state)
  const wanted = wantedShards(state)
  const planned = loadChange(state)
  const isWanted = wanted !== undefined && stepFault(state, wanted) === undefined
  if (!isWanted || (planned && planned.shards !== wanted)) {
    if (planned) saveChange(state, undefined)
    if (!isWanted) return
  }
  const open = loadChange(state)
  if (!open) {
    const none = { tries: 0, delay: undefined, shard: 0 }
    saveChange(state, { shards: wanted, epoch: epoch + 1, ...none })
    return
  }
  if (open.epoch !== epoch) return
  const seconds = Math.floor(timestampMs / 1000)
  for (let shard = 0; shard < shardCount(state); shard++) {
    const delay = unrest(state, shard, seconds)
    if (!delay) continue
    // An epoch in which the shards work lies between two in which they come to rest.
    saveChange(state, { ...open, epoch: epoch + 2, tries: open.tries + 1, delay, shard })
    return
  }
  saveChange(state, undefined)
  change(state, open.shards, timestampMs)
}
