// A shard that leaves a message waiting too long, or whose sequencer has lied, is frozen: it takes
// no claims and no messages any more and stands at a root that was stated. From there everybody
// leaves with the balance of his record (leave-frozen.ts), and with what messages brought that were
// never consumed.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { Log, ModuleCall } from '../modules/module.ts'
import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { FREEZE_AFTER_BLOCKS, ROLLUP_ADDRESS } from '../params.ts'
import { payOut } from './exits.ts'
import { dropMessage, loadMessage, moneyOf } from './inbox.ts'
import { takeBackConsumed, takeBackSent } from './parcel-queue.ts'
import { ownerOf } from './registry.ts'
import { FROZEN, MESSAGE_REFUNDED } from './rollup-abi.ts'
import { moveMoney } from './rollup-money.ts'
import type { Outcome } from './rollup-refusals.ts'
import { shardCount } from './rollup-storage.ts'
import { loadRoot, loadShard, type ShardRecord, saveShard } from './shard-record.ts'

/** Whether the oldest message waits longer than any claim may leave it: no claim ever ends this. */
export function mustFreeze(
  words: ReadWords,
  shard: number,
  { inboxTo }: Pick<ShardRecord, 'inboxTo'>,
  height: number,
): boolean {
  const oldest = loadMessage(words, shard, inboxTo)
  return oldest !== undefined && height > oldest.height + FREEZE_AFTER_BLOCKS
}

/**
 * Takes the shard back to one of its kept roots, for good: no claim after it counts, their exits
 * are not paid, the messages and parcels that they consumed wait again, and what they sent to
 * other shards was never sent.
 */
export function freezeAt(
  words: Words,
  shard: number,
  serial: number,
  emit: (log: Log) => void,
): void {
  const record = loadShard(words, shard)
  const { root, statedAt: _, ...point } = loadRoot(words, shard, serial)
  moveMoney(words, {
    supply: point.supply - record.supply,
    inbox: record.deposited - point.deposited,
    exits: point.exited - record.exited,
  })
  saveShard(words, shard, { ...record, ...point, lastRoot: serial, frozen: true })
  for (let other = 0; other < shardCount(words); other++) {
    if (other === shard) continue
    takeBackSent(words, { source: shard, destination: other }, point.number)
    takeBackConsumed(words, { source: other, destination: shard }, point.number)
  }
  const data = [BigInt(point.number), root, point.supply] as const
  emit(encodeLog(ROLLUP_ADDRESS, FROZEN, [BigInt(shard)], data))
}

/** By anybody, once a message has waited too long. */
export function freeze(call: ModuleCall, [shardArg]: readonly [bigint]): Outcome {
  const { state, height } = call
  if (shardArg >= BigInt(shardCount(state))) return 'UNKNOWN_SHARD'
  const shard = Number(shardArg)
  const record = loadShard(state, shard)
  if (record.frozen) return 'SHARD_FROZEN'
  if (!mustFreeze(state, shard, record, height)) return 'CANNOT_FREEZE'
  freezeAt(state, shard, record.lastRoot, (log) => call.emit(log))
  return EMPTY
}

/** By anybody, for the owner: what a message brought to a frozen shard that never consumed it. */
export function refundMessage(
  call: ModuleCall,
  [shardArg, messageArg]: readonly [bigint, bigint],
): Outcome {
  const { state } = call
  if (shardArg >= BigInt(shardCount(state))) return 'UNKNOWN_SHARD'
  const shard = Number(shardArg)
  const record = loadShard(state, shard)
  if (!record.frozen) return 'NOT_FROZEN'
  const { inboxTo, inboxCount } = record
  if (messageArg < BigInt(inboxTo) || messageArg >= BigInt(inboxCount)) return 'NOTHING_TO_REFUND'
  const message = loadMessage(state, shard, Number(messageArg))
  const amount = message && moneyOf(message)
  if (!message || !amount) return 'NOTHING_TO_REFUND'
  const owner = ownerOf(state, message.from) as Hex
  dropMessage(state, shard, Number(messageArg))
  moveMoney(state, { inbox: -amount })
  payOut(state, owner, amount)
  const which = [shardArg, messageArg, owner] as const
  call.emit(encodeLog(ROLLUP_ADDRESS, MESSAGE_REFUNDED, which, [amount]))
  return EMPTY
}
