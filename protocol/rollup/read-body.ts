// Reads a batch's body in place: the parts are views of the bytes, and every rule of their form is
// checked, so that one content has one encoding. docs/spec/rollup.md, Body.

import type { BatchRefusal } from '../errors/batch-refusals.ts'
import {
  BATCH_BYTES_MAX,
  BATCH_TRANSFERS_MAX,
  COHORT_SIZE,
  OPERATIONS_MAX,
  ROLLUP_ACCOUNTS_MAX,
} from '../params.ts'
import {
  type Absent,
  BITMAP_BYTES,
  BITMAP_WORDS,
  BODY_VERSION,
  type Body,
  type DenseSection,
  HEAD_WORDS,
  KIND_DENSE,
  KIND_SPARSE,
  SECTION_WORDS,
  type Section,
  SIGNATURE_WORDS,
  SPEND_SIGNATURE_BYTES,
  type SparseSection,
} from './body-layout.ts'
import { cohortOf, memberOf } from './layout.ts'
import {
  LOCK_WORDS,
  NO_OPERATIONS,
  OPERATION_LEAF_WORDS,
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  OPERATIONS_HEAD_WORDS,
  type Operations,
  REFUND_WORDS,
  readOperation,
  SETTLE_WORDS,
} from './operations.ts'

export type ReadBody =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly code: BatchRefusal }

const COHORTS = ROLLUP_ACCOUNTS_MAX / COHORT_SIZE
const NUMBER_HI_MAX = 2 ** 21
const U32 = 2 ** 32
/** Of the words of a lock operation, after leaf, hash and maxFee. */
const LOCK_NOT_AFTER = 2 * OPERATION_LEAF_WORDS + 1

class Refusal {
  readonly code: BatchRefusal

  constructor(code: BatchRefusal) {
    this.code = code
  }
}

/** Takes one part after the other; what is not there is refused before it is looked at. */
class Reader {
  private readonly words: Uint32Array
  private at = 0

  constructor(words: Uint32Array) {
    this.words = words
  }

  take(count: number): Uint32Array {
    if (count > this.words.length - this.at) throw new Refusal('BODY_LENGTH')
    this.at += count
    return this.words.subarray(this.at - count, this.at)
  }

  takeBytes(words: number): Uint8Array {
    const part = this.take(words)
    return new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
  }

  get isAtEnd(): boolean {
    return this.at === this.words.length
  }
}

export function popcount(words: Uint32Array): number {
  let count = 0
  for (let i = 0; i < words.length; i++) {
    let v = words[i] as number
    v -= (v >>> 1) & 0x55555555
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
    count += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return count
}

function isRising(values: Uint32Array): boolean {
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) <= (values[i - 1] as number)) return false
  }
  return true
}

function readDense(reader: Reader, head: Uint32Array, first: number, above: number): DenseSection {
  const [, cohort, count, isFull] = head as unknown as [number, number, number, number]
  if (cohort >= COHORTS || cohort <= above) throw new Refusal('BODY_COHORT')
  if (isFull > 1) throw new Refusal('BODY_RESERVED')
  let present: Uint8Array | undefined
  if (isFull === 1) {
    if (count !== COHORT_SIZE) throw new Refusal('BODY_BITMAP')
  } else {
    const bitmap = reader.take(BITMAP_WORDS)
    // A full cohort has no bitmap: one content, one encoding.
    if (count === COHORT_SIZE || popcount(bitmap) !== count) throw new Refusal('BODY_BITMAP')
    present = new Uint8Array(bitmap.buffer, bitmap.byteOffset, BITMAP_BYTES)
  }
  const to = reader.take(count)
  const amount = reader.take(count)
  return { kind: 'dense', cohort, present, to, amount, count, first }
}

function readSparse(reader: Reader, head: Uint32Array, first: number): SparseSection {
  if (head[1] !== 0 || head[3] !== 0) throw new Refusal('BODY_RESERVED')
  const count = head[2] as number
  const from = reader.take(count)
  const to = reader.take(count)
  const amountLo = reader.take(count)
  const amountHi = reader.take(count)
  const last = from[count - 1] as number
  if (!isRising(from) || last >= ROLLUP_ACCOUNTS_MAX) throw new Refusal('BODY_SENDERS')
  return { kind: 'sparse', from, to, amountLo, amountHi, count, first }
}

function isInDense(sections: readonly Section[], from: Uint32Array): boolean {
  const dense = new Map<number, DenseSection>()
  for (const section of sections) if (section.kind === 'dense') dense.set(section.cohort, section)
  if (dense.size === 0) return false
  for (let i = 0; i < from.length; i++) {
    const section = dense.get(cohortOf(from[i] as number))
    if (!section) continue
    const member = memberOf(from[i] as number)
    const byte = section.present ? (section.present[member >>> 3] as number) : 0xff
    if ((byte >>> (member & 7)) & 1) return true
  }
  return false
}

