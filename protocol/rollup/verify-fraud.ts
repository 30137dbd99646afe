// Verifies a fraud proof: pure, from what the base chain knows, in a few dozen hashings. Whoever is
// proved guilty is the sequencer of the latest claim that the proof needs: an honest one builds on
// no claim that it has not executed itself.

import type { FraudRefusal } from '../errors/fraud-refusals.ts'
import { RlpError } from '../rlp/rlp.ts'
import { claimHash } from './claim.ts'
import { afterOf, isSame, keepsRules, readsOf } from './entry-rules.ts'
import { countsRight, isAsItsSource } from './entry-source.ts'
import {
  checkLeaf,
  checkRecord,
  type FraudCase,
  lastEntry,
  type ShownLeaf,
} from './fraud-evidence.ts'
import { decodeFraudProof, type FraudKind, type FraudProof } from './fraud-proof.ts'
import { accountIn, judgeEnd } from './judge-end.ts'
import { type Judgement, judgeSent } from './judge-sent.ts'
import { slotIn } from './shard-place.ts'
import { KIND } from './trace.ts'

export type FraudVerdict =
  | {
      readonly ok: true
      readonly kind: FraudKind
      /** Number of the false claim, and its sequencer in its epoch's set. */
      readonly number: number
      readonly epoch: number
      readonly sequencer: number
    }
  | { readonly ok: false; readonly code: FraudRefusal }

function claimsFollow({ before, claims, place }: FraudCase): boolean {
  return claims.every((claim, i) => {
    if (claim.shard !== place.shard) return false
    const last = claims[i - 1]
    if (last) return claim.number === last.number + 1 && claim.parent === claimHash(last)
    if (!before) return claim.number === 1
    return claim.number === before.number + 1 && claim.parent === before.hash
  })
}

function judgeDouble(fraud: FraudCase, first: ShownLeaf, proof: FraudProof): Judgement {
  const evidence = proof.leaves[1]
  const second = evidence?.claim === first.claim ? checkLeaf(fraud, evidence) : undefined
  if (!second || second.position === first.position) return undefined
  if (first.kind !== KIND.transfer || second.kind !== KIND.transfer) return undefined
  return first.from === second.from
}

/** LINK, START, SKIP: what the leaf says of one account, against what came before. */
function judgeBefore(fraud: FraudCase, leaf: ShownLeaf, proof: FraudProof): Judgement {
  const index = proof.side === 0 ? leaf.from : leaf.to
  const account = readsOf(leaf, fraud.place).find((one) => one.index === index)
  if (!account || proof.side > 1) return undefined
  if (proof.kind === 'START') {
    if (account.touch > lastEntry(fraud.before)) return undefined
    const record = checkRecord(fraud.before, slotIn(fraud.place, index), proof.records[0])
    return record && !isSame(accountIn(record), account)
  }
  const other = proof.leaves[1] && checkLeaf(fraud, proof.leaves[1])
  if (!other || other.entry >= leaf.entry) return undefined
  const after = afterOf(other, other.entry, index, fraud.place)
  if (proof.kind === 'SKIP') return after !== undefined && other.entry > account.touch
  if (other.entry !== account.touch) return undefined
  return after === undefined || !isSame(after, account)
}

const ABOUT_THE_ROOT: ReadonlySet<FraudKind> = new Set<FraudKind>([
  'END_RECORD',
  'END_LINK',
  'END_START',
  'END_SKIP',
  'META',
  'SIZE',
  'DEPTH',
])

function judge(fraud: FraudCase, proof: FraudProof): Judgement {
  if (proof.kind === 'COUNT') {
    const isRight = countsRight(fraud, proof.claim)
    return isRight === undefined ? undefined : !isRight
  }
  if (proof.kind.startsWith('SENT')) return judgeSent(fraud, proof)
  if (ABOUT_THE_ROOT.has(proof.kind)) return judgeEnd(fraud, proof)
  const leaf = proof.leaves[0] && checkLeaf(fraud, proof.leaves[0])
  if (!leaf || leaf.claim !== proof.claim) return undefined
  if (proof.kind === 'DOUBLE') return judgeDouble(fraud, leaf, proof)
  if (proof.kind !== 'ARITHMETIC') return judgeBefore(fraud, leaf, proof)
  if (!keepsRules(leaf, leaf.entry, fraud.place)) return true
  const isRight = isAsItsSource(fraud, leaf, proof.nodes[0])
  return isRight === undefined ? undefined : !isRight
}

/**
 * `fraud.claims` must be claims that the base chain has ordered, from after a stated root that
 * stands (or from the first) to the last one of interest; a proof about the later root needs it
 * stated by the last. Never throws for bad input.
 */
export function verifyFraudProof(fraud: FraudCase, bytes: Uint8Array): FraudVerdict {
  if (!claimsFollow(fraud)) return { ok: false, code: 'WRONG_CLAIMS' }
  let proof: FraudProof
  try {
    proof = decodeFraudProof(bytes)
  } catch (error) {
    if (!(error instanceof RlpError)) throw error
    return { ok: false, code: 'UNDECODABLE' }
  }
  const accused = fraud.claims[proof.claim]
  if (!accused) return { ok: false, code: 'WRONG_CLAIMS' }
  const judgement = judge(fraud, proof)
  if (judgement === undefined) return { ok: false, code: 'BAD_EVIDENCE' }
  if (!judgement) return { ok: false, code: 'NO_FRAUD' }
  const { number, epoch, sequencer } = accused
  return { ok: true, kind: proof.kind, number, epoch, sequencer }
}
