// A contradiction was seen: it is kept as proof until a final block has brought it to the chain.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { EVIDENCE_PER_BLOCK_MAX } from '../block/sidecar.ts'
import { EVIDENCE_KEPT_MAX } from '../params.ts'
import { encodeEvidence, makeEvidence, type SignedMessage } from '../staking/evidence.ts'
import type { BlockNode } from './block-tree.ts'
import type { SimplexState } from './simplex-state.ts'
import type { Contradiction } from './vote-book.ts'

/** A proof that the chain does not take is not offered for ever. */
const OFFERED_MAX = 8

/** `blsPublicKey` signed both votes, which has been checked. */
export function noteContradiction(
  state: SimplexState,
  blsPublicKey: Hex,
  { votes }: Contradiction,
): void {
  const { epoch, view } = votes[0]
  const [a, b] = votes.map(({ kind, blockHash: hash, signature }) => ({ kind, hash, signature }))
  noteEvidence(state, { blsPublicKey, epoch, view }, [a as SignedMessage, b as SignedMessage])
}

export function noteEvidence(
  state: SimplexState,
  about: { readonly blsPublicKey: Hex; readonly epoch: number; readonly view: number },
  messages: readonly [SignedMessage, SignedMessage],
): void {
  const evidence = makeEvidence(about, messages)
  if (!evidence) return
  const bytes = encodeEvidence(evidence)
  const id = bytesToHex(bytes)
  if (state.evidence.has(id) || state.evidence.size >= EVIDENCE_KEPT_MAX) return
  state.evidence.set(id, { bytes, tries: 0 })
  state.reached('evidence')
  state.count(`evidence-E${evidence.rule}`)
  state.emit({ type: 'evidence', evidence })
}

/** Proofs for our next block. */
export function evidenceToOffer(state: SimplexState): Uint8Array[] {
  const offered: Uint8Array[] = []
  for (const [id, kept] of state.evidence) {
    if (offered.length >= EVIDENCE_PER_BLOCK_MAX) break
    if (++kept.tries >= OFFERED_MAX) state.evidence.delete(id)
    offered.push(kept.bytes)
  }
  return offered
}

/** A final block brought these. */
export function forgetEvidence(state: SimplexState, node: BlockNode): void {
  for (const bytes of node.evidence) state.evidence.delete(bytesToHex(bytes))
}
