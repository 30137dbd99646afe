// One transaction on the state: checks, fee, transfer or module call, receipt. Gas is charged as
// on Ethereum (EIP-1559); the tip goes to the proposer; base fees are shared out at the end of the
// block.

import type { Hex } from '../../lib/hex.ts'
import type { TransactionRefusal } from '../errors/transaction-refusals.ts'
import type { Log } from '../modules/module.ts'
import { EPOCH_ADDRESS } from '../params.ts'
import type { Overlay } from '../state/overlay.ts'
import type { Transaction, UnsignedTransaction } from '../transaction/transaction.ts'
import { callModule } from './call-module.ts'
import type { ExecutionEnv } from './execution-env.ts'
import { intrinsicGas } from './intrinsic-gas.ts'

export type Applied =
  | {
      readonly ok: true
      readonly succeeded: boolean
      readonly gasUsed: number
      readonly logs: readonly Log[]
      readonly output: Uint8Array
    }
  | { readonly ok: false; readonly code: TransactionRefusal }

function refuse(code: TransactionRefusal): Applied {
  return { ok: false, code }
}

/** Checks that need no state. */
export function checkStateless(
  tx: UnsignedTransaction,
  env: { readonly chainId: bigint; readonly gasLimit: number },
): TransactionRefusal | undefined {
  if (tx.chainId !== env.chainId) return 'WRONG_CHAIN'
  if (tx.to === undefined) return 'CREATION_UNSUPPORTED'
  if (tx.nonce >= Number.MAX_SAFE_INTEGER) return 'NONCE_MAX'
  if (tx.maxPriorityFeePerGas > tx.maxFeePerGas) return 'TIP_ABOVE_FEE_CAP'
  if (tx.gasLimit > env.gasLimit) return 'GAS_LIMIT_EXCEEDED'
  const { intrinsic, floor } = intrinsicGas(tx)
  if (tx.gasLimit < intrinsic) return 'INTRINSIC_GAS_TOO_LOW'
  if (tx.gasLimit < floor) return 'FLOOR_GAS_TOO_LOW'
  return undefined
}

function checkState(
  overlay: Overlay,
  env: ExecutionEnv,
  tx: UnsignedTransaction,
  sender: Hex,
): TransactionRefusal | undefined {
  const nonce = overlay.nonce(sender)
  if (tx.nonce < nonce) return 'NONCE_TOO_LOW'
  if (tx.nonce > nonce) return 'NONCE_TOO_HIGH'
  if (tx.maxFeePerGas < env.baseFee) return 'FEE_CAP_TOO_LOW'
  const most = BigInt(tx.gasLimit) * tx.maxFeePerGas + tx.value
  return overlay.balance(sender) < most ? 'INSUFFICIENT_FUNDS' : undefined
}

/** `gasLeft` is what the block has left. A refusal changes nothing. */
export function applyTransaction(
  overlay: Overlay,
  env: ExecutionEnv,
  tx: Transaction,
  sender: Hex,
  gasLeft: number,
): Applied {
  const refusal = checkStateless(tx, env) ?? checkState(overlay, env, tx, sender)
  if (refusal) return refuse(refusal)
  if (tx.gasLimit > gasLeft) return refuse('BLOCK_FULL')
  overlay.raiseNonce(sender)
  const run = execute(overlay, env, tx, sender)
  const gas = BigInt(run.gasUsed)
  const room = tx.maxFeePerGas - env.baseFee
  const tip = tx.maxPriorityFeePerGas < room ? tx.maxPriorityFeePerGas : room
  overlay.transfer(sender, EPOCH_ADDRESS, gas * env.baseFee)
  overlay.transfer(sender, env.coinbase, gas * tip)
  return { ok: true, ...run }
}

const NO_OUTPUT = new Uint8Array(0)

/** Moves the value and runs the module, if the target is one. Fees are not taken here. */
export function execute(
  overlay: Overlay,
  env: ExecutionEnv,
  tx: UnsignedTransaction,
  sender: Hex,
): { succeeded: boolean; gasUsed: number; logs: readonly Log[]; output: Uint8Array } {
  const to = tx.to as Hex
  const { intrinsic, floor } = intrinsicGas(tx)
  const module = env.modules.get(to)
  if (!module) {
    overlay.transfer(sender, to, tx.value)
    return { succeeded: true, gasUsed: Math.max(intrinsic, floor), logs: [], output: NO_OUTPUT }
  }
  const needed = Math.max(intrinsic + module.gas(tx.data), floor)
  if (tx.gasLimit < needed) {
    return { succeeded: false, gasUsed: tx.gasLimit, logs: [], output: NO_OUTPUT }
  }
  const call = { caller: sender, value: tx.value, data: tx.data }
  const { result, logs } = callModule(overlay, env, module, call)
  return { succeeded: result.ok, gasUsed: needed, logs, output: result.output }
}
