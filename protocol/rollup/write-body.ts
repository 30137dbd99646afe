// Writes a batch's body: the inverse of `readBody`, and as strict about its form.

import { assert } from '../../lib/assert.ts'
import { BATCH_BYTES_MAX } from '../params.ts'
import {
  ABSENT_WORDS,
  type Absent,
  BITMAP_BYTES,
  BITMAP_WORDS,
  BODY_VERSION,
  DENSE_WORDS,
  HEAD_WORDS,
  KIND_DENSE,
  KIND_SPARSE,
  SECTION_WORDS,
  SIGNATURE_BYTES,
  SIGNATURE_WORDS,
  SPARSE_WORDS,
} from './body-layout.ts'
import {
  countOperations,
  hasOperations,
  NO_OPERATIONS,
  OPERATIONS_HEAD_WORDS,
  type Operations,
} from './operations.ts'

/** What a section holds; counts and positions follow from it. */
export type SectionParts =
  | {
      readonly kind: 'dense'
      readonly cohort: number
      readonly present: Uint8Array | undefined
      readonly to: Uint32Array
      readonly amount: Uint32Array
    }
  | {
      readonly kind: 'sparse'
      readonly from: Uint32Array
      readonly to: Uint32Array
      readonly amountLo: Uint32Array
      readonly amountHi: Uint32Array
    }

export interface BodyParts {
  readonly shard: number
  readonly number: number
  /** 96 bytes, zeros if everybody is absent. */
  readonly signature: Uint8Array
  readonly sections: readonly SectionParts[]
  readonly operations?: Operations
  readonly absent: Absent
}

export const NOBODY_ABSENT: Absent = {
  positions: new Uint32Array(0),
  maxFees: new Uint32Array(0),
  notAfters: new Uint32Array(0),
  signatures: new Uint8Array(0),
}

/** Bytes of the body with these sections and operations, and so many absent senders. */
export function bodyBytes(
  sections: readonly SectionParts[],
  absent: number,
  operations = NO_OPERATIONS,
): number {
  let words = HEAD_WORDS + SIGNATURE_WORDS + absent * ABSENT_WORDS
  if (hasOperations(operations)) {
    const { settles, refunds, locks } = operations
    words += OPERATIONS_HEAD_WORDS + settles.length + refunds.length + locks.length
  }
  for (const section of sections) {
    words += SECTION_WORDS
    if (section.kind === 'sparse') words += section.to.length * SPARSE_WORDS
    else words += section.to.length * DENSE_WORDS + (section.present ? BITMAP_WORDS : 0)
  }
  return 4 * words
}

function writeSection(words: Uint32Array, start: number, section: SectionParts): number {
  let at = start
  const put = (part: Uint32Array) => {
    words.set(part, at)
    at += part.length
  }
  const count = section.to.length
  if (section.kind === 'sparse') {
    put(Uint32Array.of(KIND_SPARSE, 0, count, 0))
    for (const part of [section.from, section.to, section.amountLo, section.amountHi]) {
      assert(part.length === count, 'columns have one length')
      put(part)
    }
    return at
  }
  assert(section.amount.length === count, 'columns have one length')
  put(Uint32Array.of(KIND_DENSE, section.cohort, count, section.present ? 0 : 1))
  if (section.present) {
    assert(section.present.length === BITMAP_BYTES, 'a bitmap has one bit for each member')
    new Uint8Array(words.buffer).set(section.present, 4 * at)
    at += BITMAP_WORDS
  }
  put(section.to)
  put(section.amount)
  return at
}

function writeOperations(words: Uint32Array, start: number, operations: Operations): number {
  if (!hasOperations(operations)) return start
  const counts = countOperations(operations)
  words.set([counts.settles, counts.refunds, counts.locks, 0], start)
  let at = start + OPERATIONS_HEAD_WORDS
  for (const part of [operations.settles, operations.refunds, operations.locks]) {
    words.set(part, at)
    at += part.length
  }
  return at
}

/** The parts must keep the rules of the form: what they would break, `readBody` refuses. */
export function writeBody(parts: BodyParts): Uint8Array {
  const { sections, absent, signature, operations = NO_OPERATIONS } = parts
  const absentCount = absent.positions.length
  const length = bodyBytes(sections, absentCount, operations)
  assert(length <= BATCH_BYTES_MAX, 'a body is not above the limit')
  assert(signature.length === SIGNATURE_BYTES, 'an aggregate has 96 bytes')
  const bytes = new Uint8Array(length)
  const words = new Uint32Array(bytes.buffer)
  const transfers = sections.reduce((sum, section) => sum + section.to.length, 0)
  const [lo, hi] = [parts.number >>> 0, Math.floor(parts.number / 2 ** 32)]
  const counts = countOperations(operations)
  const operationCount = counts.settles + counts.refunds + counts.locks
  words.set([BODY_VERSION, parts.shard, lo, hi, sections.length, transfers])
  words.set([absentCount, operationCount], 6)
  bytes.set(signature, 4 * HEAD_WORDS)
  let at = HEAD_WORDS + SIGNATURE_WORDS
  for (const section of sections) at = writeSection(words, at, section)
  at = writeOperations(words, at, operations)
  for (const part of [absent.positions, absent.maxFees, absent.notAfters]) {
    assert(part.length === absentCount, 'columns have one length')
    words.set(part, at)
    at += absentCount
  }
  assert(4 * at + absent.signatures.length === length, 'a signature for each absent sender')
  bytes.set(absent.signatures, 4 * at)
  return bytes
}
