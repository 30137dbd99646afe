// The scheduler's world with a consumer and providers who have accounts in the rollup.

import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { type JobTerms, termsHash } from '../../../protocol/rollup/operation-digests.ts'
import { keyOf } from '../../protocol/market/market-world.ts'
import { consumer, SchedulerWorld, stranger } from './scheduler-world.ts'
import { spendOf } from './test-rollup.ts'
import type { WorkerProps } from './test-worker.ts'

/** Indices in the rollup. The providers' are in the order of the workers. */
export const [CONSUMER, STRANGER, LOCK, OTHER_LOCK, STRANGERS] = [1, 2, 3, 4, 5] as const
export const PROVIDERS = [10, 11] as const
export const FUNDS = 1_000_000n
export const UNIT_PRICE = 10n

type Quote = ReturnType<SchedulerWorld['quote']>

export class LockWorld extends SchedulerWorld {
  constructor(seed?: number, tokenMs?: number) {
    super(seed, tokenMs)
    const account = (index: number, owner: Hex, balance = 0n) =>
      this.rollup.accounts.set(index, { owner, spendKey: spendOf(index).spendKey, balance })
    account(CONSUMER, consumer.address, FUNDS)
    account(STRANGER, stranger.address, FUNDS)
    for (const [lock, owner] of [
      [LOCK, CONSUMER],
      [OTHER_LOCK, CONSUMER],
      [STRANGERS, STRANGER],
    ] as const) {
      this.rollup.locks.set(lock, { owner, use: 0, held: undefined })
    }
    for (const [i, index] of PROVIDERS.entries()) {
      account(index, keyOf(2 + i).address)
      const props = this.workers[i] as WorkerProps
      const unitPriceWei = UNIT_PRICE * ROLLUP_UNIT_WEI
      this.workers[i] = { ...props, unitPriceWei, rollup: spendOf(index) }
    }
  }

  /** Starts workers and lets the scheduler find their accounts. */
  ready(...workers: number[]): this {
    for (const i of workers) this.startWorker(i)
    this.hosts.run(300)
    return this
  }

  priced(requirements: Record<string, unknown> = {}, prompt?: string): Quote {
    return this.quote(requirements, prompt, 'rollup')
  }

  /** What the consumer locks for a quote; `over` is what he gets wrong. */
  locked(
    quote: Quote,
    over: Partial<JobTerms> & {
      lock?: number
      payee?: number
      amount?: bigint
      deadline?: number
    } = {},
  ): { lock: number; use: number } {
    const { jobId, requestHash, modelRoot } = { ...quote, ...over }
    const payee = over.payee ?? quote.lock?.payee ?? 0
    const deadline = over.deadline ?? quote.lock?.deadline ?? 0
    const amount = over.amount ?? quote.priceWei / ROLLUP_UNIT_WEI
    const hash = bytesToHex(termsHash({ jobId, requestHash, modelRoot }))
    return this.rollup.lock(over.lock ?? LOCK, { payee, amount, deadline }, hash)
  }

  units(index: number): bigint {
    return this.rollup.accounts.get(index)?.balance ?? -1n
  }
}
