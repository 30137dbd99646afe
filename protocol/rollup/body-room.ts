// What goes into a body by its bytes. Co-signed transfers always do, but an absent sender's takes
// five to ten times as much: a batch of many such has fewer transfers than a batch may have.

import { BATCH_BYTES_MAX, OPERATIONS_MAX } from '../params.ts'
import {
  ABSENT_WORDS,
  BITMAP_WORDS,
  DENSE_WORDS,
  SECTION_WORDS,
  SPARSE_WORDS,
} from './body-layout.ts'
import { LOCK_WORDS, OPERATIONS_HEAD_WORDS } from './operations.ts'
import { bodyBytes, type SectionParts } from './write-body.ts'

/** Room that is left for operations: who cuts a batch does not know them yet. */
const OPERATIONS_BYTES_MAX = 4 * (OPERATIONS_HEAD_WORDS + OPERATIONS_MAX * LOCK_WORDS)

/** Whether these sections fit with so many absent senders, whatever the operations. */
export function fitsBody(sections: readonly SectionParts[], absent: number): boolean {
  return bodyBytes(sections, absent) + OPERATIONS_BYTES_MAX <= BATCH_BYTES_MAX
}

/** How many of the first transfers fit, whoever of their senders is absent. */
export function countFitting(sections: readonly SectionParts[]): number {
  let room = BATCH_BYTES_MAX - OPERATIONS_BYTES_MAX - bodyBytes([], 0)
  let count = 0
  for (const { kind, to } of sections) {
    const isDense = kind === 'dense'
    // What is left of a full cohort has a bitmap, too.
    room -= 4 * (SECTION_WORDS + (isDense ? BITMAP_WORDS : 0))
    const each = 4 * (ABSENT_WORDS + (isDense ? DENSE_WORDS : SPARSE_WORDS))
    const fitting = Math.max(0, Math.min(to.length, Math.floor(room / each)))
    count += fitting
    room -= fitting * each
    if (fitting < to.length) break
  }
  return count
}
