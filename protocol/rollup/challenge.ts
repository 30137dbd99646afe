// A challenge: that a claim is false, shown by one transfer's worth of evidence. It brings the
// claims from one stated root to the next, or to the last claim, because the base chain keeps only
// their hashes. Where the proof holds, the shard is frozen at the root before them.

import type { Hex } from '../../lib/hex.ts'
import { encodeArguments } from '../abi/codec.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import { addressOf, type ReadWords } from '../modules/storage-layout.ts'
import {
  ROLLUP_ADDRESS,
  ROLLUP_CHALLENGE_BOND_WEI,
  ROLLUP_CHALLENGE_BYTES_MAX,
  ROOT_EVERY_MAX,
  TREASURY_ADDRESS,
} from '../params.ts'
import { asBytes, asList, decodeRlp, encodeRlp, RlpError } from '../rlp/rlp.ts'
import { type Claim, claimHash, claimItem, claimOfItem, genesisParent } from './claim.ts'
import { freezeAt } from './freeze.ts'
import { inboxMessage } from './inbox.ts'
import { rootBefore } from './order-opening.ts'
import { findParcel } from './parcel-queue.ts'
import { CHALLENGE, CHALLENGED } from './rollup-abi.ts'
import type { Outcome, RollupRefusal } from './rollup-refusals.ts'
import { sequencerSlot, shardCount } from './rollup-storage.ts'
import { coveringRoot, isSettled } from './root-history.ts'
import { loadRoot, loadShard, NO_ROOT, type StatedRoot } from './shard-record.ts'
import { addVerdict } from './verdicts.ts'
import { type FraudVerdict, verifyFraudProof } from './verify-fraud.ts'

export interface Challenge {
  /** All claims from after a kept root to the next stated root, or to the shard's last claim. */
  readonly claims: readonly Claim[]
  /** fraud-proof.ts, encoded. */
  readonly proof: Uint8Array
}

export function encodeChallenge({ claims, proof }: Challenge): Uint8Array {
  return encodeRlp([claims.map(claimItem), proof])
}

