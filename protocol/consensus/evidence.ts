// Proof that a validator contradicted itself (CONSENSUS, slashing evidence E1 to E5): two messages
// that it signed and that nobody who follows the rules signs both. Self-contained: the signer's key
// is all that is needed to check it.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { encodeRlp, rlpInteger } from '../rlp/rlp.ts'
import type { SignedKind } from './vote.ts'
import type { EvidenceRule } from './vote-book.ts'

export interface SignedStatement {
  readonly kind: SignedKind
  readonly blockHash: Hex
  /** 96 bytes, over voteDigest. */
  readonly signature: Uint8Array
}

export interface Evidence {
  readonly rule: EvidenceRule
  readonly blsPublicKey: Hex
  readonly epoch: number
  readonly view: number
  readonly statements: readonly [SignedStatement, SignedStatement]
}

export function encodeEvidence({ rule, blsPublicKey, epoch, view, statements }: Evidence) {
  const [a, b] = statements.map(({ kind, blockHash, signature }) => [
    rlpInteger(kind),
    hexToBytes(blockHash),
    signature,
  ]) as [Uint8Array[], Uint8Array[]]
  const number = rlpInteger(Number(rule.slice(1)))
  return encodeRlp([number, hexToBytes(blsPublicKey), rlpInteger(epoch), rlpInteger(view), a, b])
}
