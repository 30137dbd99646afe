// Judges the later state root: its records, its size and its numbers.

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes } from '../../lib/bytes.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { hashPairsNoble } from '../crypto/hash-pairs.ts'
import { ROLLUP_ACCOUNTS_MAX, TABLE_RECORDS_MIN } from '../params.ts'
import { REGISTERED } from './account-table.ts'
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
import { isLockRecord } from './lock-rules.ts'
import { encodeMeta, stateRootOf } from './state-root.ts'
import { type AccountBefore, NO_RECORD, u53At, u64At } from './trace.ts'
import { rootOfProof } from './transfer-tree.ts'
import { zeroNode } from './zero-nodes.ts'

export const DEPTH_MIN = Math.log2(TABLE_RECORDS_MIN)
export const DEPTH_MAX = Math.log2(ROLLUP_ACCOUNTS_MAX)

export function accountIn(record: Uint8Array): AccountBefore {
  const words = wordsOf(record)
  return {
    balance: u64At(words, 0),
    nonce: words[2] as number,
    touch: u53At(words, 4),
    flags: words[3] as number,
    deadline: words[6] as number,
    owner: words[7] as number,
  }
}

/** Whether it could be the record of some account or lock after the entry `last`. */
export function isRecord(record: Uint8Array, last: number): boolean {
  const found = accountIn(record)
  if (found.touch > last) return false
  if (found.touch === 0) return isSame(found, NO_RECORD)
  const { flags, deadline, owner } = found
  return flags === REGISTERED ? deadline === 0 && owner === 0 : isLockRecord(found)
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
    const { standing, slot: at } = fraud.origin?.(index) ?? { standing: fraud.before, slot }
    const before = checkRecord(standing, at, proof.records[1])
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
 * has the form of an account's record once in 2^95. Locks have more forms, so theirs do not count:
 * the first slot of a shard is never a lock.
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
