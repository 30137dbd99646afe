// Locking the money of a job, before any work: from the consumer's own account, or from his deposit
// by an operator he authorized, who then coordinates the job.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import { jobIdOf } from '../job/job-id.ts'
import type { ModuleCall } from '../modules/module.ts'
import { MARKET_ADDRESS, MARKET_ESCROW_SECONDS_MAX } from '../params.ts'
import { UNLIMITED_ALLOWANCE } from './deposits.ts'
import { type Escrow, ZERO_ADDRESS, ZERO_HASH } from './escrow.ts'
import { ESCROW_OPENED } from './market-abi.ts'
import type { MarketRefusal, Outcome } from './market-refusals.ts'
import {
  addTo,
  allowanceSlot,
  depositSlot,
  loadEscrow,
  saveEscrow,
  TOTAL_DEPOSITS_SLOT,
  TOTAL_LOCKED_SLOT,
} from './market-storage.ts'

type Terms = Pick<
  Escrow,
  'consumer' | 'coordinator' | 'requestHash' | 'modelRoot' | 'priceCap' | 'deadline' | 'fromDeposit'
>

export function openEscrow(
  call: ModuleCall,
  args: readonly [Hex, Hex, Hex, Hex, bigint, bigint],
): Outcome {
  const [jobId, coordinator, requestHash, modelRoot, priceCap, deadline] = args
  if (call.value !== priceCap) return 'WRONG_VALUE'
  const consumer = call.caller
  const terms = { consumer, coordinator, requestHash, modelRoot, priceCap, deadline }
  const refusal = checkTerms(call, jobId, { ...terms, fromDeposit: false })
  if (refusal !== undefined) return refusal
  return lock(call, jobId, { ...terms, fromDeposit: false })
}

export function openEscrowFor(
  call: ModuleCall,
  args: readonly [Hex, Hex, Hex, Hex, bigint, bigint],
): Outcome {
  const [consumer, jobId, requestHash, modelRoot, priceCap, deadline] = args
  const coordinator = call.caller
  const terms = { consumer, coordinator, requestHash, modelRoot, priceCap, deadline }
  const refusal = checkTerms(call, jobId, { ...terms, fromDeposit: true })
  if (refusal !== undefined) return refusal
  const { state } = call
  const allowance = state.load(allowanceSlot(consumer, coordinator))
  if (allowance < priceCap) return 'ALLOWANCE_TOO_LOW'
  if (state.load(depositSlot(consumer)) < priceCap) return 'DEPOSIT_TOO_LOW'
  if (allowance !== UNLIMITED_ALLOWANCE) {
    state.save(allowanceSlot(consumer, coordinator), allowance - priceCap)
  }
  addTo(state, depositSlot(consumer), -priceCap)
  addTo(state, TOTAL_DEPOSITS_SLOT, -priceCap)
  return lock(call, jobId, { ...terms, fromDeposit: true })
}

function checkTerms(call: ModuleCall, jobId: Hex, terms: Terms): MarketRefusal | undefined {
  const now = BigInt(call.timestamp)
  if (terms.priceCap === 0n) return 'ZERO_AMOUNT'
  if (terms.consumer === ZERO_ADDRESS || terms.coordinator === ZERO_ADDRESS) return 'BAD_ADDRESS'
  if (terms.deadline <= now || terms.deadline > now + BigInt(MARKET_ESCROW_SECONDS_MAX)) {
    return 'BAD_DEADLINE'
  }
  // Bound to its content, so that nobody can occupy the id of another consumer's job.
  if (jobId !== jobIdOf(call.chainId, terms.consumer, terms.requestHash)) return 'WRONG_JOB_ID'
  if (loadEscrow(call.state, jobId) !== undefined) return 'JOB_EXISTS'
  return undefined
}

function lock(call: ModuleCall, jobId: Hex, terms: Terms): Outcome {
  const escrow: Escrow = {
    ...terms,
    provider: ZERO_ADDRESS,
    price: 0n,
    leaseUntil: 0n,
    state: 'pending',
    attempts: 0,
    receiptHash: ZERO_HASH,
    paid: 0n,
    refunded: 0n,
  }
  saveEscrow(call.state, jobId, escrow)
  addTo(call.state, TOTAL_LOCKED_SLOT, terms.priceCap)
  const parties = [jobId, terms.consumer, terms.coordinator] as const
  const data = [terms.requestHash, terms.modelRoot, terms.priceCap, terms.deadline] as const
  call.emit(encodeLog(MARKET_ADDRESS, ESCROW_OPENED, parties, data))
  return EMPTY
}
