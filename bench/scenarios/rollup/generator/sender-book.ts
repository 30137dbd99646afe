// All senders of the generator: who has a transfer under way, and everybody's nonce. Senders take
// turns in the order of their indices, in groups that follow one another.

import { COHORT_SIZE } from '../../../../protocol/params.ts'

export class SenderBook {
  readonly accounts: number
  readonly nonces: Uint32Array
  private readonly isPending: Uint8Array
  private pending = 0
  /** By shard: its senders lie one after the other. */
  private readonly cursors: number[]
  /** The first that sends, in each shard. */
  private readonly reserved: number
  private turn = 0

  constructor(accounts: number, shards = 1, reserved = 0) {
    this.reserved = reserved
    this.cursors = Array.from({ length: shards }, () => reserved)
    this.accounts = accounts
    this.nonces = new Uint32Array(accounts)
    this.isPending = new Uint8Array(accounts)
  }

  get pendingCount(): number {
    return this.pending
  }

  /**
   * First index of the next `count` senders. Less than a cohort comes out of one; more begins with
   * one.
   */
  next(count: number): number {
    const { cursors, accounts } = this
    const shard = this.turn++ % cursors.length
    const each = accounts / cursors.length
    let first = cursors[shard] as number
    const isSplit = count >= COHORT_SIZE || (first % COHORT_SIZE) + count > COHORT_SIZE
    if (isSplit) first = Math.ceil(first / COHORT_SIZE) * COHORT_SIZE
    if (first + count > each) first = this.reserved
    cursors[shard] = first + count
    return shard * each + first
  }

  /** False, and nothing done, if one of them has a transfer under way. */
  begin(first: number, count: number): boolean {
    if (this.isPending.subarray(first, first + count).includes(1)) return false
    this.isPending.fill(1, first, first + count)
    this.pending += count
    return true
  }

  /** Its transfer is over: executed, and then the nonce is used, or not. */
  end(index: number, isExecuted: boolean): void {
    if (isExecuted) this.nonces[index] = (this.nonces[index] as number) + 1
    if (this.isPending[index] === 0) return
    this.isPending[index] = 0
    this.pending--
  }

  /** Of those whose fate was never heard. */
  endAll(): void {
    this.isPending.fill(0)
    this.pending = 0
  }
}
