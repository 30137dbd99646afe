// A batch's body: what its parts are and where they lie in the bytes. Everything is little-endian
// and 4-byte aligned, so that a body is read in place.

import type { Operations } from './operations.ts'

/** Senders of one cohort, one transfer each, in index order. */
export interface DenseSection {
  readonly kind: 'dense'
  readonly cohort: number
  /** 512 bytes, bit i = member i sends; undefined when all 4,096 do. */
  readonly present: Uint8Array | undefined
  readonly to: Uint32Array
  readonly amount: Uint32Array
  readonly count: number
  /** Position in the batch of the section's first transfer. */
  readonly first: number
}

/** Any senders, in rising order of their index. */
export interface SparseSection {
  readonly kind: 'sparse'
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly amountLo: Uint32Array
  readonly amountHi: Uint32Array
  readonly count: number
  readonly first: number
}

export type Section = DenseSection | SparseSection

/** Senders that did not co-sign; their ordinary signatures travel. Columns of equal length. */
export interface Absent {
  /** Positions in the batch, strictly rising. */
  readonly positions: Uint32Array
  /** Units. */
  readonly maxFees: Uint32Array
  /** Heights of the base chain. */
  readonly notAfters: Uint32Array
  /** 64 bytes each. */
  readonly signatures: Uint8Array
}

/** Those whose index is chosen, in their order. */
export function pickAbsent(absent: Absent, isChosen: (i: number) => boolean): Absent {
  const { positions, maxFees, notAfters, signatures } = absent
  const chosen = [...positions.keys()].filter(isChosen)
  if (chosen.length === positions.length) return absent
  const column = (from: Uint32Array) => Uint32Array.from(chosen, (i) => from[i] as number)
  const picked = new Uint8Array(SPEND_SIGNATURE_BYTES * chosen.length)
  for (const [at, i] of chosen.entries()) {
    const from = SPEND_SIGNATURE_BYTES * i
    picked.set(signatures.subarray(from, from + SPEND_SIGNATURE_BYTES), SPEND_SIGNATURE_BYTES * at)
  }
  return {
    positions: column(positions),
    maxFees: column(maxFees),
    notAfters: column(notAfters),
    signatures: picked,
  }
}

export interface Body {
  readonly shard: number
  readonly number: number
  readonly transfers: number
  /** 96 bytes: the aggregate of all that co-signed; zeros if nobody did. */
  readonly signature: Uint8Array
  readonly sections: readonly Section[]
  readonly operations: Operations
  readonly absent: Absent
}

export const BODY_VERSION = 1
export const KIND_DENSE = 0
export const KIND_SPARSE = 1

/** Words: version, shard, number (low, high), sections, transfers, absent, operations. */
export const HEAD_WORDS = 8
export const SIGNATURE_BYTES = 96
export const SIGNATURE_WORDS = SIGNATURE_BYTES / 4
/** Words: kind, cohort, count, isFull. */
export const SECTION_WORDS = 4
export const BITMAP_BYTES = 512
export const BITMAP_WORDS = BITMAP_BYTES / 4
export const DENSE_WORDS = 2
export const SPARSE_WORDS = 4
export const SPEND_SIGNATURE_BYTES = 64
/** Words of an absent sender: position, maxFee, notAfter, signature. */
export const ABSENT_WORDS = 3 + SPEND_SIGNATURE_BYTES / 4
