// Finds what is false in a stated root: its numbers, its size, its records.

import { equalBytes } from '../../lib/bytes.ts'
import { RECORD_BYTES } from '../params.ts'
import { type AccountTable, RECORD_WORDS } from './account-table.ts'
import type { Claim } from './claim.ts'
import { afterOf, isSame } from './entry-rules.ts'
import { lastEntry, metaOf, wordsOf } from './fraud-evidence.ts'
import type { FraudProof } from './fraud-proof.ts'
import {
  type EvidenceMaker,
  type LastTouch,
  leafAt,
  type PublishedCase,
  proofOf,
} from './fraud-search.ts'
import { accountIn, DEPTH_MAX, DEPTH_MIN, isRecord } from './judge-end.ts'
import { indexOf } from './layout.ts'
import { type ShardPlace, slotIn } from './shard-place.ts'
import { encodeMeta } from './state-root.ts'
import { zeroNode } from './zero-nodes.ts'

type After = NonNullable<PublishedCase['after']>

function falseSize(evidence: EvidenceMaker, after: After, later: Claim, claim: number) {
  const { table, meta } = after
  const { depth } = table
  const { root, left, right } = evidence.top(table)
  const stated = wordsOf(meta)[0] as number
  const isMeta = stated >= DEPTH_MIN && stated <= DEPTH_MAX
  if (!isMeta || !equalBytes(meta, encodeMeta(metaOf(later, stated)))) {
    return proofOf('META', claim, { words: [root, meta] })
  }
  if (stated > depth) {
    return proofOf('DEPTH', claim, { side: stated, records: [evidence.record(table, 0)] })
  }
  if (stated < depth) {
    return proofOf('END_RECORD', claim, { records: [evidence.above(table, stated)] })
  }
  if (depth === DEPTH_MIN || !equalBytes(right, zeroNode(depth - 1))) return undefined
  return proofOf('SIZE', claim, { side: depth, words: [left, right] })
}

function falseRecord(
  published: PublishedCase,
  evidence: EvidenceMaker,
  last: LastTouch,
  slot: number,
): FraudProof | undefined {
  const { fraud, before, after } = published
  const claim = fraud.claims.length - 1
  const { table: stated } = after as After
  const record = slot < 2 ** stated.depth ? stated.recordOf(slot) : new Uint8Array(RECORD_BYTES)
  const shown = () => evidence.record(stated, slot)
  if (!isRecord(record, lastEntry(fraud.claims[claim]))) {
    return proofOf('END_RECORD', claim, { records: [shown()] })
  }
  const account = accountIn(record)
  const index = indexOf(fraud.place.shard, fraud.place.shards, slot)
  const toucher = last.get(index)
  if (toucher && toucher.entry > account.touch) {
    const leaves = [evidence.leaf(toucher.claim, toucher.position)]
    return proofOf('END_SKIP', claim, { records: [shown()], leaves })
  }
  if (account.touch > lastEntry(fraud.before)) {
    const at = fraud.claims.findIndex((one) => account.touch <= lastEntry(one))
    const position = account.touch - (fraud.claims[at] as Claim).firstEntry
    const leaf = leafAt(published, at, position)
    const right = afterOf(leaf, leaf.entry, index, fraud.place)
    if (right && isSame(right, account)) return undefined
    const leaves = [evidence.leaf(at, position)]
    return proofOf('END_LINK', claim, { records: [shown()], leaves })
  }
  const table = published.origin?.(index) ?? before
  const at = fraud.origin?.(index).slot ?? slot
  if (equalBytes(record, table.recordOf(at))) return undefined
  const records = fraud.before ? [shown(), evidence.record(table, at)] : [shown()]
  return proofOf('END_START', claim, { records })
}

/** `last`: who touched each account last within the claims, all of which are right. */
export function findFalseEnd(
  published: PublishedCase,
  evidence: EvidenceMaker,
  last: LastTouch,
): FraudProof | undefined {
  const { fraud, before, after } = published
  const claim = fraud.claims.length - 1
  const later = fraud.claims[claim]
  if (!after || !later) return undefined
  const found = falseSize(evidence, after, later, claim)
  if (found) return found
  const slots = Math.max(
    2 ** after.table.depth,
    2 ** before.depth,
    2 ** depthOfTouched(last, fraud.place),
  )
  const { own } = after
  for (let slot = 0; slot < slots; slot++) {
    if (own && isSameRecord(own, after.table, slot)) continue
    const wrong = falseRecord(published, evidence, last, slot)
    if (wrong) return wrong
  }
  return undefined
}

/** PERF: of a million slots a lie changes a few. */
function isSameRecord(a: AccountTable, b: AccountTable, slot: number): boolean {
  for (let at = slot * RECORD_WORDS; at < (slot + 1) * RECORD_WORDS; at++) {
    if ((a.words[at] ?? 0) !== (b.words[at] ?? 0)) return false
  }
  return true
}

function depthOfTouched(last: LastTouch, place: ShardPlace): number {
  let highest = 0
  for (const index of last.keys()) highest = Math.max(highest, slotIn(place, index))
  return 32 - Math.clz32(highest)
}
