// A submission whose transfers are not all over: which of them are, and which run it counts in.

import type { LoadRun } from './load-run.ts'
import type { Submission } from './submission.ts'

export class OpenSubmission {
  readonly submission: Submission
  readonly run: LoadRun
  /** Number of the submission in its run. */
  readonly place: number
  /** Position of its first transfer in that: not 0 for a part that was sent again. */
  readonly base: number
  /** 1 for whom an ordinary signature was given; undefined when nobody's was. */
  readonly absentMarks: Uint8Array | undefined
  private readonly isOver: Uint8Array
  left: number
  /** Whoever took it is gone: from this claim on it may be in any, and nobody will say so. */
  doubtFrom: number | undefined
  /** It was sent before. */
  isAgain = false
  /** The connection that it went out on. */
  group = -1

  constructor(
    submission: Submission,
    run: LoadRun,
    place: number,
    base: number,
    absent: Uint32Array,
  ) {
    this.submission = submission
    this.run = run
    this.place = place
    this.base = base
    this.left = submission.count
    this.isOver = new Uint8Array(submission.count)
    if (absent.length > 0) {
      this.absentMarks = new Uint8Array(submission.count)
      for (const position of absent) this.absentMarks[position] = 1
    }
  }

  /** The transfer is over; false if it was before. */
  end(offset: number): boolean {
    if (this.isOver[offset] !== 0) return false
    this.isOver[offset] = 1
    this.left--
    return true
  }

  isEnded(offset: number): boolean {
    return this.isOver[offset] !== 0
  }

  /** Positions of those who were absent among some of its transfers. */
  absentOf(offset: number, count: number): Uint32Array {
    const positions: number[] = []
    for (let i = 0; i < count; i++) if (this.absentMarks?.[offset + i] === 1) positions.push(i)
    return Uint32Array.from(positions)
  }

  /** Those of a run that are not over, as runs: almost always one. */
  openRuns(offset: number, count: number): { offset: number; count: number }[] {
    const runs: { offset: number; count: number }[] = []
    for (let i = offset; i < offset + count; ) {
      if (this.isOver[i] !== 0) {
        i++
        continue
      }
      let end = i
      while (end < offset + count && this.isOver[end] === 0) end++
      runs.push({ offset: i, count: end - i })
      i = end
    }
    return runs
  }
}
