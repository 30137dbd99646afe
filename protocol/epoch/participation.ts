// Who was seen at work in an epoch: one bitmap of validators for each tenth of it. Certificates
// hold a bare quorum when they are made; those that leaders put into blocks have the late votes
// too.

import type { Validator, ValidatorSet } from '../consensus/validator-set.ts'
import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { basisPoints } from './basis-points.ts'
import { slot } from './epoch-storage.ts'

export const WINDOWS = 10
/** With fewer windows seen than this an absence proves nothing. */
const WINDOWS_TO_JUDGE = 5
const FIRST_WINDOW = 0x40
const LAST_VIEW = slot(0x4f)

/** Late votes of the last recorded view count as seen; an older certificate says nothing of now. */
export function markSigners(
  words: Words,
  window: number,
  { view, signers }: { readonly view: number; readonly signers: readonly number[] },
): void {
  const last = words.load(LAST_VIEW)
  if (BigInt(view) < last) return
  if (BigInt(view) > last) words.save(LAST_VIEW, BigInt(view))
  const at = slot(FIRST_WINDOW + window)
  const before = words.load(at)
  let marks = before
  for (const index of signers) marks |= 1n << BigInt(index)
  if (marks !== before) words.save(at, marks)
}

export function clearMarks(words: Words): void {
  words.save(LAST_VIEW, 0n)
  for (let window = 0; window < WINDOWS; window++) {
    const at = slot(FIRST_WINDOW + window)
    if (words.load(at) !== 0n) words.save(at, 0n)
  }
}

export interface Attendance {
  /** By index: in how many windows a validator was seen. */
  readonly marks: readonly number[]
  /** Basis points of authorities seen, over the windows in which anybody was. */
  readonly authorityUptime: number
  /** Authorities that were never seen in an epoch long enough to tell. */
  readonly absent: readonly Validator[]
}

export function attendance(words: ReadWords, { validators }: ValidatorSet): Attendance {
  const seen: bigint[] = []
  for (let window = 0; window < WINDOWS; window++) {
    const marks = words.load(slot(FIRST_WINDOW + window))
    if (marks !== 0n) seen.push(marks)
  }
  const marks = validators.map(
    ({ index }) => seen.filter((window) => (window >> BigInt(index)) & 1n).length,
  )
  const authorities = validators.filter(({ authority }) => authority)
  const isLong = seen.length >= WINDOWS_TO_JUDGE
  const absent = authorities.filter(({ index }) => isLong && marks[index] === 0)
  const marked = authorities.reduce((sum, { index }) => sum + (marks[index] as number), 0)
  const most = authorities.length * seen.length
  return { marks, authorityUptime: basisPoints(BigInt(marked), BigInt(most)), absent }
}
