// Counts of whole numbers in buckets of at most 1/1024 of their value, after HdrHistogram (G.
// Tene): percentiles of millions of values in little memory. Of our own because those of
// node:perf_hooks cannot be sent between processes and take one value at a time
// (docs/decisions/0154).

/** Values below this are counted exactly; above, each power of two has half as many buckets. */
const EXACT = 2048
const HALF = EXACT / 2
const HALF_BITS = 10
/** 2^40 - 1 µs are twelve days. */
const POWER_MAX = 40
const BUCKETS = EXACT + (POWER_MAX - HALF_BITS - 1) * HALF

export interface HistogramState {
  readonly counts: Uint32Array
  readonly max: number
  readonly sum: number
}

function bucketOf(value: number): number {
  if (value < EXACT) return value
  const shift = Math.floor(Math.log2(value)) - HALF_BITS
  const top = Math.floor(value / 2 ** shift)
  // Math.log2 rounds: at the edge of a power it may be one too high.
  if (top < HALF) return bucketAt(shift - 1, value)
  return top >= EXACT ? bucketAt(shift + 1, value) : shift * HALF + top
}

function bucketAt(shift: number, value: number): number {
  return shift * HALF + Math.floor(value / 2 ** shift)
}

/** The highest value that the bucket stands for. */
function highestOf(bucket: number): number {
  if (bucket < EXACT) return bucket
  const shift = Math.floor(bucket / HALF) - 1
  return (bucket - shift * HALF + 1) * 2 ** shift - 1
}

export class HdrHistogram {
  private readonly counts: Uint32Array
  private highest = 0
  private sum = 0
  count = 0

  constructor(state?: HistogramState) {
    this.counts = state?.counts.slice() ?? new Uint32Array(BUCKETS)
    this.highest = state?.max ?? 0
    this.sum = state?.sum ?? 0
    for (const count of this.counts) this.count += count
  }

  /** Of anything below 2^40, rounded down; `times` for values that many share. */
  record(value: number, times = 1): void {
    const whole = Math.min(2 ** POWER_MAX - 1, Math.max(0, Math.floor(value)))
    const bucket = bucketOf(whole)
    this.counts[bucket] = (this.counts[bucket] as number) + times
    this.count += times
    this.sum += whole * times
    if (whole > this.highest) this.highest = whole
  }

  add(other: HdrHistogram): void {
    for (let i = 0; i < BUCKETS; i++) {
      this.counts[i] = (this.counts[i] as number) + (other.counts[i] as number)
    }
    this.count += other.count
    this.sum += other.sum
    this.highest = Math.max(this.highest, other.highest)
  }

  get max(): number {
    return this.highest
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count
  }

  /**
   * Nearest rank: no more than one part in 1024 above the smallest value that at least `share` of
   * all do not exceed. NaN of nothing.
   */
  percentile(share: number): number {
    if (this.count === 0) return Number.NaN
    const rank = Math.max(1, Math.ceil(share * this.count))
    let seen = 0
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.counts[i] as number
      if (seen >= rank) return Math.min(highestOf(i), this.highest)
    }
    return this.highest
  }

  /** What another process makes the same histogram of. */
  state(): HistogramState {
    return { counts: this.counts, max: this.highest, sum: this.sum }
  }
}
