// What the scheduler knows of a lock of the rollup that pays a job: what it holds, how long, and
// what the rollup's operations on it say.

import { LOCK_SPARE_BLOCKS } from '../../config/shard-limits.ts'
import { equalBytes } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { BLOCK_TIMES_MS, FREEZE_AFTER_BLOCKS, ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import type { UnsignedReceipt } from '../../protocol/receipt/receipt-v2.ts'
import { settleOf } from '../../protocol/receipt/rollup-settlement.ts'
import { decodeSentOperation, encodeSentOperation } from '../../protocol/rollup/sent-operation.ts'
import type { HeldLock } from '../../protocol/rollup/sign-operation.ts'
import type { JobRecord, LockPayment } from './job-record.ts'

/** A job of which this is true is paid by a lock. */
export type LockedJob = JobRecord & { rollup: LockPayment }

export function isLocked(job: JobRecord): job is LockedJob {
  return job.rollup !== undefined
}

/** A deadline is a height: the fastest mode makes so many blocks a second. */
const BLOCKS_PER_SECOND = 1000 / BLOCK_TIMES_MS[0]
/** Were the shard frozen, the provider could still be paid by the rollup module (0205). */
const SPARE_BLOCKS = FREEZE_AFTER_BLOCKS + LOCK_SPARE_BLOCKS

/** The height until which money must be locked for a job of so many seconds. */
export function lockDeadline(height: number, seconds: number): number {
  return height + SPARE_BLOCKS + Math.ceil(seconds * BLOCKS_PER_SECOND)
}

/** How long a job may take whose money is locked until `deadline`; below 0 for too near a one. */
export function secondsUntil(deadline: number, height: number): number {
  return Math.floor((deadline - height - SPARE_BLOCKS) / BLOCKS_PER_SECOND)
}

export function heldLock({ rollup, priceCap }: LockedJob): HeldLock {
  const { lock, use, owner, payee, deadline } = rollup
  return { lock, use, owner, payee, deadline, amount: priceCap / ROLLUP_UNIT_WEI }
}

/** Whether `bytes` are the settle of this receipt out of the job's lock, as it travels. */
export function isSettleOf(bytes: Uint8Array, receipt: UnsignedReceipt, job: LockedJob): boolean {
  const sent = decodeSentOperation(bytes)
  if (!sent) return false
  const { operation: terms, hash } = settleOf(receipt, job.rollup)
  const { signature } = sent
  return equalBytes(encodeSentOperation({ terms, hash, maxFee: 0, notAfter: 0, signature }), bytes)
}

/** Whether they give all of the job's lock back. */
export function isReleaseOf(bytes: Uint8Array, { rollup }: LockedJob): boolean {
  const terms = decodeSentOperation(bytes)?.terms
  const isOurs = terms?.lock === rollup.lock && terms.use === rollup.use
  return isOurs && terms.kind === 'settle' && terms.amount === 0n
}

/** The hash that the settle of the job's receipt has. */
export function settleHash({ receipt, rollup }: LockedJob): Hex | undefined {
  return receipt === undefined ? undefined : settleOf(JSON.parse(receipt), rollup).hash
}
