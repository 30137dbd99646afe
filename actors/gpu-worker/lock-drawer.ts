// The locks of the rollup that pay a provider: what he signs for them, and which he does not give
// back because he has signed for his price.

import { GPU_WORKER_SIGNED_MAX } from '../../config/shard-limits.ts'
import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import type { UnsignedReceipt } from '../../protocol/receipt/receipt-v2.ts'
import { encodeSentOperation } from '../../protocol/rollup/sent-operation.ts'
import { type HeldLock, signRelease, signSettle } from '../../protocol/rollup/sign-operation.ts'
import type { RollupKeys } from './gpu-worker.ts'

export interface Released {
  readonly code: string
  readonly operation: Uint8Array
}

const nothing = (code: string): Released => ({ code, operation: new Uint8Array(0) })

export class LockDrawer {
  private readonly keys: RollupKeys | undefined
  /** By lock and use, the oldest first. */
  private readonly signed = new Set<string>()

  constructor(keys: RollupKeys | undefined) {
    this.keys = keys
  }

  /** Why a job is not worth beginning; `priceWei`: what it may cost. */
  whyNot({ lock, amount }: HeldLock, priceWei: bigint): string | undefined {
    if (!this.keys) return 'this provider has no keys for the rollup'
    if (priceWei % ROLLUP_UNIT_WEI !== 0n) return 'the price is not in whole units of the rollup'
    if (amount * ROLLUP_UNIT_WEI >= priceWei) return undefined
    return `lock ${lock} holds ${amount} units, the price is ${priceWei / ROLLUP_UNIT_WEI}`
  }

  /** The settle that pays a receipt, as it travels. Only of locks that `whyNot` finds good. */
  settle(held: HeldLock, receipt: UnsignedReceipt): Uint8Array | undefined {
    if (!this.keys) return undefined
    const { genesisHash, sign } = this.keys
    this.remember(keyOf(held))
    return encodeSentOperation(signSettle(genesisHash, held, receipt, sign))
  }

  /** The receipt was not accepted: nobody will be paid for it. */
  refused(held: HeldLock): void {
    this.signed.delete(keyOf(held))
  }

  release(held: HeldLock): Released {
    if (!this.keys) return nothing('NO_ROLLUP')
    if (this.signed.has(keyOf(held))) return nothing('SETTLE_SIGNED')
    const { genesisHash, sign } = this.keys
    return { code: '', operation: encodeSentOperation(signRelease(genesisHash, held, sign)) }
  }

  private remember(key: string): void {
    this.signed.add(key)
    for (const oldest of this.signed) {
      if (this.signed.size <= GPU_WORKER_SIGNED_MAX) return
      this.signed.delete(oldest)
    }
  }
}

function keyOf({ lock, use }: HeldLock): string {
  return `${lock} ${use}`
}
