// A lock or a settle as a sequencer takes it: 136 bytes, little-endian: leaf and hash of 32 bytes
// each, maxFee u32, notAfter u32, Ed25519 signature of 64. A settle has zeros for the limits.
// Refunds are made by sequencers alone.

import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { SPEND_SIGNATURE_BYTES } from './body-layout.ts'
import { u32Bytes } from './little-endian.ts'
import { isOperation, type OperationTerms, operationOf, termsOf } from './operation-terms.ts'
import { encodeOperation, OPERATION_LEAF_WORDS, readOperation } from './operations.ts'

const LEAF_BYTES = 4 * OPERATION_LEAF_WORDS
const LIMITS_AT = LEAF_BYTES + 32
const SIGNATURE_AT = LIMITS_AT + 8
export const SENT_OPERATION_BYTES = SIGNATURE_AT + SPEND_SIGNATURE_BYTES

export interface SentOperation {
  readonly terms: OperationTerms
  readonly hash: Hex
  /** Units, and a height of the base chain; of a lock operation. */
  readonly maxFee: number
  readonly notAfter: number
  /** 64 bytes. */
  readonly signature: Uint8Array
}

export function encodeSentOperation(sent: SentOperation): Uint8Array {
  const { terms, hash, maxFee, notAfter, signature } = sent
  const leaf = encodeOperation(operationOf(terms))
  const limits = [u32Bytes(maxFee), u32Bytes(notAfter)]
  return concatBytes(leaf, hexToBytes(hash), ...limits, signature)
}

/** Undefined for another length, and for what is no lock or settle. */
export function decodeSentOperation(bytes: Uint8Array): SentOperation | undefined {
  if (bytes.length !== SENT_OPERATION_BYTES) return undefined
  const words = new Uint32Array(Uint8Array.from(bytes).buffer)
  const terms = termsOf(readOperation(words, 0))
  if (!terms || terms.kind === 'refund' || !isOperation(terms)) return undefined
  const [maxFee = 0, notAfter = 0] = words.subarray(LIMITS_AT / 4)
  const hash = bytesToHex(bytes.subarray(LEAF_BYTES, LIMITS_AT))
  return { terms, hash, maxFee, notAfter, signature: Uint8Array.from(bytes.subarray(SIGNATURE_AT)) }
}
