// Paying for work: the assigned provider's signed settlement pays him, at most the price fixed at
// assignment, and gives the rest back. Anybody may submit it.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { walletSigner } from '../crypto/wallet-signature.ts'
import type { ModuleCall } from '../modules/module.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { SETTLED } from './market-abi.ts'
import type { Outcome } from './market-refusals.ts'
import { addTo, loadEscrow, saveEscrow, TOTAL_LOCKED_SLOT } from './market-storage.ts'
import { openState } from './open-state.ts'
import { giveBack } from './refund.ts'
import { settlementDigest } from './settlement-digest.ts'

export function settle(
  call: ModuleCall,
  args: readonly [Hex, Hex, Hex, bigint, bigint, Uint8Array],
  secp256k1: Secp256k1,
): Outcome {
  const [jobId, receiptHash, outputHash, units, amount, signature] = args
  const escrow = loadEscrow(call.state, jobId)
  if (escrow === undefined) return 'UNKNOWN_JOB'
  const state = openState(escrow, 'settle')
  if (state === undefined) return escrow.state === 'pending' ? 'NOT_ASSIGNED' : 'JOB_ENDED'
  if (BigInt(call.timestamp) > escrow.deadline) return 'DEADLINE_PASSED'
  if (amount > escrow.price) return 'AMOUNT_ABOVE_PRICE'
  const settlement = { jobId, receiptHash, outputHash, units, amount }
  const digest = settlementDigest(call.chainId, settlement)
  if (walletSigner(secp256k1, digest, signature) !== escrow.provider) return 'BAD_SIGNATURE'
  const refunded = escrow.priceCap - amount
  const ended = { ...escrow, state: state.next, receiptHash, paid: amount, refunded }
  saveEscrow(call.state, jobId, ended)
  addTo(call.state, TOTAL_LOCKED_SLOT, -escrow.priceCap)
  if (amount > 0n) call.state.transfer(MARKET_ADDRESS, escrow.provider, amount)
  giveBack(call.state, escrow, refunded)
  const parties = [jobId, escrow.provider, escrow.consumer] as const
  const data = [amount, refunded, receiptHash, outputHash] as const
  call.emit(encodeLog(MARKET_ADDRESS, SETTLED, parties, data))
  return EMPTY
}
