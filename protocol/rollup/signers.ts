// Whose keys are under the aggregate of a batch: whole or partial cohorts, whose sums can be kept,
// and single accounts.

import { COHORT_SIZE } from '../params.ts'
import { BITMAP_BYTES, type Body } from './body-layout.ts'
import { cohortOf, memberOf } from './layout.ts'

export interface CohortSigners {
  readonly cohort: number
  /** 512 bytes, bit i = member i signed, at least one; undefined when all 4,096 did. */
  readonly present: Uint8Array | undefined
}

export interface Signers {
  /** Each cohort at most once. */
  readonly dense: readonly CohortSigners[]
  /** Indices in rising order, none of them in `dense`. */
  readonly sparse: Uint32Array
}

/** Accounts of one cohort that follow one another, and what their keys are made of. */
export interface KeyRun {
  readonly first: number
  readonly count: number
  /** 48 or 96 bytes each; undefined where they follow from the indices. */
  readonly keys: Uint8Array | undefined
}

/** Keys can be made ready before a batch needs them, by somebody else. */
export interface KeysAhead {
  /** What is to be made; undefined where it is here already, and where there is no room for it. */
  runOf(first: number, count: number): KeyRun | undefined
  /** `made`: what compute/crypto/make-keys.ts gives. */
  hold(run: KeyRun, made: Uint8Array): void
  readonly bytesHeld: number
}

/** The registered keys, and the one check that needs many of them at once. */
export interface CosignerKeys {
  readonly ahead?: KeysAhead
  /** FastAggregateVerify of a 96-byte signature. False for unknown signers, nobody and rubbish. */
  verify(signers: Signers, digest: Uint8Array, signature: Uint8Array): boolean
  /** The key of one co-signer, 96 bytes, uncompressed; undefined where it is not registered. */
  cosignKey(index: number): Uint8Array | undefined
  /** The 32-byte key of ordinary signatures; undefined for an account that is not registered. */
  spendKey(index: number): Uint8Array | undefined
}

/** From so many members of a cohort on, a bitmap is shorter than their indices. */
const DENSE_MIN = BITMAP_BYTES / 4

function clearBit(bitmap: Uint8Array, member: number): void {
  bitmap[member >>> 3] = (bitmap[member >>> 3] as number) & ~(1 << (member & 7))
}

/** Members of the bitmap in rising order: those of the positions after the section's first. */
function membersAt(present: Uint8Array | undefined, positions: readonly number[]): number[] {
  if (!present) return [...positions]
  const members: number[] = []
  let position = 0
  let next = 0
  for (let member = 0; member < COHORT_SIZE && next < positions.length; member++) {
    if (((present[member >>> 3] as number) >>> (member & 7)) & 1) {
      if (position++ === positions[next]) {
        members.push(member)
        next++
      }
    }
  }
  return members
}

/** Those that co-signed: the senders of the batch less the absent ones. */
export function signersOf(body: Body): Signers {
  const dense: CohortSigners[] = []
  let sparse: Uint32Array = new Uint32Array(0)
  const { positions } = body.absent
  let at = 0
  for (const section of body.sections) {
    const absent: number[] = []
    const end = section.first + section.count
    for (; at < positions.length && (positions[at] as number) < end; at++) {
      absent.push((positions[at] as number) - section.first)
    }
    if (absent.length === section.count) continue
    if (section.kind === 'sparse') {
      const gone = new Set(absent)
      sparse = gone.size === 0 ? section.from : section.from.filter((_, i) => !gone.has(i))
    } else if (absent.length === 0) {
      dense.push({ cohort: section.cohort, present: section.present })
    } else {
      const { cohort } = section
      const present = section.present?.slice() ?? new Uint8Array(BITMAP_BYTES).fill(0xff)
      for (const member of membersAt(section.present, absent)) clearBit(present, member)
      dense.push({ cohort, present })
    }
  }
  return { dense, sparse }
}

/** The same for any accounts; `indices` rise strictly. */
export function signersOfIndices(indices: Uint32Array): Signers {
  const dense: CohortSigners[] = []
  const sparse: number[] = []
  for (let start = 0, end = 0; start < indices.length; start = end) {
    const cohort = cohortOf(indices[start] as number)
    while (end < indices.length && cohortOf(indices[end] as number) === cohort) end++
    if (end - start < DENSE_MIN) {
      for (let i = start; i < end; i++) sparse.push(indices[i] as number)
    } else if (end - start === COHORT_SIZE) {
      dense.push({ cohort, present: undefined })
    } else {
      const present = new Uint8Array(BITMAP_BYTES)
      for (let i = start; i < end; i++) {
        const member = memberOf(indices[i] as number)
        present[member >>> 3] = (present[member >>> 3] as number) | (1 << (member & 7))
      }
      dense.push({ cohort, present })
    }
  }
  return { dense, sparse: Uint32Array.from(sparse) }
}
