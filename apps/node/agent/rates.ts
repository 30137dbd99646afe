// Messages a second of each actor: how its count grew over the last second or two. Whoever asks
// more often is told of the same stretch of time, so several readers do not disturb each other.

const WINDOW_MS = 1000

export class Rates {
  private readonly now: () => number
  private at: number
  private before = new Map<string, number>()
  private rates = new Map<string, number>()
  private next: Map<string, number> | undefined
  private seconds = 0

  constructor(now: () => number = () => performance.now()) {
    this.now = now
    this.at = now()
  }

  of(id: string, count: number): number {
    if (!this.next) {
      const ms = this.now() - this.at
      if (ms < WINDOW_MS) return this.rates.get(id) ?? 0
      this.next = new Map()
      this.rates = new Map()
      this.seconds = ms / 1000
    }
    this.next.set(id, count)
    const rate = Math.max(0, count - (this.before.get(id) ?? count)) / this.seconds
    this.rates.set(id, rate)
    return rate
  }

  /** All actors of one reading were asked for. */
  done(): void {
    if (!this.next) return
    this.before = this.next
    this.next = undefined
    this.at = this.now()
  }
}
