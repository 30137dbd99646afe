// Money out of the rollup: an exit in the tree of a claim is paid to the account's owner once, when
// the root that contains it can no longer be challenged.

import { EMPTY } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import { hashPairsNoble } from '../crypto/hash-pairs.ts'
import type { ModuleCall, ModuleState } from '../modules/module.ts'
import {
  fieldOf,
  packFields,
  type ReadWords,
  slotAfter,
  slotOf,
  type Words,
} from '../modules/storage-layout.ts'
import { ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../params.ts'
import { exitLeaf } from './outgoing.ts'
import { ownerOf } from './registry.ts'
import { EXIT_PAID } from './rollup-abi.ts'
import { moveMoney } from './rollup-money.ts'
import type { Outcome, RollupRefusal } from './rollup-refusals.ts'
import { exitsSlot, isMarked, loadNumbering, mark, paidPlace } from './rollup-storage.ts'
import { coveringRoot, isSettled } from './root-history.ts'
import { loadRoot, loadShard } from './shard-record.ts'
import { verifyProof } from './transfer-tree.ts'

/** The exits of one claim. */
export interface ClaimExits {
  readonly root: Hex
  readonly count: number
  /** Units that the claim took out of the shard and that nobody has fetched. */
  readonly unpaid: bigint
}

export function loadExits(words: ReadWords, shard: number, number: number): ClaimExits {
  const base = exitsSlot(shard, number)
  const word = words.load(slotAfter(base, 1))
  return {
    root: slotOf(words.load(base)),
    unpaid: fieldOf(word, 0, 64),
    count: Number(fieldOf(word, 64, 32)),
  }
}

export function saveExits(words: Words, shard: number, number: number, exits: ClaimExits): void {
  const base = exitsSlot(shard, number)
  words.save(base, BigInt(exits.root))
  const word = packFields([
    [exits.unpaid, 64],
    [exits.count, 32],
  ])
  words.save(slotAfter(base, 1), word)
}

/** Why a claim's exits are not paid now. */
export function exitsRefusal(
  words: ReadWords,
  shard: number,
  number: number,
  seconds: number,
): RollupRefusal | undefined {
  const record = loadShard(words, shard)
  const serial = coveringRoot(words, shard, record, number)
  if (serial === undefined) return 'EXIT_NOT_STATED'
  return isSettled(loadRoot(words, shard, serial), seconds) ? undefined : 'NOT_SETTLED'
}

/** Pays units to an owner. */
export function payOut(state: ModuleState, owner: Hex, units: bigint): void {
  state.transfer(ROLLUP_ADDRESS, owner, units * ROLLUP_UNIT_WEI)
}

type Arguments = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, Uint8Array]

/** Beyond them no number of a claim, a position or an account can be. */
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER)
const U32_MAX = 0xffff_ffffn

/** Whoever calls, the owner is paid. The leaf's fields are those of `exitLeaf`. */
export function claimExit(call: ModuleCall, args: Arguments): Outcome {
  const { state, timestamp } = call
  const [shardArg, numberArg, positionArg, fromArg, amount, entryArg, total, proof] = args
  if (shardArg >= BigInt(loadNumbering(state).most)) return 'UNKNOWN_SHARD'
  if (numberArg > SAFE_MAX || entryArg > SAFE_MAX || positionArg > U32_MAX) return 'NO_EXITS'
  if (fromArg > U32_MAX) return 'UNKNOWN_ACCOUNT'
  const [shard, number, position] = [shardArg, numberArg, positionArg].map(Number) as Place
  const exits = loadExits(state, shard, number)
  if (exits.count === 0) return 'NO_EXITS'
  const refusal = exitsRefusal(state, shard, number, timestamp)
  if (refusal !== undefined) return refusal
  const place = paidPlace(shard, number, position)
  if (isMarked(state, place)) return 'ALREADY_PAID'
  const from = Number(fromArg)
  const leaf = exitLeaf(from, amount, Number(entryArg), total)
  const root = hexToBytes(exits.root)
  const holds = verifyProof(root, leaf, position, exits.count, proof, hashPairsNoble)
  if (!holds) return 'BAD_PROOF'
  const owner = ownerOf(state, from)
  if (owner === undefined) return 'UNKNOWN_ACCOUNT'
  if (amount > exits.unpaid) return 'EXIT_ABOVE_CLAIM'
  mark(state, place)
  saveExits(state, shard, number, { ...exits, unpaid: exits.unpaid - amount })
  moveMoney(state, { exits: -amount })
  payOut(state, owner, amount)
  const which = [shardArg, numberArg, positionArg] as const
  call.emit(encodeLog(ROLLUP_ADDRESS, EXIT_PAID, which, [fromArg, owner, amount]))
  return EMPTY
}

type Place = [shard: number, number: number, position: number]
