// How much of a core this process uses, over the last second or so: whoever asks often is told of
// the same stretch of time.

const WINDOW_MS = 1000

export class ProcessUsage {
  private at = performance.now()
  private used = process.cpuUsage()
  private share = 0

  /** Share of one core; may exceed 1. */
  cpu(): number {
    const now = performance.now()
    const ms = now - this.at
    if (ms >= WINDOW_MS) {
      const { user, system } = process.cpuUsage(this.used)
      this.share = (user + system) / 1000 / ms
      this.used = process.cpuUsage()
      this.at = now
    }
    return this.share
  }
}