/** Undefined if it is not strictly encoded, or has no claims or too many. */
function readChallenge(bytes: Uint8Array): Challenge | undefined {
  if (bytes.length > ROLLUP_CHALLENGE_BYTES_MAX) return undefined
  try {
    const [list, proof] = asList(decodeRlp(bytes), 2)
    const claims = asList(list)
    if (claims.length === 0 || claims.length > ROOT_EVERY_MAX) return undefined
    return { claims: claims.map(claimOfItem), proof: asBytes(proof) }
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

interface Interval {
  readonly shard: number
  /** Serial number of the root before the claims. */
  readonly serial: number
  readonly before: StatedRoot
}

/** Of the block whose state it is. */
interface When {
  readonly genesisHash: Hex
  /** Seconds. */
  readonly timestamp: number
}

/** The kept root before the claims, which must be those that the chain has ordered after it. */
function intervalOf(state: ReadWords, { timestamp }: When, claims: readonly Claim[]) {
  const [first, last] = [claims[0] as Claim, claims[claims.length - 1] as Claim]
  const { shard } = first
  if (shard >= shardCount(state)) return 'UNKNOWN_SHARD'
  const record = loadShard(state, shard)
  if (first.number === 0) return 'NOT_ORDERED'
  const serial = coveringRoot(state, shard, record, first.number - 1)
  if (serial === undefined) return 'NOT_ORDERED'
  const before = loadRoot(state, shard, serial)
  if (before.number !== first.number - 1) return 'NOT_ORDERED'
  const next = serial < record.lastRoot ? loadRoot(state, shard, serial + 1) : undefined
  const end = next ?? record
  if (end.number !== last.number || end.hash !== claimHash(last)) return 'NOT_ORDERED'
  if (next && isSettled(next, timestamp)) return 'TOO_LATE'
  return { shard, serial, before }
}

function hashOf({ number, hash }: StatedRoot, shard: number, genesisHash: Hex): Hex {
  return number === 0 ? genesisParent(genesisHash, shard) : hash
}

/** The record of an account before a change of the number of shards. */
function originOf(words: ReadWords, index: number) {
  const { shard, slot, ended } = rootBefore(words, index)
  const { root: stateRoot, ...point } = ended
  return { standing: { shard, firstEntry: 1, stateRoot, ...point }, slot }
}

function judge(
  state: ReadWords,
  { genesisHash }: When,
  { claims, proof }: Challenge,
  { shard, before: stated }: Interval,
): FraudVerdict {
  const { number, entries, inboxTo, supply, root: stateRoot } = stated
  const hash = hashOf(stated, shard, genesisHash)
  const origin = stated.root === NO_ROOT ? (index: number) => originOf(state, index) : undefined
  // All entries since the first: what a claim says of its own, the root says of the shard's life.
  const before = { shard, number, firstEntry: 1, entries, inboxTo, supply, stateRoot, hash }
  const place = { shard, shards: shardCount(state) }
  const message = (position: number) => inboxMessage(state, shard, position)
  const parcel = (source: number, of: number) =>
    findParcel(state, { source, destination: shard }, of)?.parcel
  return verifyFraudProof({ place, before, origin, claims, message, parcel }, proof)
}

/**
 * What the words of the module after a block say of a challenge: for the module itself, and for
 * whoever follows headers and has proofs of the words that this reads. The name of a refusal where
 * there is nobody to judge.
 */
export function judgeChallenge(
  words: ReadWords,
  bytes: Uint8Array,
  when: When,
): { readonly interval: Interval; readonly verdict: FraudVerdict } | RollupRefusal {
  const brought = readChallenge(bytes)
  if (!brought) return 'MALFORMED_CHALLENGE'
  const interval: Interval | RollupRefusal = intervalOf(words, when, brought.claims)
  if (typeof interval === 'string') return interval
  const verdict = judge(words, when, brought, interval)
  // Each claim names the one before it: the last one's hash, which is known, pins them all.
  if (!verdict.ok && verdict.code === 'WRONG_CLAIMS') return 'NOT_ORDERED'
  return { interval, verdict }
}

function convict(
  call: ModuleCall,
  { shard, serial }: Interval,
  { number, epoch }: Extract<FraudVerdict, { ok: true }>,
): Hex {
  const { state, caller } = call
  const operator = addressOf(state.load(sequencerSlot(shard, number)))
  freezeAt(state, shard, serial, (log) => call.emit(log))
  addVerdict(state, { operator, challenger: caller, epoch })
  return operator
}

const NOBODY: Hex = `0x${'00'.repeat(20)}`

/**
 * Whoever is right has his bond back, and a share of what the sequencer loses; whoever is not has
 * lost it to the treasury, and the call succeeds all the same. Returns who was right.
 */
export function challenge(
  call: ModuleCall,
  [bytes]: readonly [Uint8Array],
  genesisHash: Hex,
): Outcome {
  if (call.value !== ROLLUP_CHALLENGE_BOND_WEI) return 'WRONG_BOND'
  const when = { genesisHash, timestamp: call.timestamp }
  const judged = judgeChallenge(call.state, bytes, when)
  if (typeof judged === 'string') return judged
  const { interval, verdict } = judged
  const sequencer = verdict.ok ? convict(call, interval, verdict) : NOBODY
  const to = verdict.ok ? call.caller : TREASURY_ADDRESS
  call.state.transfer(ROLLUP_ADDRESS, to, call.value)
  const number = verdict.ok ? verdict.number : 0
  const which = [BigInt(interval.shard), BigInt(number), call.caller] as const
  const what = verdict.ok ? verdict.kind : verdict.code
  call.emit(encodeLog(ROLLUP_ADDRESS, CHALLENGED, which, [verdict.ok, what, sequencer]))
  return encodeArguments(CHALLENGE.outputs, [verdict.ok])
}
