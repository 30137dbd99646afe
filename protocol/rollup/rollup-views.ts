// What anybody may ask the rollup module. What is not there is answered with zeros.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeArguments } from '../abi/codec.ts'
import type { ModuleCall } from '../modules/module.ts'
import { exitsRefusal, loadExits } from './exits.ts'
import { loadMessage } from './inbox.ts'
import { lockOwner, ownedAt, ownedCount, ownerOf, registeredKeys } from './registry.ts'
import * as abi from './rollup-abi.ts'
import { loadMoney } from './rollup-money.ts'
import type { Outcome } from './rollup-refusals.ts'
import { accountCount, isMarked, leftPlace, loadNumbering, paidPlace } from './rollup-storage.ts'
import { loadChange } from './shard-change.ts'
import { loadRoot, loadShard } from './shard-record.ts'

type One = readonly [bigint]
type Two = readonly [bigint, bigint]

const ZERO_ADDRESS: Hex = `0x${'00'.repeat(20)}`
const ZERO_WORD: Hex = `0x${'00'.repeat(32)}`

/** A number that no index, message or claim has, for arguments above all of them. */
function small(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value)
}

export function accountCountView({ state }: ModuleCall): Outcome {
  return encodeArguments(abi.ACCOUNT_COUNT.outputs, [BigInt(accountCount(state))])
}

export function accountOf({ state }: ModuleCall, [index]: One): Outcome {
  const owner = ownerOf(state, small(index)) ?? ZERO_ADDRESS
  const { blsKey = EMPTY, spendKey = ZERO_WORD } = registeredKeys(state, small(index)) ?? {}
  return encodeArguments(abi.ACCOUNT_OF.outputs, [owner, blsKey, spendKey])
}

export function lockOwnerView({ state }: ModuleCall, [index]: One): Outcome {
  const account = lockOwner(state, small(index))
  const found = [account !== undefined, BigInt(account ?? 0)] as const
  return encodeArguments(abi.LOCK_OWNER.outputs, found)
}

export function ownedCountView({ state }: ModuleCall, [owner]: readonly [Hex]): Outcome {
  return encodeArguments(abi.OWNED_COUNT.outputs, [BigInt(ownedCount(state, owner))])
}

export function ownedAtView({ state }: ModuleCall, [owner, nth]: readonly [Hex, bigint]): Outcome {
  const index = ownedAt(state, owner, small(nth))
  return index === undefined
    ? 'UNKNOWN_ACCOUNT'
    : encodeArguments(abi.OWNED_AT.outputs, [BigInt(index)])
}

export function shardCount({ state }: ModuleCall): Outcome {
  return encodeArguments(abi.SHARD_COUNT.outputs, [BigInt(loadNumbering(state).shards)])
}

/** The change that is planned, and why it was put off the last time; all zeros and empty if none. */
export function shardChange({ state }: ModuleCall): Outcome {
  const planned = loadChange(state)
  const { shards = 0, epoch = 0, tries = 0, delay = '', shard = 0 } = planned ?? {}
  const numbers = [BigInt(shards), BigInt(epoch), BigInt(tries)] as const
  return encodeArguments(abi.SHARD_CHANGE.outputs, [...numbers, delay, BigInt(shard)])
}

/** The number of a shard that there is. */
function shardIn({ state }: ModuleCall, shard: bigint): number | undefined {
  return shard < BigInt(loadNumbering(state).shards) ? Number(shard) : undefined
}

/** Or that there was before their number changed: exits are paid as before. */
function anyShardIn({ state }: ModuleCall, shard: bigint): number | undefined {
  return shard < BigInt(loadNumbering(state).most) ? Number(shard) : undefined
}

export function shardOfView(call: ModuleCall, [shardArg]: One): Outcome {
  const shard = shardIn(call, shardArg)
  if (shard === undefined) return 'UNKNOWN_SHARD'
  const record = loadShard(call.state, shard)
  const stated = loadRoot(call.state, shard, record.lastRoot)
  return encodeArguments(abi.SHARD_OF.outputs, [
    BigInt(record.number),
    record.hash,
    BigInt(record.entries),
    record.supply,
    BigInt(stated.number),
    stated.root,
    record.sequencer,
    BigInt(record.timestampMs),
    record.frozen,
  ])
}

export function inboxOf(call: ModuleCall, [shardArg]: One): Outcome {
  const shard = shardIn(call, shardArg)
  if (shard === undefined) return 'UNKNOWN_SHARD'
  const { inboxFrom, inboxTo, inboxCount } = loadShard(call.state, shard)
  const numbers = [inboxFrom, inboxTo, inboxCount].map(BigInt) as [bigint, bigint, bigint]
  return encodeArguments(abi.INBOX_OF.outputs, numbers)
}

export function messageAt(call: ModuleCall, [shardArg, message]: Two): Outcome {
  const shard = shardIn(call, shardArg)
  if (shard === undefined) return 'UNKNOWN_SHARD'
  const found = loadMessage(call.state, shard, small(message))
  const { kind, from, to, amount, height } = found ?? NO_MESSAGE
  return encodeArguments(abi.MESSAGE_AT.outputs, [
    found !== undefined,
    BigInt(kind),
    BigInt(from),
    BigInt(to),
    amount,
    BigInt(height),
  ])
}

const NO_MESSAGE = { kind: 0, from: 0, to: 0, amount: 0n, height: 0 }

/** The root over a claim's exits, what nobody has fetched of them, and whether they are paid now. */
export function exitsOf(call: ModuleCall, [shardArg, numberArg]: Two): Outcome {
  const shard = anyShardIn(call, shardArg)
  if (shard === undefined) return 'UNKNOWN_SHARD'
  const number = small(numberArg)
  const { root, count, unpaid } = loadExits(call.state, shard, number)
  const isPayable = count > 0 && !exitsRefusal(call.state, shard, number, call.timestamp)
  return encodeArguments(abi.EXITS_OF.outputs, [root, unpaid, isPayable])
}

export function isExitPaid(
  call: ModuleCall,
  [shardArg, number, position]: readonly [bigint, bigint, bigint],
): Outcome {
  const shard = anyShardIn(call, shardArg)
  if (shard === undefined) return 'UNKNOWN_SHARD'
  const place = paidPlace(shard, small(number), small(position))
  return encodeArguments(abi.IS_EXIT_PAID.outputs, [isMarked(call.state, place)])
}

export function hasLeft({ state }: ModuleCall, [index]: One): Outcome {
  return encodeArguments(abi.HAS_LEFT.outputs, [isMarked(state, leftPlace(small(index)))])
}

/** Units that the module owes: within shards, in messages, in exits, in parcels. */
export function owed({ state }: ModuleCall): Outcome {
  const { supply, inbox, exits, parcels } = loadMoney(state)
  return encodeArguments(abi.OWED.outputs, [supply, inbox, exits, parcels])
}
