// Credits that were on their way to a shard that has frozen: paid on the base chain, each once, to
// the owner of the account that was to have them, or where that is nobody's to who paid.

import { EMPTY } from '../../lib/bytes.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import { hashPairsNoble } from '../crypto/hash-pairs.ts'
import type { ModuleCall } from '../modules/module.ts'
import { ROLLUP_ACCOUNTS_MAX, ROLLUP_ADDRESS } from '../params.ts'
import { payOut } from './exits.ts'
import { shardOf } from './layout.ts'
import { consumableFrom } from './order-parcels.ts'
import { encodeOutgoing } from './outgoing.ts'
import { findParcel, payFromParcel } from './parcel-queue.ts'
import { lockOwner, ownerOf } from './registry.ts'
import { PARCEL_REFUNDED } from './rollup-abi.ts'
import type { Outcome } from './rollup-refusals.ts'
import { isMarked, mark, refundedPlace, shardCount } from './rollup-storage.ts'
import { loadShard } from './shard-record.ts'
import { verifyProof } from './transfer-tree.ts'

type Arguments = readonly [
  bigint,
  bigint,
  bigint,
  bigint,
  bigint,
  bigint,
  bigint,
  bigint,
  Uint8Array,
]

const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER)
const U32_MAX = 0xffff_ffffn

/** Whoever calls. The source, its claim's number, then position and fields of the leaf. */
export function refundParcel(call: ModuleCall, args: Arguments): Outcome {
  const { state, timestamp } = call
  const [sourceArg, numberArg, positionArg, fromArg, toArg, amount, entryArg, total, proof] = args
  const shards = shardCount(state)
  if (sourceArg >= BigInt(shards)) return 'UNKNOWN_SHARD'
  if (fromArg > U32_MAX || toArg >= BigInt(ROLLUP_ACCOUNTS_MAX)) return 'UNKNOWN_ACCOUNT'
  if (numberArg > SAFE_MAX || entryArg > SAFE_MAX || positionArg > U32_MAX) return 'BAD_PROOF'
  const [source, number, position] = [Number(sourceArg), Number(numberArg), Number(positionArg)]
  const [from, to] = [Number(fromArg), Number(toArg)]
  const destination = shardOf(to, shards)
  if (!loadShard(state, destination).frozen) return 'NOT_FROZEN'
  const route = { source, destination }
  const found = source === destination ? undefined : findParcel(state, route, number)
  if (found?.parcel.consumedBy !== 0) return 'NOTHING_TO_REFUND'
  const settled = consumableFrom(state, source, number)
  if (settled === undefined || timestamp < settled) return 'NOT_SETTLED'
  const place = refundedPlace(source, destination, number, position)
  if (isMarked(state, place)) return 'ALREADY_PAID'
  const leaf = encodeOutgoing({ from, to, amount, entry: Number(entryArg), total })
  const { nth, parcel } = found
  const root = hexToBytes(parcel.root)
  if (!verifyProof(root, leaf, position, parcel.credits, proof, hashPairsNoble)) return 'BAD_PROOF'
  if (amount > parcel.amount) return 'EXIT_ABOVE_CLAIM'
  // As the shard would have done: a lock is nobody.
  const receiver = lockOwner(state, to) === undefined ? to : from
  const owner = ownerOf(state, receiver) ?? ownerOf(state, from)
  if (owner === undefined) return 'UNKNOWN_ACCOUNT'
  mark(state, place)
  payFromParcel(state, route, nth, amount)
  payOut(state, owner, amount)
  const which = [sourceArg, numberArg, positionArg] as const
  call.emit(encodeLog(ROLLUP_ADDRESS, PARCEL_REFUNDED, which, [toArg, owner, amount]))
  return EMPTY
}
