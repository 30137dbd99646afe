// How much of something may pass: so much a second, and so much at once. Time is the caller's.

export class TokenBucket {
  private readonly perSecond: number
  private readonly burst: number
  private level: number
  private at: number

  /** Full at first; `nowMs` as in `take`. */
  constructor(perSecond: number, burst: number, nowMs: number) {
    this.perSecond = perSecond
    this.burst = burst
    this.level = burst
    this.at = nowMs
  }

  /** Takes `amount`, all of it or nothing; false when there is not so much. */
  take(amount: number, nowMs: number): boolean {
    const passed = Math.max(0, nowMs - this.at)
    this.at = nowMs
    this.level = Math.min(this.burst, this.level + (passed / 1000) * this.perSecond)
    if (amount > this.level) return false
    this.level -= amount
    return true
  }
}
