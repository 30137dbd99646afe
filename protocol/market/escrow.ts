// An escrow as the market module keeps it.

import type { Hex } from '../../lib/hex.ts'
import type { JobState } from './job-table.ts'

/** `running` is not known on chain. The position is the number that `escrowOf` returns. */
export const ESCROW_STATES = [
  'none',
  'pending',
  'assigned',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const satisfies readonly (JobState | 'none')[]

export type EscrowState = (typeof ESCROW_STATES)[number]

export interface Escrow {
  readonly consumer: Hex
  readonly coordinator: Hex
  /** The assigned provider, the only possible payee; the zero address before. */
  readonly provider: Hex
  readonly requestHash: Hex
  readonly modelRoot: Hex
  /** Wei locked. */
  readonly priceCap: bigint
  /** Wei at most for the assigned provider. */
  readonly price: bigint
  /** Unix seconds. */
  readonly deadline: bigint
  readonly leaseUntil: bigint
  readonly state: EscrowState
  readonly attempts: number
  /** True if locked from the consumer's market deposit: refunds go back there. */
  readonly fromDeposit: boolean
  readonly receiptHash: Hex
  readonly paid: bigint
  readonly refunded: bigint
}

export const ZERO_ADDRESS: Hex = `0x${'0'.repeat(40)}`
export const ZERO_HASH: Hex = `0x${'0'.repeat(64)}`
