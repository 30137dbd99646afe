// A lock or a settle as a sequencer takes it: 136 bytes, little-endian: leaf and hash of 32 bytes
// each, maxFee u32, notAfter u32, Ed25519 signature of 64. A settle has zeros for the limits.
// Refunds are made by sequencers alone.

import { type Hex, hexToBytes } from '../../../lib/hex.ts'
import { SPEND_SIGNATURE_BYTES } from '../../../protocol/rollup/body-layout.ts'
import {
  isOperation,
  type OperationTerms,
  operationOf,
  termsOf,
} from '../../../protocol/rollup/operation-terms.ts'
import {
  encodeOperation,
  OPERATION_LEAF_WORDS,
  readOperation,
} from '../../../protocol/rollup/operations.ts'
import { FrameError, FrameReader, FrameWriter } from './frame-bytes.ts'

const LEAF_BYTES = 4 * OPERATION_LEAF_WORDS
export const SENT_OPERATION_BYTES = LEAF_BYTES + 32 + 8 + SPEND_SIGNATURE_BYTES

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
  const writer = new FrameWriter().fixed(encodeOperation(operationOf(sent.terms)))
  writer.fixed(hexToBytes(sent.hash)).u32(sent.maxFee, sent.notAfter)
  return writer.fixed(sent.signature).end()
}

/** Throws FrameError for another length, and for what is no lock or settle. */
export function decodeSentOperation(bytes: Uint8Array): SentOperation {
  const reader = new FrameReader(bytes)
  const words = new Uint32Array(Uint8Array.from(reader.fixed(LEAF_BYTES)).buffer)
  const terms = termsOf(readOperation(words, 0))
  if (!terms || terms.kind === 'refund' || !isOperation(terms)) {
    throw new FrameError('the leaf is no lock or settle')
  }
  const hash = reader.hash()
  const [maxFee, notAfter] = [reader.u32(), reader.u32()]
  const signature = reader.fixed(SPEND_SIGNATURE_BYTES)
  reader.end()
  return { terms, hash, maxFee, notAfter, signature }
}
