// The money of every job, read from final blocks: an escrow ends once, pays nobody but the provider
// that was assigned, never more than the price, and every wei of it is accounted for.

import type { Hex } from '../../../lib/hex.ts'
import type { MarketLog } from '../../../protocol/market/market-log.ts'

interface Escrow {
  readonly priceCap: bigint
  provider: Hex | undefined
  price: bigint
  end: 'open' | 'settled' | 'refunded'
}

export class EscrowChecker {
  private readonly violations: string[]
  private readonly escrows = new Map<Hex, Escrow>()
  private readonly receipts = new Map<Hex, Hex>()

  constructor(violations: string[]) {
    this.violations = violations
  }

  private violate(text: string): void {
    this.violations.push(`escrow: ${text}`)
  }

  /** One log of a final block, in the order of the chain. */
  read(log: MarketLog): void {
    switch (log.event) {
      case 'EscrowOpened':
        if (this.escrows.has(log.jobId)) this.violate(`${log.jobId} was opened twice`)
        else {
          const { priceCap } = log
          this.escrows.set(log.jobId, { priceCap, provider: undefined, price: 0n, end: 'open' })
        }
        break
      case 'Assigned':
        this.assigned(log)
        break
      case 'Settled':
        this.settled(log)
        break
      case 'Refunded':
        this.end(log.jobId, 'refunded')
        break
      default:
    }
  }

  private assigned({ jobId, provider, price }: Extract<MarketLog, { event: 'Assigned' }>): void {
    const escrow = this.escrows.get(jobId)
    if (escrow?.end !== 'open') this.violate(`${jobId} was assigned without an open escrow`)
    else if (price > escrow.priceCap) this.violate(`${jobId} costs ${price} of ${escrow.priceCap}`)
    else {
      escrow.provider = provider
      escrow.price = price
    }
  }

  private settled(log: Extract<MarketLog, { event: 'Settled' }>): void {
    const { jobId, provider, amount, refunded, receiptHash } = log
    const escrow = this.end(jobId, 'settled')
    if (!escrow) return
    if (provider !== escrow.provider) this.violate(`${jobId} paid ${provider}, not the assigned`)
    if (amount > escrow.price) this.violate(`${jobId} paid ${amount} of a price of ${escrow.price}`)
    if (amount + refunded !== escrow.priceCap) {
      this.violate(`${jobId} paid ${amount} and returned ${refunded} of ${escrow.priceCap}`)
    }
    const known = this.receipts.get(receiptHash)
    if (known) this.violate(`one receipt settled ${known} and ${jobId}`)
    this.receipts.set(receiptHash, jobId)
  }

  private end(jobId: Hex, how: 'settled' | 'refunded'): Escrow | undefined {
    const escrow = this.escrows.get(jobId)
    if (!escrow || escrow.end !== 'open') {
      this.violate(`${jobId} was ${how} after it was ${escrow?.end ?? 'never opened'}`)
      return undefined
    }
    escrow.end = how
    return escrow
  }

  /** What consumers were told of their jobs: a failed one is never paid, a done one never unpaid. */
  compare(endedJobs: ReadonlyMap<Hex, string>): void {
    for (const [job, state] of endedJobs) {
      const end = this.escrows.get(job)?.end
      if (state === 'completed' && end === 'refunded') this.violate(`${job} is done and refunded`)
      if (state !== 'completed' && end === 'settled') this.violate(`${job} ${state} and was paid`)
    }
  }
}
