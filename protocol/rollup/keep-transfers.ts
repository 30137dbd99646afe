// A part of a batch's transfers: what is left of its sections when some are taken out.

import { COHORT_SIZE } from '../params.ts'
import { BITMAP_BYTES, type DenseSection, type Section, type SparseSection } from './body-layout.ts'
import type { SectionParts } from './write-body.ts'

/** `keep` has one byte for each transfer of the batch, 0 for those that go. */
function countKept(keep: Uint8Array, first: number, count: number): number {
  let kept = 0
  for (let i = first; i < first + count; i++) if (keep[i]) kept++
  return kept
}

function pick(column: Uint32Array, keep: Uint8Array, first: number, kept: number): Uint32Array {
  const out = new Uint32Array(kept)
  for (let i = 0, next = 0; i < column.length; i++) {
    if (keep[first + i]) out[next++] = column[i] as number
  }
  return out
}

/** Bits of those members that stay; `keep` is read in the order of the members. */
function keepBits(section: DenseSection, keep: Uint8Array): Uint8Array {
  const bits = new Uint8Array(BITMAP_BYTES)
  let at = section.first
  for (let member = 0; member < COHORT_SIZE; member++) {
    const byte = section.present ? (section.present[member >>> 3] as number) : 0xff
    if (((byte >>> (member & 7)) & 1) === 0) continue
    if (keep[at++]) bits[member >>> 3] = (bits[member >>> 3] as number) | (1 << (member & 7))
  }
  return bits
}

function keepOf(section: Section, keep: Uint8Array, kept: number): SectionParts {
  const { first } = section
  const to = pick(section.to, keep, first, kept)
  if (section.kind === 'dense') {
    const amount = pick(section.amount, keep, first, kept)
    return { kind: 'dense', cohort: section.cohort, present: keepBits(section, keep), to, amount }
  }
  const { from, amountLo, amountHi }: SparseSection = section
  return {
    kind: 'sparse',
    from: pick(from, keep, first, kept),
    to,
    amountLo: pick(amountLo, keep, first, kept),
    amountHi: pick(amountHi, keep, first, kept),
  }
}

/** Sections of which all goes are left out; those of which all stays are passed on as they are. */
export function keepTransfers(sections: readonly Section[], keep: Uint8Array): SectionParts[] {
  const left: SectionParts[] = []
  for (const section of sections) {
    const kept = countKept(keep, section.first, section.count)
    if (kept === section.count) left.push(section)
    else if (kept > 0) left.push(keepOf(section, keep, kept))
  }
  return left
}
