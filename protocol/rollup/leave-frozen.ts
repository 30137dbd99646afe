// How money leaves a frozen shard by the records at the root where it stands: a balance to its
// owner, what a lock holds to its payee until the deadline and to its owner after it. Each record
// pays once.

import { EMPTY, equalBytes } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import { hashPairsNoble, NODE_BYTES } from '../crypto/hash-pairs.ts'
import type { ModuleCall } from '../modules/module.ts'
import type { ReadWords } from '../modules/storage-layout.ts'
import { ROLLUP_ADDRESS } from '../params.ts'
import { payOut } from './exits.ts'
import { shardOf, slotOf } from './layout.ts'
import { isHeld, payeeOf } from './lock-record.ts'
import { holderOf, rootBefore } from './order-opening.ts'
import { lockOwner, ownerOf } from './registry.ts'
import { LEFT, LOCK_SETTLED } from './rollup-abi.ts'
import { moveMoney } from './rollup-money.ts'
import type { Outcome, RollupRefusal } from './rollup-refusals.ts'
import { accountCount, isMarked, leftPlace, mark, shardCount } from './rollup-storage.ts'
import { isSettled } from './root-history.ts'
import type { ShardPlace } from './shard-place.ts'
import { loadRoot, loadShard, NO_ROOT, type StatedRoot, saveShard } from './shard-record.ts'
import { encodeMeta, stateRootOf } from './state-root.ts'
import { rootOfProof } from './transfer-tree.ts'

interface FrozenRecord {
  readonly index: number
  /** The shard that has the money. */
  readonly holder: number
  /** Units, more than none. */
  readonly amount: bigint
  readonly flags: number
  /** How often a lock was given back, and a height of the base chain. */
  readonly use: number
  readonly deadline: number
}

/** The root in which the account's record is, and where: before a first claim, the one before. */
function standsAt(words: ReadWords, index: number, place: ShardPlace, stated: StatedRoot) {
  const { shards } = place
  if (stated.root !== NO_ROOT) {
    return { shard: place.shard, slot: slotOf(index, shards), ended: stated }
  }
  return rootBefore(words, index)
}

/** A record in the root at which its shard is frozen, which has not paid yet. */
function frozenRecord(
  { state, timestamp }: ModuleCall,
  indexArg: bigint,
  recordArg: Hex,
  proof: Uint8Array,
): FrozenRecord | RollupRefusal {
  if (indexArg >= BigInt(accountCount(state))) return 'UNKNOWN_ACCOUNT'
  const index = Number(indexArg)
  const shards = shardCount(state)
  const shard = shardOf(index, shards)
  const frozen = loadShard(state, shard)
  if (!frozen.frozen) return 'NOT_FROZEN'
  const stated = loadRoot(state, shard, frozen.lastRoot)
  if (!isSettled(stated, timestamp)) return 'NOT_SETTLED'
  if (isMarked(state, leftPlace(index))) return 'ALREADY_PAID'
  const record = hexToBytes(recordArg)
  const at = standsAt(state, index, { shard, shards }, stated)
  const depth = proof.length / NODE_BYTES
  const treeRoot = rootOfProof(record, at.slot, 2 ** depth, proof, hashPairsNoble)
  if (treeRoot === undefined) return 'BAD_PROOF'
  const { entries, supply, inboxTo } = at.ended
  const meta = encodeMeta({ depth, shard: at.shard, entries, supply, inboxTo })
  const root = stateRootOf(treeRoot, meta)
  if (!equalBytes(root, hexToBytes(at.ended.root))) return 'BAD_PROOF'
  const view = new DataView(record.buffer, record.byteOffset)
  const amount = view.getBigUint64(0, true)
  if (amount === 0n) return 'NO_BALANCE'
  const holder = holderOf(state, shard) ?? shard
  if (amount > loadShard(state, holder).supply) return 'SHARD_HOLDS_LESS'
  const word = (nth: number) => view.getUint32(4 * nth, true)
  return { index, holder, amount, use: word(2), flags: word(3), deadline: word(6) }
}

/** Its money is not the shard's any more, and it never pays again. */
function takeOut({ state }: ModuleCall, { index, holder, amount }: FrozenRecord): void {
  mark(state, leftPlace(index))
  const frozen = loadShard(state, holder)
  saveShard(state, holder, { ...frozen, supply: frozen.supply - amount })
  moveMoney(state, { supply: -amount })
}

/** By anybody, for the owner: `record` is the account's in the root at which the shard is frozen. */
export function exitFrozen(
  call: ModuleCall,
  [indexArg, recordArg, proof]: readonly [bigint, Hex, Uint8Array],
): Outcome {
  const { state, height } = call
  const record = frozenRecord(call, indexArg, recordArg, proof)
  if (typeof record === 'string') return record
  const { index, amount, deadline } = record
  if (lockOwner(state, index) !== undefined && height <= deadline) return 'STILL_LOCKED'
  const owner = ownerOf(state, index) as Hex
  takeOut(call, record)
  payOut(state, owner, amount)
  call.emit(encodeLog(ROLLUP_ADDRESS, LEFT, [indexArg, owner], [amount]))
  return EMPTY
}

type SettleArguments = readonly [
  lock: bigint,
  amount: bigint,
  hash: Hex,
  record: Hex,
  proof: Uint8Array,
]

/** By the payee's owner, until the deadline: what the shard would have paid by a settle. */
export function settleFrozen(
  call: ModuleCall,
  [indexArg, amountArg, hash, recordArg, proof]: SettleArguments,
): Outcome {
  const { state, height, caller } = call
  const record = frozenRecord(call, indexArg, recordArg, proof)
  if (typeof record === 'string') return record
  const { index, amount, flags, use, deadline } = record
  if (lockOwner(state, index) === undefined || !isHeld(flags)) return 'NOT_A_LOCK'
  const payee = payeeOf(flags)
  if (ownerOf(state, payee) !== caller) return 'NOT_OWNER'
  if (height > deadline) return 'LOCK_EXPIRED'
  if (amountArg > amount) return 'LOCK_HOLDS_LESS'
  takeOut(call, record)
  const rest = amount - amountArg
  if (amountArg > 0n) payOut(state, caller, amountArg)
  if (rest > 0n) payOut(state, ownerOf(state, index) as Hex, rest)
  const which = [indexArg, BigInt(payee)] as const
  call.emit(encodeLog(ROLLUP_ADDRESS, LOCK_SETTLED, which, [BigInt(use), amountArg, rest, hash]))
  return EMPTY
}
