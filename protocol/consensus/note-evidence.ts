// A contradiction was seen: it is kept as proof until a final block has brought it to the chain.

import { bytesToHex } from '../../lib/hex.ts'
import { EVIDENCE_PER_BLOCK_MAX } from '../block/sidecar.ts'
import { EVIDENCE_KEPT_MAX } from '../params.ts'
import type { BlockNode } from './block-tree.ts'
import type { EpochRules } from './epoch-rules.ts'
import { type Evidence, encodeEvidence } from './evidence.ts'
import type { SimplexState } from './simplex-state.ts'
import type { Contradiction } from './vote-book.ts'

/** A proof that the chain does not take is not offered for ever. */
const OFFERED_MAX = 8

export function noteEvidence(
  state: SimplexState,
  rules: EpochRules,
  { rule, votes }: Contradiction,
): void {
  const [first, second] = votes
  const { blsPublicKey } = rules.set.validators[first.signer] as { blsPublicKey: `0x${string}` }
  const { epoch, view } = first
  keepEvidence(state, { rule, blsPublicKey, epoch, view, statements: [first, second] })
}

export function keepEvidence(state: SimplexState, evidence: Evidence): void {
  const id = bytesToHex(encodeEvidence(evidence))
  if (state.evidence.has(id) || state.evidence.size >= EVIDENCE_KEPT_MAX) return
  state.evidence.set(id, { evidence, tries: 0 })
  state.reached('evidence')
  state.count(`evidence-${evidence.rule}`)
  state.emit({ type: 'evidence', evidence })
}

/** Proofs for our next block. */
export function evidenceToOffer(state: SimplexState): Uint8Array[] {
  const offered: Uint8Array[] = []
  for (const [id, kept] of state.evidence) {
    if (offered.length >= EVIDENCE_PER_BLOCK_MAX) break
    if (++kept.tries >= OFFERED_MAX) state.evidence.delete(id)
    offered.push(encodeEvidence(kept.evidence))
  }
  return offered
}

/** A final block brought these. */
export function forgetEvidence(state: SimplexState, node: BlockNode): void {
  for (const bytes of node.evidence) state.evidence.delete(bytesToHex(bytes))
}
