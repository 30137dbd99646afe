// Interleaved rounds: every contestant runs once a round, so that whatever else the machine does
// hits all of them alike; what counts is the median of each and of the ratios within a round.

export type Contestant = () => Promise<number> | number

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] as number
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] as number) + high) / 2
}

export class Rounds {
  private readonly rates = new Map<string, number[]>()

  /** Each contestant returns a rate; the first round warms up and does not count. */
  async run(count: number, contestants: Readonly<Record<string, Contestant>>): Promise<void> {
    for (let round = 0; round <= count; round++) {
      for (const [name, contestant] of Object.entries(contestants)) {
        const rate = await contestant()
        if (round === 0) continue
        const rates = this.rates.get(name) ?? []
        rates.push(rate)
        this.rates.set(name, rates)
      }
    }
  }

  median(name: string): number {
    return median(this.all(name))
  }

  /** The median of `name` over `base`, each pair from one round. */
  ratio(name: string, base: string): number {
    const bases = this.all(base)
    return median(this.all(name).map((rate, round) => rate / (bases[round] as number)))
  }

  private all(name: string): number[] {
    const rates = this.rates.get(name)
    if (!rates || rates.length === 0) throw new Error(`${name} did not run`)
    return rates
  }
}

/** Operations a second. */
export async function rateOf(operations: number, run: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await run()
  return (operations / (performance.now() - started)) * 1000
}
