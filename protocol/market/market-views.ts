// The market's view functions.

import type { Hex } from '../../lib/hex.ts'
import { encodeArguments } from '../abi/codec.ts'
import type { ModuleCall } from '../modules/module.ts'
import { ESCROW_STATES, type Escrow, ZERO_ADDRESS, ZERO_HASH } from './escrow.ts'
import { ALLOWANCE_OF, DEPOSIT_OF, ESCROW_OF } from './market-abi.ts'
import type { Outcome } from './market-refusals.ts'
import { allowanceSlot, depositSlot, loadEscrow } from './market-storage.ts'

export function depositOf(call: ModuleCall, [owner]: readonly [Hex]): Outcome {
  return encodeArguments(DEPOSIT_OF.outputs, [call.state.load(depositSlot(owner))])
}

export function allowanceOf(call: ModuleCall, [owner, operator]: readonly [Hex, Hex]): Outcome {
  return encodeArguments(ALLOWANCE_OF.outputs, [call.state.load(allowanceSlot(owner, operator))])
}

const NONE: Omit<Escrow, 'state'> & { state: 'none' } = {
  consumer: ZERO_ADDRESS,
  coordinator: ZERO_ADDRESS,
  provider: ZERO_ADDRESS,
  requestHash: ZERO_HASH,
  modelRoot: ZERO_HASH,
  priceCap: 0n,
  price: 0n,
  deadline: 0n,
  leaseUntil: 0n,
  state: 'none',
  attempts: 0,
  fromDeposit: false,
  receiptHash: ZERO_HASH,
  paid: 0n,
  refunded: 0n,
}

/** All zero for an unknown job. */
export function escrowOf(call: ModuleCall, [jobId]: readonly [Hex]): Outcome {
  const escrow = loadEscrow(call.state, jobId) ?? NONE
  return encodeArguments(ESCROW_OF.outputs, [
    escrow.consumer,
    escrow.coordinator,
    escrow.provider,
    escrow.requestHash,
    escrow.modelRoot,
    escrow.priceCap,
    escrow.price,
    escrow.deadline,
    escrow.leaseUntil,
    BigInt(ESCROW_STATES.indexOf(escrow.state)),
    BigInt(escrow.attempts),
    escrow.receiptHash,
    escrow.paid,
    escrow.refunded,
  ])
}
