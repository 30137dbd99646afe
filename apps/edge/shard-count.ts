// How many shards the rollup has. Governance may change it, so a node is asked again and again,
// when somebody wants to know.

/** So long it is believed what a node has said; by whoever found nothing where it should be. */
const KNOWN_MS = 2000
const DOUBTED_MS = 100

export class ShardCount {
  /** As far as is known; what the genesis named at first. */
  known: number
  private readonly ask: () => Promise<{ readonly shards: number }>
  private askedMs = Number.NEGATIVE_INFINITY

  constructor(atFirst: number, ask: () => Promise<{ readonly shards: number }>) {
    this.known = atFirst
    this.ask = ask
  }

  /** Asks when that was long ago; at most one ask at a time. Never rejects. */
  async now(isDoubted = false): Promise<number> {
    const at = performance.now()
    if (at - this.askedMs < (isDoubted ? DOUBTED_MS : KNOWN_MS)) return this.known
    this.askedMs = at
    try {
      this.known = (await this.ask()).shards
    } catch {
      // Who does not answer now is asked again, and what fails meanwhile says so itself.
    }
    return this.known
  }
}
