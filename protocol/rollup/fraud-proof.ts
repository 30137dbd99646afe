// A proof that a claim is false, of one transfer's size: a few leaves with their paths. What each
// kind has to show is in docs/spec/rollup-fraud.md, with why the kinds together suffice.

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
import type { LeafEvidence, NodeEvidence, RecordEvidence } from './fraud-evidence.ts'

export const FRAUD_KINDS = [
  /** Number of entries, or of the first, does not follow from the claims. No evidence. */
  'COUNT',
  /** leaves[0] breaks its own rules, or differs from its source; nodes[0] is the source's leaf. */
  'ARITHMETIC',
  /** leaves[0] and leaves[1] are two transfers of one sender in one claim. */
  'DOUBLE',
  /** What leaves[0] says of an account (`side`) is not what leaves[1], named by its touch, left. */
  'LINK',
  /** It is not what the earlier root has: records[0]. */
  'START',
  /** leaves[1] touched the account between. */
  'SKIP',
  /** records[0], in the later root, cannot be any account's record. */
  'END_RECORD',
  /** It is not what leaves[0], named by its touch, left. */
  'END_LINK',
  /** It is not what the earlier root has, records[1]. */
  'END_START',
  /** leaves[0] touched the account later. */
  'END_SKIP',
  /** The later root is words[0] (the tree's) with words[1], which is not the claim's. */
  'META',
  /** The later root's tree, of depth `side`, has an empty right half: words[0], words[1]. */
  'SIZE',
  /** The later root says depth `side`, but records[0] has a record at a lesser depth. */
  'DEPTH',
  /** nodes[0] of what leaves for `side` - 1 is not what leaves[0] sends, or of another batch. */
  'SENT',
  /** nodes[0], nodes[1]: two neighbours (or the first alone) out of order, or with a wrong sum. */
  'SENT_ORDER',
  /** leaves[0] sends, but the neighbours nodes[0], nodes[1] leave it out. */
  'SENT_LESS',
  /** The last leaf, nodes[0], has not the sum by which the claim's supply is less. */
  'SENT_SUM',
] as const

export type FraudKind = (typeof FRAUD_KINDS)[number]

export interface FraudProof {
  readonly kind: FraudKind
  /** Position of the accused claim among those of the case. */
  readonly claim: number
  /** 0 the sender, 1 the receiver; or as the kind says. */
  readonly side: number
  readonly leaves: readonly LeafEvidence[]
  readonly nodes: readonly NodeEvidence[]
  readonly records: readonly RecordEvidence[]
  readonly words: readonly Uint8Array[]
}

export const FRAUD_PROOF_BYTES_MAX = 8192
const PIECES_MAX = 2
const U32_MAX = 0xffff_ffff

export function encodeFraudProof(proof: FraudProof): Uint8Array {
  const n = rlpInteger
  return encodeRlp([
    n(FRAUD_KINDS.indexOf(proof.kind)),
    n(proof.claim),
    n(proof.side),
    proof.leaves.map((one) => [n(one.claim), n(one.position), one.leaf, one.path]),
    proof.nodes.map((one) => [n(one.position), one.node, one.path]),
    proof.records.map((one) => [n(one.slot), n(one.depth), one.record, one.path]),
    [...proof.words],
  ])
}

function small(item: RlpItem | undefined): number {
  const value = asNumber(item)
  if (value > U32_MAX) throw new RlpError('integer above 32 bits')
  return value
}

function pieces<T>(item: RlpItem | undefined, read: (item: RlpItem) => T): T[] {
  const list = asList(item)
  if (list.length > PIECES_MAX) throw new RlpError('too much evidence')
  return list.map(read)
}

/** Throws RlpError. */
export function decodeFraudProof(bytes: Uint8Array): FraudProof {
  if (bytes.length > FRAUD_PROOF_BYTES_MAX) throw new RlpError('proof too long')
  const f = asList(decodeRlp(bytes), 7)
  const kind = FRAUD_KINDS[small(f[0])]
  if (kind === undefined) throw new RlpError('no such kind')
  return {
    kind,
    claim: small(f[1]),
    side: small(f[2]),
    leaves: pieces(f[3], (item) => {
      const [claim, position, leaf, path] = asList(item, 4)
      return {
        claim: small(claim),
        position: small(position),
        leaf: asBytes(leaf, 64),
        path: asBytes(path),
      }
    }),
    nodes: pieces(f[4], (item) => {
      const [position, node, path] = asList(item, 3)
      return { position: small(position), node: asBytes(node, 32), path: asBytes(path) }
    }),
    records: pieces(f[5], (item) => {
      const [slot, depth, record, path] = asList(item, 4)
      return {
        slot: small(slot),
        depth: small(depth),
        record: asBytes(record, 32),
        path: asBytes(path),
      }
    }),
    words: pieces(f[6], (item) => asBytes(item)),
  }
}
