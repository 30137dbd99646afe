// Proof that a validator signed two messages that contradict each other (CONSENSUS, E1 to E5):
// self-contained, checked with the registered key alone, one encoding for each pair.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import {
  CHECKPOINT,
  type ChainIdentity,
  FINALIZE,
  NO_BLOCK,
  NOTARIZE,
  NULLIFY,
  PROPOSE,
  type SignedKind,
  voteDigest,
} from '../consensus/vote.ts'
import type { Bls } from '../crypto/signatures.ts'
import { EVIDENCE_BYTES_MAX } from '../params.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'
import type { StakingRefusal } from './staking-refusals.ts'

export type EvidenceRule = 1 | 2 | 3 | 4 | 5

export interface SignedMessage {
  readonly kind: SignedKind
  /** Of the block, of the checkpoint for E5, NO_BLOCK for NULLIFY. */
  readonly hash: Hex
  /** 96 bytes. */
  readonly signature: Uint8Array
}

export interface Evidence {
  readonly rule: EvidenceRule
  /** 48 bytes. */
  readonly blsPublicKey: Hex
  readonly epoch: number
  /** 0 for checkpoints. */
  readonly view: number
  readonly messages: readonly [SignedMessage, SignedMessage]
}

/** The kinds of the two messages, in the order in which evidence has them. */
const KINDS: Readonly<Record<EvidenceRule, readonly [SignedKind, SignedKind]>> = {
  1: [NOTARIZE, NOTARIZE],
  2: [FINALIZE, FINALIZE],
  3: [FINALIZE, NULLIFY],
  4: [PROPOSE, PROPOSE],
  5: [CHECKPOINT, CHECKPOINT],
}

const RULES = [1, 2, 3, 4, 5] as const

/** E4 costs less and does not tombstone: a proposer that was restarted can get there honestly. */
export const isLesser = (rule: EvidenceRule) => rule === 4

/** Puts two contradictory messages of one validator into evidence; undefined if they are not. */
export function makeEvidence(
  about: Pick<Evidence, 'blsPublicKey' | 'epoch' | 'view'>,
  [a, b]: readonly [SignedMessage, SignedMessage],
): Evidence | undefined {
  // NULLIFY after FINALIZE, else by hash.
  const swap = a.kind === b.kind ? a.hash > b.hash : a.kind < b.kind
  const messages = swap ? ([b, a] as const) : ([a, b] as const)
  const rule = RULES.find((one) =>
    KINDS[one].every((kind, i) => (messages[i] as SignedMessage).kind === kind),
  )
  if (rule === undefined) return undefined
  const evidence = { ...about, rule, messages }
  return contradiction(evidence) === undefined ? evidence : undefined
}

const encodeMessage = ({ kind, hash, signature }: SignedMessage): RlpItem => [
  rlpInteger(kind),
  hexToBytes(hash),
  signature,
]

export function encodeEvidence(evidence: Evidence): Uint8Array {
  const { rule, blsPublicKey, epoch, view, messages } = evidence
  return encodeRlp([
    rlpInteger(rule),
    hexToBytes(blsPublicKey),
    rlpInteger(epoch),
    rlpInteger(view),
    ...messages.map(encodeMessage),
  ])
}

function readMessage(item: RlpItem | undefined): SignedMessage {
  const [kind, hash, signature] = asList(item, 3)
  return {
    kind: asNumber(kind) as SignedKind,
    hash: bytesToHex(asBytes(hash, 32)),
    signature: asBytes(signature, 96),
  }
}

/** Why this is no contradiction of its rule; undefined if it is one. Signatures are not checked. */
function contradiction(evidence: Evidence): StakingRefusal | undefined {
  const { rule, view, messages } = evidence
  const [a, b] = messages
  if (KINDS[rule].some((kind, i) => (messages[i] as SignedMessage).kind !== kind)) {
    return 'WRONG_KINDS'
  }
  if (rule === 5 ? view !== 0 : view === 0) return 'NO_CONTRADICTION'
  if (rule === 3) return b.hash === NO_BLOCK ? undefined : 'NO_CONTRADICTION'
  // In order, so that one pair has one encoding.
  return a.hash < b.hash ? undefined : 'NO_CONTRADICTION'
}

/** The evidence in these bytes, or why there is none. */
export function readEvidence(bytes: Uint8Array): Evidence | StakingRefusal {
  if (bytes.length > EVIDENCE_BYTES_MAX) return 'EVIDENCE_TOO_LARGE'
  try {
    const [ruleItem, key, epoch, view, a, b] = asList(decodeRlp(bytes), 6)
    const number = asNumber(ruleItem)
    const rule = RULES.find((one) => one === number)
    if (rule === undefined) return 'UNKNOWN_RULE'
    const evidence: Evidence = {
      rule,
      blsPublicKey: bytesToHex(asBytes(key, 48)),
      epoch: asNumber(epoch),
      view: asNumber(view),
      messages: [readMessage(a), readMessage(b)],
    }
    return contradiction(evidence) ?? evidence
  } catch (error) {
    if (error instanceof RlpError) return 'MALFORMED_EVIDENCE'
    throw error
  }
}

/** Whether the key signed both messages, for this chain. */
export function isSigned(evidence: Evidence, chain: ChainIdentity, bls: Bls): boolean {
  const key = hexToBytes(evidence.blsPublicKey)
  return evidence.messages.every(({ kind, hash, signature }) => {
    const digest = voteDigest(chain, kind, evidence.epoch, evidence.view, hash)
    return bls.verify(key, digest, signature)
  })
}
