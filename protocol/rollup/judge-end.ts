// Judges the later state root: its records, its size and its numbers.

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes } from '../../lib/bytes.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { hashPairsNoble } from '../crypto/hash-pairs.ts'
import { ROLLUP_ACCOUNTS_MAX, TABLE_RECORDS_MIN } from '../params.ts'
import type { Claim } from './claim.ts'
import { afterOf, isSame } from './entry-rules.ts'
import {
  checkLeaf,
  checkRecord,
  type FraudCase,
  lastEntry,
  metaOf,
  wordsOf,
} from './fraud-evidence.ts'
import type { FraudProof } from './fraud-proof.ts'
import type { Judgement } from './judge-sent.ts'
import { indexOf } from './layout.ts'
import { encodeMeta, stateRootOf } from './state-root.ts'
import { type AccountBefore, u53At, u64At } from './trace.ts'
import { rootOfProof } from './transfer-tree.ts'
import { zeroNode } from './zero-nodes.ts'

export const DEPTH_MIN = Math.log2(TABLE_RECORDS_MIN)
export const DEPTH_MAX = Math.log2(ROLLUP_ACCOUNTS_MAX)

export function accountIn(record: Uint8Array): AccountBefore {
  const words = wordsOf(record)
  const balance = u64At(words, 0)
  return { balance, nonce: words[2] as number, touch: u53At(words, 4) }
}

/** Whether it could be the record of some account after the entry `last`. */
export function isRecord(record: Uint8Array, last: number): boolean {
  const words = wordsOf(record)
  const { balance, nonce, touch } = accountIn(record)
  if (words[6] !== 0 || words[7] !== 0 || touch > last) return false
  return touch > 0 ? words[3] === 1 : words[3] === 0 && balance === 0n && nonce === 0
}

function judgeRecord(fraud: FraudCase, proof: FraudProof, later: Claim): Judgement {
  const slot = proof.records[0]?.slot ?? ROLLUP_ACCOUNTS_MAX
  if (slot >= ROLLUP_ACCOUNTS_MAX) return undefined
  const record = checkRecord(later, slot, proof.records[0])
  if (!record) return undefined
  if (proof.kind === 'END_RECORD') return !isRecord(record, lastEntry(later))
  const account = accountIn(record)
  const { place } = fraud
  const index = indexOf(place.shard, place.shards, slot)
  if (proof.kind === 'END_START') {
    const before = checkRecord(fraud.before, slot, proof.records[1])
    if (!before || account.touch > lastEntry(fraud.before)) return undefined
    return !equalBytes(record, before)
  }
  const leaf = proof.leaves[0] && checkLeaf(fraud, proof.leaves[0])
  if (!leaf) return undefined
  const after = afterOf(leaf, leaf.entry, index, place)
  if (proof.kind === 'END_SKIP') return after !== undefined && leaf.entry > account.touch
  if (leaf.entry !== account.touch) return undefined
  return after === undefined || !isSame(after, account)
}

function judgeMeta(proof: FraudProof, later: Claim): Judgement {
  const [treeRoot, meta] = proof.words
  if (treeRoot?.length !== 32 || meta?.length !== 64) return undefined
  if (!equalBytes(stateRootOf(treeRoot, meta), hexToBytes(later.stateRoot ?? '0x'))) {
    return undefined
  }
  const depth = wordsOf(meta)[0] as number
  if (depth < DEPTH_MIN || depth > DEPTH_MAX) return true
  return !equalBytes(meta, encodeMeta(metaOf(later, depth)))
}

function judgeSize(proof: FraudProof, later: Claim): Judgement {
  const [left, right] = proof.words
  const depth = proof.side
  if (left?.length !== 32 || right?.length !== 32) return undefined
  if (depth <= DEPTH_MIN || depth > DEPTH_MAX) return undefined
  const treeRoot = sha256(concatBytes(left, right))
  const stated = stateRootOf(treeRoot, encodeMeta(metaOf(later, depth)))
  if (!equalBytes(stated, hexToBytes(later.stateRoot ?? '0x'))) return undefined
  return equalBytes(right, zeroNode(depth - 1))
}

/**
 * A tree with fewer levels than the root says. Its leaves then stand where hashes should; a hash
 * has the form of a record once in 2^95.
 */
function judgeDepth(proof: FraudProof, later: Claim): Judgement {
  const [evidence] = proof.records
  const stated = proof.side
  if (!evidence || stated > DEPTH_MAX || evidence.depth >= stated) return undefined
  const { slot, depth, record, path } = evidence
  const root = rootOfProof(record, slot, 2 ** depth, path, hashPairsNoble)
  if (!root) return undefined
  const found = stateRootOf(root, encodeMeta(metaOf(later, stated)))
  if (!equalBytes(found, hexToBytes(later.stateRoot ?? '0x'))) return undefined
  const words = wordsOf(record)
  return (words[3] as number) <= 1 && words[6] === 0 && words[7] === 0
}

/** The accused claim is the last one of the case, and it states the root. */
export function judgeEnd(fraud: FraudCase, proof: FraudProof): Judgement {
  const later = fraud.claims[proof.claim]
  if (proof.claim !== fraud.claims.length - 1 || !later?.stateRoot) return undefined
  if (proof.kind === 'META') return judgeMeta(proof, later)
  if (proof.kind === 'SIZE') return judgeSize(proof, later)
  if (proof.kind === 'DEPTH') return judgeDepth(proof, later)
  return judgeRecord(fraud, proof, later)
}
