// A histogram whose buckets double: small enough to keep for every kind of event, exact in count
// and sum, and within a factor of two in between.

/** Bucket i counts values below 2^i that are in no earlier one; the last has everything above. */
export const LOG2_BUCKETS = 32

export interface HistogramView {
  readonly buckets: number[]
  readonly sum: number
}

export class Log2Histogram {
  private readonly buckets: number[] = new Array(LOG2_BUCKETS).fill(0)
  private sum = 0

  /** Values below zero count as zero. */
  add(value: number): void {
    const at = Math.max(0, value)
    const bucket = at < 1 ? 0 : Math.min(LOG2_BUCKETS - 1, 1 + Math.floor(Math.log2(at)))
    this.buckets[bucket] = (this.buckets[bucket] as number) + 1
    this.sum += at
  }

  view(): HistogramView {
    return { buckets: [...this.buckets], sum: this.sum }
  }
}
