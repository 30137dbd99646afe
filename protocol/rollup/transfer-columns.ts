// All transfers of a body as flat columns in batch order, whatever sections they came in.

import { COHORT_SIZE } from '../params.ts'
import type { Body, DenseSection } from './body-layout.ts'

/** Each column has one value for each transfer. Amounts are 64-bit, in two words. */
export interface TransferColumns {
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly amountLo: Uint32Array
  readonly amountHi: Uint32Array
}

/** Indices of the section's senders, written from `at` on. */
export function writeDenseSenders(section: DenseSection, out: Uint32Array, at: number): void {
  const base = section.cohort * COHORT_SIZE
  const { present } = section
  if (!present) {
    for (let i = 0; i < COHORT_SIZE; i++) out[at + i] = base + i
    return
  }
  let next = at
  for (let i = 0; i < present.length; i++) {
    let byte = present[i] as number
    for (let member = base + 8 * i; byte !== 0; byte >>>= 1, member++) {
      if (byte & 1) out[next++] = member
    }
  }
}

/** The column `from` alone. */
export function transferSenders(body: Pick<Body, 'transfers' | 'sections'>): Uint32Array {
  const from = new Uint32Array(body.transfers)
  for (const section of body.sections) {
    if (section.kind === 'dense') writeDenseSenders(section, from, section.first)
    else from.set(section.from, section.first)
  }
  return from
}

export function transferColumns(body: Pick<Body, 'transfers' | 'sections'>): TransferColumns {
  const column = () => new Uint32Array(body.transfers)
  const [from, to, amountLo, amountHi] = [transferSenders(body), column(), column(), column()]
  for (const section of body.sections) {
    to.set(section.to, section.first)
    if (section.kind === 'dense') {
      amountLo.set(section.amount, section.first)
    } else {
      amountLo.set(section.amountLo, section.first)
      amountHi.set(section.amountHi, section.first)
    }
  }
  return { from, to, amountLo, amountHi }
}

const LEAF_WORDS = 8

/**
 * Writes the leaves of the transfer tree, as `transferLeaf` makes them. `nonceOf` is asked with
 * each sender's index, for the nonce before the batch.
 */
export function writeTransferLeaves(
  columns: TransferColumns,
  nonceOf: (index: number) => number,
  out: Uint8Array,
): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length / 4)
  const { from, to, amountLo, amountHi } = columns
  for (let i = 0, at = 0; i < from.length; i++, at += LEAF_WORDS) {
    words[at] = from[i] as number
    words[at + 1] = nonceOf(from[i] as number)
    words[at + 2] = to[i] as number
    words[at + 3] = 0
    words[at + 4] = amountLo[i] as number
    words[at + 5] = amountHi[i] as number
    words[at + 6] = 0
    words[at + 7] = 0
  }
}
