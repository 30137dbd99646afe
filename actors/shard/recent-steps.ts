// What the last final batches did, while they can be challenged: their traces lead back to the last
// stated root, and show a peer what stands behind a claim that it has found false.

import { ROLLUP_RECENT_STEPS_MAX, ROLLUP_RECENT_TRACES_BYTES } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Point, Step } from './claim-line.ts'

export interface Interval {
  /** Its claim states a root, or it is where the shard began. */
  readonly root: Point
  /** Final batches after it, oldest first. */
  readonly steps: readonly Step[]
}

export class RecentSteps {
  private steps: Step[] = []
  private bytes = 0
  /** Before the first of them; undefined where no root is stated there. */
  private start: Point | undefined

  constructor(start: Point) {
    this.start = start
  }

  /** The state is another one, at a stated root. */
  restart(start: Point): void {
    this.steps = []
    this.bytes = 0
    this.start = start
  }

  final(step: Step): void {
    this.steps.push(step)
    this.bytes += step.undo.trace.byteLength
    const isTooMuch = () =>
      this.bytes > ROLLUP_RECENT_TRACES_BYTES || this.steps.length > ROLLUP_RECENT_STEPS_MAX
    while (isTooMuch()) {
      const gone = this.steps.shift()
      if (!gone) return
      this.bytes -= gone.undo.trace.byteLength
      const { claim, hash } = gone.held
      this.start = claim.stateRoot === undefined ? undefined : { number: claim.number, hash }
    }
  }

  find(hash: Hex): Step | undefined {
    return this.steps.find(({ held }) => held.hash === hash)
  }

  /** Since the last stated root; undefined where that is too long ago. */
  interval(): Interval | undefined {
    const at = this.steps.findLastIndex(({ held }) => held.claim.stateRoot !== undefined)
    const steps = this.steps.slice(at + 1)
    const last = this.steps[at]?.held
    if (!last) return this.start && { root: this.start, steps }
    return { root: { number: last.claim.number, hash: last.hash }, steps }
  }
}
