// Puts sections of several submissions together into those of one batch: dense ones by cohort in
// rising order, then one sparse one. No two of them have a sender in common.

import { COHORT_SIZE } from '../../protocol/params.ts'
import {
  BITMAP_BYTES,
  type DenseSection,
  type SparseSection,
} from '../../protocol/rollup/body-layout.ts'
import { writeDenseSenders } from '../../protocol/rollup/transfer-columns.ts'
import type { SectionParts } from '../../protocol/rollup/write-body.ts'

/** A section of a submission; `piece` is its number among those of the batch. */
export interface Piece<S> {
  readonly section: S
  readonly piece: number
}

/** Where each transfer of the batch comes from: its piece, and its place in the piece's section. */
export interface Merged {
  readonly sections: readonly SectionParts[]
  readonly pieceOf: Uint32Array
  readonly placeOf: Uint32Array
  readonly from: Uint32Array
}

class Merge {
  readonly sections: SectionParts[] = []
  readonly pieceOf: Uint32Array
  readonly placeOf: Uint32Array
  readonly from: Uint32Array
  private at = 0

  constructor(total: number) {
    this.pieceOf = new Uint32Array(total)
    this.placeOf = new Uint32Array(total)
    this.from = new Uint32Array(total)
  }

  private whole(piece: number, count: number): void {
    this.pieceOf.fill(piece, this.at, this.at + count)
    for (let i = 0; i < count; i++) this.placeOf[this.at + i] = i
    this.at += count
  }

  dense(pieces: readonly Piece<DenseSection>[]): void {
    const { section, piece } = pieces[0] as Piece<DenseSection>
    if (pieces.length === 1) {
      writeDenseSenders(section, this.from, this.at)
      this.sections.push(section)
      this.whole(piece, section.count)
      return
    }
    const { cohort } = section
    const owner = new Int32Array(COHORT_SIZE).fill(-1)
    const place = new Uint32Array(COHORT_SIZE)
    const senders = new Uint32Array(COHORT_SIZE)
    let count = 0
    for (const [i, one] of pieces.entries()) {
      writeDenseSenders(one.section, senders, 0)
      for (let k = 0; k < one.section.count; k++) {
        const member = (senders[k] as number) & (COHORT_SIZE - 1)
        owner[member] = i
        place[member] = k
      }
      count += one.section.count
    }
    const present = new Uint8Array(BITMAP_BYTES)
    const to = new Uint32Array(count)
    const amount = new Uint32Array(count)
    let next = 0
    for (let member = 0; member < COHORT_SIZE; member++) {
      const found = pieces[owner[member] as number]
      if (!found) continue
      const k = place[member] as number
      present[member >>> 3] = (present[member >>> 3] as number) | (1 << (member & 7))
      to[next] = found.section.to[k] as number
      amount[next] = found.section.amount[k] as number
      this.from[this.at] = cohort * COHORT_SIZE + member
      this.pieceOf[this.at] = found.piece
      this.placeOf[this.at++] = k
      next++
    }
    const full = count === COHORT_SIZE
    this.sections.push({ kind: 'dense', cohort, present: full ? undefined : present, to, amount })
  }

  sparse(pieces: readonly Piece<SparseSection>[]): void {
    const { section, piece } = pieces[0] as Piece<SparseSection>
    if (pieces.length === 1) {
      this.from.set(section.from, this.at)
      this.sections.push(section)
      this.whole(piece, section.count)
      return
    }
    const count = pieces.reduce((sum, one) => sum + one.section.count, 0)
    // Sender and ordinal in one number below 2^53, so that a sort of numbers sorts both.
    const keys = new Float64Array(count)
    const pieceAt = new Uint32Array(count)
    const placeAt = new Uint32Array(count)
    let ordinal = 0
    for (const [i, one] of pieces.entries()) {
      for (let k = 0; k < one.section.count; k++) {
        keys[ordinal] = (one.section.from[k] as number) * 2 ** 21 + ordinal
        pieceAt[ordinal] = i
        placeAt[ordinal++] = k
      }
    }
    keys.sort()
    const column = () => new Uint32Array(count)
    const [from, to, amountLo, amountHi] = [column(), column(), column(), column()]
    for (let i = 0; i < count; i++) {
      const which = (keys[i] as number) % 2 ** 21
      const one = pieces[pieceAt[which] as number] as Piece<SparseSection>
      const k = placeAt[which] as number
      from[i] = one.section.from[k] as number
      to[i] = one.section.to[k] as number
      amountLo[i] = one.section.amountLo[k] as number
      amountHi[i] = one.section.amountHi[k] as number
      this.from[this.at] = from[i] as number
      this.pieceOf[this.at] = one.piece
      this.placeOf[this.at++] = k
    }
    this.sections.push({ kind: 'sparse', from, to, amountLo, amountHi })
  }
}

export function mergeSections(
  dense: readonly Piece<DenseSection>[],
  sparse: readonly Piece<SparseSection>[],
): Merged {
  const total = [...dense, ...sparse].reduce((sum, { section }) => sum + section.count, 0)
  const merge = new Merge(total)
  const byCohort = new Map<number, Piece<DenseSection>[]>()
  for (const piece of dense) {
    const known = byCohort.get(piece.section.cohort)
    if (known) known.push(piece)
    else byCohort.set(piece.section.cohort, [piece])
  }
  for (const cohort of [...byCohort.keys()].sort((a, b) => a - b)) {
    merge.dense(byCohort.get(cohort) as Piece<DenseSection>[])
  }
  if (sparse.length > 0) merge.sparse(sparse)
  return merge
}
