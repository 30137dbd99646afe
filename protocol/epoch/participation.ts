// Who was seen at work in an epoch: one bitmap of validators for each tenth of it. Certificates
// hold a bare quorum when they are made; those that leaders put into blocks have the late votes
// too.

import type { ValidatorSet } from '../consensus/validator-set.ts'
import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { basisPoints } from './basis-points.ts'
import { slot } from './epoch-storage.ts'

export const WINDOWS = 10
/** With fewer windows seen than this an absence proves nothing. */
const WINDOWS_TO_JUDGE = 5
const FIRST_WINDOW = 0x40
const LAST_VIEW = slot(0x4f)

/**
 * True when the view is above all that this epoch has recorded: each is paid for once. Late votes
 * of the last one count as seen; an older certificate says nothing of now.
 */
export function markSigners(
  words: Words,
  window: number,
  { view, signers }: { readonly view: number; readonly signers: readonly number[] },
): boolean {
  const last = words.load(LAST_VIEW)
  if (BigInt(view) < last) return false
  if (BigInt(view) > last) words.save(LAST_VIEW, BigInt(view))
  const at = slot(FIRST_WINDOW + window)
  const before = words.load(at)
  let marks = before
  for (const index of signers) marks |= 1n << BigInt(index)
  if (marks !== before) words.save(at, marks)
  return BigInt(view) > last
}

export function clearMarks(words: Words): void {
  words.save(LAST_VIEW, 0n)
  for (let window = 0; window < WINDOWS; window++) {
    const at = slot(FIRST_WINDOW + window)
    if (words.load(at) !== 0n) words.save(at, 0n)
  }
}

export interface Attendance {
  /** Basis points of authorities seen, over the windows in which anybody was. */
  readonly authorityUptime: number
  /** Indices of authorities that were never seen in an epoch long enough to tell. */
  readonly absent: readonly number[]
}

export function attendance(words: ReadWords, set: ValidatorSet): Attendance {
  const windows: bigint[] = []
  for (let window = 0; window < WINDOWS; window++) {
    const marks = words.load(slot(FIRST_WINDOW + window))
    if (marks !== 0n) windows.push(marks)
  }
  const authorities = set.validators.filter(({ authority }) => authority)
  let seen = 0
  const absent: number[] = []
  for (const { index } of authorities) {
    const marked = windows.filter((marks) => (marks >> BigInt(index)) & 1n).length
    seen += marked
    if (marked === 0 && windows.length >= WINDOWS_TO_JUDGE) absent.push(index)
  }
  const most = authorities.length * windows.length
  return { authorityUptime: basisPoints(BigInt(seen), BigInt(most)), absent }
}
