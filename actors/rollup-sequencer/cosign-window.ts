// How long senders are waited for. A window that is fixed is too short on a machine that is busy:
// then nobody answers in time, everything is dropped, and what is sent again makes it busier still.

import { ROLLUP_COSIGN_MAX_MS, ROLLUP_COSIGN_MS } from '../../config/limits.ts'

/** Of what the last to answer took, smoothed: more than most answers ever need. */
const MARGIN = 4
const SMOOTHING = 4

export class CosignWindow {
  private answerMs = 0
  /** Doubles while nobody at all answers in time: it is more likely us than all of them. */
  private least = ROLLUP_COSIGN_MS

  get ms(): number {
    const wanted = Math.max(this.least, MARGIN * this.answerMs)
    return Math.ceil(Math.min(ROLLUP_COSIGN_MAX_MS, wanted))
  }

  /** Everybody who was asked has answered, after so long. */
  answered(afterMs: number): void {
    this.answerMs += (afterMs - this.answerMs) / SMOOTHING
    this.least = ROLLUP_COSIGN_MS
  }

  /** Time is up. Who answered shows how long it takes; who did not must not make all others wait. */
  expired(didAnybodyAnswer: boolean): void {
    if (!didAnybodyAnswer) this.least = Math.min(ROLLUP_COSIGN_MAX_MS, 2 * this.least)
  }
}
