// How long senders are waited for. A window that is fixed is too short on a machine that is busy:
// then nobody answers in time, everything is dropped, and what is sent again makes it busier still.

import { ROLLUP_COSIGN_MAX_MS, ROLLUP_COSIGN_MS } from '../../config/limits.ts'

/** Of what the last to answer takes, smoothed: more than most answers ever need. */
const MARGIN = 4
const SMOOTHING = 4

export class CosignWindow {
  /** Nothing is known at first, so there is time. */
  private answerMs = ROLLUP_COSIGN_MAX_MS / MARGIN
  private slowestMs: number | undefined

  get ms(): number {
    const wanted = Math.max(ROLLUP_COSIGN_MS, MARGIN * this.answerMs)
    return Math.ceil(Math.min(ROLLUP_COSIGN_MAX_MS, wanted))
  }

  /** One of those who were asked has answered, after so long. */
  answered(afterMs: number): void {
    this.slowestMs = Math.max(afterMs, this.slowestMs ?? 0)
  }

  /** Nobody is waited for any more: everybody has answered, or time is up. */
  ended(): void {
    // Where nobody at all answered it is more likely us than all of them.
    const slowest = this.slowestMs ?? 2 * Math.max(this.answerMs, ROLLUP_COSIGN_MS / MARGIN)
    this.answerMs += (slowest - this.answerMs) / (this.slowestMs === undefined ? 1 : SMOOTHING)
    this.answerMs = Math.min(this.answerMs, ROLLUP_COSIGN_MAX_MS)
    this.slowestMs = undefined
  }
}
