// What the generator heard to be final, for the auditor: operations of each batch, and their
// money.

import type { HeardOperations, JobRecord } from './job-messages.ts'
import { LOCKED } from './job-operations.ts'

type Kind = 'locks' | 'settles' | 'refunds'

export class JobRecorder {
  private readonly batches = new Map<number, HeardOperations>()
  private locks = 0n
  private paid = 0n
  private returned = 0n
  private doubtful = 0

  private add(number: number, kind: Kind): void {
    const known = this.batches.get(number) ?? { number, locks: 0, settles: 0, refunds: 0 }
    this.batches.set(number, { ...known, [kind]: known[kind] + 1 })
  }

  locked(number: number): void {
    this.add(number, 'locks')
    this.locks += LOCKED
  }

  settled(number: number, price: bigint): void {
    this.add(number, 'settles')
    this.paid += price
    this.returned += LOCKED - price
  }

  refunded(number: number): void {
    this.add(number, 'refunds')
    this.returned += LOCKED
  }

  doubted(): void {
    this.doubtful++
  }

  record(): JobRecord {
    const batches = [...this.batches.values()].sort((a, b) => a.number - b.number)
    const { locks: locked, paid, returned, doubtful } = this
    return { batches, locked, paid, returned, doubtful }
  }
}
