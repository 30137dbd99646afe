// An operation of a final batch as JSON-RPC shows it, with the proof that the batch contains it.

import { bytesToHex } from '../../../lib/hex.ts'
import { NODE_BYTES } from '../../../protocol/crypto/hash-pairs.ts'
import { termsOf } from '../../../protocol/rollup/operation-terms.ts'
import { readOperation } from '../../../protocol/rollup/operations.ts'
import { quantity } from '../quantity.ts'
import type { FoundOperation } from './rollup-access.ts'

export function shownOperation(found: FoundOperation | undefined) {
  if (!found) return null
  const terms = termsOf(readOperation(new Uint32Array(Uint8Array.from(found.leaf).buffer), 0))
  if (!terms) return null
  const { kind, owner, lock, payee, use, nonce, amount, deadline } = terms
  const proof = Array.from({ length: found.proof.length / NODE_BYTES }, (_, i) =>
    bytesToHex(found.proof.subarray(i * NODE_BYTES, (i + 1) * NODE_BYTES)),
  )
  return {
    kind,
    owner: quantity(owner),
    lock: quantity(lock),
    payee: quantity(payee),
    use: quantity(use),
    nonce: quantity(nonce),
    amount: quantity(amount),
    deadline: quantity(deadline),
    hash: bytesToHex(found.hash),
    batch: quantity(found.number),
    position: quantity(found.position),
    proof,
    claim: found.claimHash,
    raw: bytesToHex(found.claim),
    blockNumber: quantity(found.height),
    blockHash: found.blockHash,
    timestampMs: found.timestampMs,
  }
}
