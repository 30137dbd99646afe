// Calldata of the market's functions with named arguments, for the scheduler, the SDK and tests.

import type { Hex } from '../../lib/hex.ts'
import { decodeArguments } from '../abi/codec.ts'
import { encodeCall } from '../abi/function.ts'
import { ESCROW_STATES, type Escrow, type EscrowState } from './escrow.ts'
import * as abi from './market-abi.ts'
import type { Settlement } from './settlement-digest.ts'

export interface EscrowTerms {
  readonly jobId: Hex
  readonly requestHash: Hex
  readonly modelRoot: Hex
  /** Wei. */
  readonly priceCap: bigint
  /** Unix seconds. */
  readonly deadline: bigint
}

export const encodeDeposit = () => encodeCall(abi.DEPOSIT, [])
export const encodeWithdraw = (amount: bigint) => encodeCall(abi.WITHDRAW, [amount])
export const encodeDepositOf = (owner: Hex) => encodeCall(abi.DEPOSIT_OF, [owner])
export const encodeEscrowOf = (jobId: Hex) => encodeCall(abi.ESCROW_OF, [jobId])
export const encodeCancel = (jobId: Hex) => encodeCall(abi.CANCEL, [jobId])
export const encodeRefund = (jobId: Hex) => encodeCall(abi.REFUND, [jobId])

export function encodeAuthorize(operator: Hex, allowance: bigint): Uint8Array {
  return encodeCall(abi.AUTHORIZE, [operator, allowance])
}

export function encodeAllowanceOf(owner: Hex, operator: Hex): Uint8Array {
  return encodeCall(abi.ALLOWANCE_OF, [owner, operator])
}

/** To be sent with `value` equal to `priceCap`. */
export function encodeOpenEscrow(terms: EscrowTerms & { readonly coordinator: Hex }): Uint8Array {
  const { jobId, coordinator, requestHash, modelRoot, priceCap, deadline } = terms
  const args = [jobId, coordinator, requestHash, modelRoot, priceCap, deadline] as const
  return encodeCall(abi.OPEN_ESCROW, args)
}

export function encodeOpenEscrowFor(terms: EscrowTerms & { readonly consumer: Hex }): Uint8Array {
  const { jobId, consumer, requestHash, modelRoot, priceCap, deadline } = terms
  const args = [consumer, jobId, requestHash, modelRoot, priceCap, deadline] as const
  return encodeCall(abi.OPEN_ESCROW_FOR, args)
}

export function encodeAssign(
  jobId: Hex,
  provider: Hex,
  price: bigint,
  leaseUntil: bigint,
): Uint8Array {
  return encodeCall(abi.ASSIGN, [jobId, provider, price, leaseUntil])
}

/** `signature`: the provider's 65 bytes over `settlementDigest`, v 27 or 28. */
export function encodeSettle(settlement: Settlement, signature: Uint8Array): Uint8Array {
  const { jobId, receiptHash, outputHash, units, amount } = settlement
  return encodeCall(abi.SETTLE, [jobId, receiptHash, outputHash, units, amount, signature])
}

export function encodeFail(jobId: Hex, reason: number): Uint8Array {
  return encodeCall(abi.FAIL, [jobId, BigInt(reason)])
}

/** The result of `escrowOf`; state `none` for an unknown job. Throws AbiError. */
export function decodeEscrow(output: Uint8Array): Omit<Escrow, 'fromDeposit'> {
  const values = decodeArguments(abi.ESCROW_OF.outputs, output)
  const [consumer, coordinator, provider, requestHash, modelRoot, priceCap, price] = values
  const [, , , , , , , deadline, leaseUntil, state, attempts, receiptHash, paid, refunded] = values
  return {
    consumer,
    coordinator,
    provider,
    requestHash,
    modelRoot,
    priceCap,
    price,
    deadline,
    leaseUntil,
    state: ESCROW_STATES[Number(state)] as EscrowState,
    attempts: Number(attempts),
    receiptHash,
    paid,
    refunded,
  }
}
