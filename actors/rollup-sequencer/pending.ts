// Transfers that wait for a batch, in the order in which they came, each sender's one at a time.
// They stay the views of their submissions: nothing is kept for a single transfer but a bit.

import { BATCH_TRANSFERS_MAX, COHORT_SIZE, ROLLUP_ACCOUNTS_MAX } from '../../protocol/params.ts'
import type {
  Body,
  DenseSection,
  Section,
  SparseSection,
} from '../../protocol/rollup/body-layout.ts'
import { keepTransfers } from '../../protocol/rollup/keep-transfers.ts'
import { cohortOf } from '../../protocol/rollup/layout.ts'
import { transferSenders, writeDenseSenders } from '../../protocol/rollup/transfer-columns.ts'
import { type Merged, mergeSections, type Piece } from './merge-sections.ts'

/** What a group gave in one message. */
export interface Submission {
  readonly group: number
  readonly number: number
  /** With the ordinary signatures that it gave, by positions in the submission. */
  readonly body: Body
  /** Of those that it lists as absent, the nonces over which their signatures were found good. */
  readonly nonces?: Uint32Array
}

/** A section of a submission, or what is left of it: `offsets` when some were taken out. */
export interface WaitingPiece {
  readonly submission: Submission
  readonly section: Section
  readonly atMs: number
}

/** What is taken for a batch. `offsetOf`: position within the submission. */
export interface Taken {
  readonly sections: Merged['sections']
  readonly submissions: readonly Submission[]
  /** Each transfer's submission, by its number in `submissions`. */
  readonly submissionOf: Uint32Array
  readonly offsetOf: Uint32Array
  readonly from: Uint32Array
}

export function sendersOf(section: Section): Uint32Array {
  if (section.kind === 'sparse') return section.from
  const senders = new Uint32Array(section.count)
  writeDenseSenders(section, senders, 0)
  return senders
}

export class Pending {
  private queue: WaitingPiece[] = []
  /** Bit of each sender that has a transfer here or in a batch that is not sealed yet. */
  private readonly busy = new Uint8Array(ROLLUP_ACCOUNTS_MAX / 8)
  /** Transfers that wait. */
  size = 0

  /** When the first of those that wait came. */
  get oldestMs(): number | undefined {
    return this.queue[0]?.atMs
  }

  isBusy(sender: number): boolean {
    return (((this.busy[sender >>> 3] as number) >>> (sender & 7)) & 1) === 1
  }

  mark(sender: number): void {
    this.busy[sender >>> 3] = (this.busy[sender >>> 3] as number) | (1 << (sender & 7))
  }

  /** The sender may submit again. */
  free(sender: number): void {
    this.busy[sender >>> 3] = (this.busy[sender >>> 3] as number) & ~(1 << (sender & 7))
  }

  /**
   * Takes in what it can, but nothing at the positions of `bad`; returns those of the other senders
   * that are busy already.
   */
  add(submission: Submission, atMs: number, bad: Iterable<number> = []): number[] {
    const { body } = submission
    const from = transferSenders(body)
    const refused: number[] = []
    const keep = new Uint8Array(body.transfers).fill(1)
    for (const position of bad) keep[position] = 0
    let kept = 0
    for (let i = 0; i < from.length; i++) {
      if (keep[i] === 0) continue
      const sender = from[i] as number
      if (this.isBusy(sender)) {
        keep[i] = 0
        refused.push(i)
      } else kept++
    }
    for (let i = 0; i < from.length; i++) if (keep[i]) this.mark(from[i] as number)
    this.size += kept
    if (kept === body.transfers) {
      for (const section of body.sections) this.queue.push({ submission, section, atMs })
      return refused
    }
    this.addKept(submission, keep, atMs)
    return refused
  }

  /** Offsets are positions in the submission, so what is left becomes sparse pieces with gaps. */
  private addKept(submission: Submission, keep: Uint8Array, atMs: number): void {
    const { sections } = submission.body
    for (const section of sections) {
      for (let i = section.first; i < section.first + section.count; ) {
        if (!keep[i]) {
          i++
          continue
        }
        let end = i
        while (end < section.first + section.count && keep[end]) end++
        const only = new Uint8Array(submission.body.transfers).fill(1, i, end)
        const [parts] = keepTransfers([section], only)
        if (parts) {
          const part = { ...parts, count: end - i, first: i } as Section
          this.queue.push({ submission, section: part, atMs })
        }
        i = end
      }
    }
  }

  /** The next batch's transfers, oldest first; undefined when nothing waits. */
  take(max = BATCH_TRANSFERS_MAX): Taken | undefined {
    const taken: WaitingPiece[] = []
    let left: WaitingPiece[] = []
    const denseCohorts = new Set<number>()
    const sparseCohorts = new Set<number>()
    let total = 0
    for (const [i, piece] of this.queue.entries()) {
      const { section } = piece
      if (total + section.count > max) {
        left = left.concat(this.queue.slice(i))
        break
      }
      // A sender of a cohort with a dense section of other senders waits for the next batch.
      if (
        section.kind === 'dense' ? sparseCohorts.has(section.cohort) : hits(section, denseCohorts)
      ) {
        left.push(piece)
        continue
      }
      if (section.kind === 'dense') denseCohorts.add(section.cohort)
      else for (const sender of section.from) sparseCohorts.add(cohortOf(sender))
      taken.push(piece)
      total += section.count
    }
    if (taken.length === 0) return undefined
    this.queue = left
    this.size -= total
    return merged(taken)
  }

  /** Throws away what a group has waiting. */
  forget(group: number): void {
    const left: WaitingPiece[] = []
    for (const piece of this.queue) {
      if (piece.submission.group !== group) {
        left.push(piece)
        continue
      }
      this.size -= piece.section.count
      for (const sender of sendersOf(piece.section)) this.free(sender)
    }
    this.queue = left
  }
}

function hits(section: SparseSection, cohorts: ReadonlySet<number>): boolean {
  if (cohorts.size === 0) return false
  for (const sender of section.from) if (cohorts.has(Math.floor(sender / COHORT_SIZE))) return true
  return false
}

function merged(taken: readonly WaitingPiece[]): Taken {
  const dense: Piece<DenseSection>[] = []
  const sparse: Piece<SparseSection>[] = []
  const submissions: Submission[] = []
  const numbers = new Map<Submission, number>()
  for (const [piece, { section, submission }] of taken.entries()) {
    if (section.kind === 'dense') dense.push({ section, piece })
    else sparse.push({ section, piece })
    if (numbers.has(submission)) continue
    numbers.set(submission, submissions.length)
    submissions.push(submission)
  }
  const { sections, pieceOf, placeOf, from } = mergeSections(dense, sparse)
  const submissionOf = pieceOf
  const offsetOf = placeOf
  const numberOf = taken.map(({ submission }) => numbers.get(submission) as number)
  const firstOf = taken.map(({ section }) => section.first)
  for (let i = 0; i < from.length; i++) {
    const piece = pieceOf[i] as number
    offsetOf[i] = (placeOf[i] as number) + (firstOf[piece] as number)
    submissionOf[i] = numberOf[piece] as number
  }
  return { sections, submissions, submissionOf, offsetOf, from }
}
