// Says whether a peer is up, suspect or down from when it was heard. Pure: time comes in with every
// call. Silence counts only while this side was listening, so that a machine that stood still does
// not take its own pause for its peers' death.

export type Verdict = 'up' | 'suspect' | 'down'

export interface DetectorOptions {
  /** The time between two calls of `check`. */
  readonly everyMs: number
  /** Silence that is never suspect; it grows with what the peer has shown to be usual. */
  readonly suspectAfterMs: number
  /** Silence that always means down. */
  readonly downAfterMs: number
}

/** Weight of the newest gap, as in TCP's estimate of the round trip (RFC 6298). */
const GAIN = 1 / 8
/** Deviations above the mean that are still usual. */
const DEVIATIONS = 4
/** However noisy the peer is, this share of the time to `down` is enough to be suspect. */
const SUSPECT_SHARE_MAX = 0.75
/** A check that comes later than so many periods tells of a pause on this side. */
const LATE_PERIODS = 2

export class FailureDetector {
  private readonly options: DetectorOptions
  private lastCheck: number
  private silenceMs = 0
  private meanGapMs = 0
  private deviationMs = 0
  verdict: Verdict = 'up'

  constructor(now: number, options: DetectorOptions) {
    this.options = options
    this.lastCheck = now
  }

  /** The silence after which the peer is suspect, from the gaps seen so far. */
  get suspectAfterMs(): number {
    const { suspectAfterMs, downAfterMs } = this.options
    const usual = this.meanGapMs + DEVIATIONS * this.deviationMs
    return Math.min(Math.max(suspectAfterMs, usual), SUSPECT_SHARE_MAX * downAfterMs)
  }

  /** The peer was heard. */
  beat(now: number): void {
    if (this.verdict === 'down') return
    this.listen(now)
    const off = Math.abs(this.silenceMs - this.meanGapMs)
    this.meanGapMs += GAIN * (this.silenceMs - this.meanGapMs)
    this.deviationMs += GAIN * (off - this.deviationMs)
    this.silenceMs = 0
    this.verdict = 'up'
  }

  /** Called every `everyMs`. Down is for good. */
  check(now: number): Verdict {
    if (this.verdict === 'down') return 'down'
    this.listen(now)
    if (this.silenceMs >= this.options.downAfterMs) this.verdict = 'down'
    else this.verdict = this.silenceMs >= this.suspectAfterMs ? 'suspect' : 'up'
    return this.verdict
  }

  private listen(now: number): void {
    const passed = Math.max(0, now - this.lastCheck)
    this.silenceMs += Math.min(passed, LATE_PERIODS * this.options.everyMs)
    this.lastCheck = now
  }
}
