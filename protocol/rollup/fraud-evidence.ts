// Pieces of evidence in a fraud proof, and whether each is in the tree that a claim commits to.

import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { hashPairsNoble } from '../crypto/hash-pairs.ts'
import type { Claim } from './claim.ts'
import type { InboxMessage } from './inbox-message.ts'
import type { ShardPlace } from './shard-place.ts'
import { encodeMeta, type StateMeta, stateRootOf } from './state-root.ts'
import { readLeaf, type TraceLeaf, traceCommitment } from './trace.ts'
import { rootOfProof, verifyProof } from './transfer-tree.ts'

/** A trace leaf. `claim` is the position of its claim in the case. */
export interface LeafEvidence {
  readonly claim: number
  readonly position: number
  /** 64 bytes. */
  readonly leaf: Uint8Array
  readonly path: Uint8Array
}

/** A leaf of a tree of 32-byte leaves: of transfers, exits, credits. */
export interface NodeEvidence {
  readonly position: number
  readonly node: Uint8Array
  readonly path: Uint8Array
}

/**
 * A record in a state root. For a slot beyond the tree it is the record of slot 0 instead, which
 * shows how large the tree is.
 */
export interface RecordEvidence {
  readonly slot: number
  /** Log2 of the records in the tree. */
  readonly depth: number
  readonly record: Uint8Array
  readonly path: Uint8Array
}

/** Where a shard stood after a claim, or after its genesis (number 0). */
export type Standing = Pick<
  Claim,
  'shard' | 'number' | 'firstEntry' | 'entries' | 'inboxTo' | 'supply' | 'stateRoot'
>

/** The base chain keeps a stated root without its claim: the claim's hash is what the next names. */
export interface StandingRoot extends Standing {
  readonly hash: Hex
}

/** What the base chain knows. The claims must be the ones that it ordered. */
export interface FraudCase {
  readonly place: ShardPlace
  /** States the earlier root, which stands; undefined for the empty state before the first claim. */
  readonly before: StandingRoot | undefined
  /** Those after it, in order. The last one states the later root where the proof needs that. */
  readonly claims: readonly Claim[]
  /**
   * Before the first claim after a change of the number of shards: the root that has an account's
   * record, and its slot there. `before` then has no root of its own.
   */
  readonly origin?:
    | ((index: number) => { readonly standing: Standing; readonly slot: number })
    | undefined
  /** A message of the shard's inbox, counted from 0. */
  readonly message: (position: number) => InboxMessage | undefined
  /** What the claim `number` of another shard put into its outbox for this one. */
  readonly parcel?: (
    shard: number,
    number: number,
  ) => { readonly credits: number; readonly amount: bigint; readonly root: string } | undefined
}

/** A leaf that was checked, with the number of its entry. */
export interface ShownLeaf extends TraceLeaf {
  readonly claim: number
  readonly position: number
  readonly entry: number
}

export function lastEntry(claim: Pick<Claim, 'firstEntry' | 'entries'> | undefined): number {
  return claim ? claim.firstEntry + claim.entries - 1 : 0
}

export function claimBefore(fraud: FraudCase, claim: number): Standing | undefined {
  return claim === 0 ? fraud.before : fraud.claims[claim - 1]
}

/** Words of bytes that may lie anywhere. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}

export function checkLeaf(fraud: FraudCase, evidence: LeafEvidence): ShownLeaf | undefined {
  const { position, leaf, path } = evidence
  const claim = fraud.claims[evidence.claim]
  if (!claim || leaf.length !== 64) return undefined
  const root = rootOfProof(sha256(leaf), position, claim.entries, path, hashPairsNoble)
  if (!root || bytesToHex(traceCommitment(root, claim.entries)) !== claim.traceRoot) {
    return undefined
  }
  const entry = claim.firstEntry + position
  return { ...readLeaf(wordsOf(leaf), 0), claim: evidence.claim, position, entry }
}

export function checkNode(root: string, count: number, evidence: NodeEvidence): boolean {
  const { node, position, path } = evidence
  return verifyProof(hexToBytes(root), node, position, count, path, hashPairsNoble)
}

export function metaOf(claim: Standing, depth: number): StateMeta {
  const { shard, supply, inboxTo } = claim
  return { depth, shard, entries: lastEntry(claim), supply, inboxTo }
}

/** The record at `slot` after `claim`, if the evidence shows it. */
export function checkRecord(
  claim: Standing | undefined,
  slot: number,
  evidence: RecordEvidence | undefined,
): Uint8Array | undefined {
  // Before the first claim there is nothing.
  if (!claim) return new Uint8Array(32)
  if (!evidence || !claim.stateRoot || evidence.slot !== slot || evidence.depth > 32) {
    return undefined
  }
  const { depth, record, path } = evidence
  const isBeyond = slot >= 2 ** depth
  const root = rootOfProof(record, isBeyond ? 0 : slot, 2 ** depth, path, hashPairsNoble)
  if (!root) return undefined
  const stated = stateRootOf(root, encodeMeta(metaOf(claim, depth)))
  if (!equalBytes(stated, hexToBytes(claim.stateRoot))) return undefined
  return isBeyond ? new Uint8Array(32) : record
}