function readSections(reader: Reader, sectionCount: number, transfers: number): Section[] {
  const sections: Section[] = []
  let first = 0
  let cohort = -1
  for (let i = 0; i < sectionCount; i++) {
    const head = reader.take(SECTION_WORDS)
    const [kind, , count] = head as unknown as [number, number, number]
    const last = sections.at(-1)
    if (count === 0 || last?.kind === 'sparse') throw new Refusal('BODY_SECTION')
    if (count > transfers - first) throw new Refusal('BODY_COUNTS')
    if (kind === KIND_DENSE) {
      const section = readDense(reader, head, first, cohort)
      cohort = section.cohort
      sections.push(section)
    } else if (kind === KIND_SPARSE) {
      const section = readSparse(reader, head, first)
      if (isInDense(sections, section.from)) throw new Refusal('BODY_SENDERS')
      sections.push(section)
    } else throw new Refusal('BODY_SECTION')
    first += count
  }
  if (first !== transfers) throw new Refusal('BODY_COUNTS')
  return sections
}

/** Whether each is a leaf of its part; what the state must be is for execution. */
export function areOperations(words: Uint32Array, size: number, kind: number): boolean {
  for (let at = 0; at < words.length; at += size) {
    const operation = readOperation(words, at)
    const { from, to, amount, use, deadline } = operation
    if (operation.kind !== kind || from === to) return false
    if (from >= ROLLUP_ACCOUNTS_MAX || to >= ROLLUP_ACCOUNTS_MAX) return false
    if (kind !== OPERATION_SETTLE && amount === 0n) return false
    if (kind !== OPERATION_LOCK) {
      if (use !== 0) return false
    } else if ((words[at + LOCK_NOT_AFTER] as number) > deadline) return false
  }
  return true
}

function readOperations(reader: Reader, count: number): Operations {
  if (count === 0) return NO_OPERATIONS
  if (count > OPERATIONS_MAX) throw new Refusal('BODY_COUNTS')
  const head = reader.take(OPERATIONS_HEAD_WORDS)
  const [settleCount, refundCount, lockCount, zero] = head as unknown as number[] as Four
  if (zero !== 0) throw new Refusal('BODY_RESERVED')
  if (settleCount + refundCount + lockCount !== count) throw new Refusal('BODY_COUNTS')
  const settles = reader.take(settleCount * SETTLE_WORDS)
  const refunds = reader.take(refundCount * REFUND_WORDS)
  const locks = reader.take(lockCount * LOCK_WORDS)
  const areAll =
    areOperations(settles, SETTLE_WORDS, OPERATION_SETTLE) &&
    areOperations(refunds, REFUND_WORDS, OPERATION_REFUND) &&
    areOperations(locks, LOCK_WORDS, OPERATION_LOCK)
  if (!areAll) throw new Refusal('BODY_OPERATION')
  return { settles, refunds, locks }
}

type Four = [number, number, number, number]

function readAbsent(reader: Reader, count: number, transfers: number): Absent {
  const positions = reader.take(count)
  const maxFees = reader.take(count)
  const notAfters = reader.take(count)
  const signatures = reader.takeBytes(count * (SPEND_SIGNATURE_BYTES / 4))
  if (!isRising(positions) || (positions[count - 1] ?? 0) >= Math.max(1, transfers)) {
    throw new Refusal('BODY_ABSENT')
  }
  return { positions, maxFees, notAfters, signatures }
}

function readAll(reader: Reader): Body {
  const head = reader.take(HEAD_WORDS)
  const [version, shard, lo, hi, sectionCount, transfers, absentCount, operationCount] =
    head as unknown as number[] as [number, number, number, number, number, number, number, number]
  if (version !== BODY_VERSION) throw new Refusal('BODY_VERSION')
  if (transfers > BATCH_TRANSFERS_MAX || absentCount > transfers || hi >= NUMBER_HI_MAX) {
    throw new Refusal('BODY_COUNTS')
  }
  const signature = reader.takeBytes(SIGNATURE_WORDS)
  const sections = readSections(reader, sectionCount, transfers)
  const operations = readOperations(reader, operationCount)
  const absent = readAbsent(reader, absentCount, transfers)
  if (!reader.isAtEnd) throw new Refusal('BODY_LENGTH')
  const isSigned = signature.some((byte) => byte !== 0)
  // A draft has number 0: nobody has co-signed it yet, and who is listed may still do so.
  const isDraft = lo === 0 && hi === 0
  if (isSigned !== (!isDraft && absentCount < transfers)) throw new Refusal('BODY_SIGNATURE')
  return { shard, number: hi * U32 + lo, transfers, signature, sections, operations, absent }
}

/**
 * The body in these bytes, as views of them: they must not change while it is in use. Bytes that
 * do not lie on a 4-byte boundary are copied once. Never throws.
 */
export function readBody(bytes: Uint8Array): ReadBody {
  if (bytes.length > BATCH_BYTES_MAX || bytes.length % 4 !== 0) {
    return { ok: false, code: 'BODY_LENGTH' }
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4)
  try {
    return { ok: true, body: readAll(new Reader(words)) }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, code: error.code }
    throw error
  }
}
