// A call that changes nothing (eth_call, eth_estimateGas): the same code path as a transaction,
// on a state that is thrown away.

import type { Hex } from '../../lib/hex.ts'
import type { TransactionRefusal } from '../errors/transaction-refusals.ts'
import { Overlay } from '../state/overlay.ts'
import type { StateView } from '../state/state-view.ts'
import { execute } from './apply-transaction.ts'
import type { ExecutionEnv } from './execution-env.ts'
import { intrinsicGas } from './intrinsic-gas.ts'

export interface CallRequest {
  readonly from: Hex
  readonly to: Hex | undefined
  readonly value: bigint
  readonly data: Uint8Array
  /** Gas offered; a smaller need is reported in `gasUsed`. */
  readonly gas: number
  /** 0 asks for no balance beyond the value. */
  readonly gasPrice: bigint
}

export interface CallOutcome {
  readonly ok: boolean
  readonly code: TransactionRefusal | 'EXECUTION_REVERTED' | 'OUT_OF_GAS' | ''
  /** The module's output, or ABI Error(string) when reverted. */
  readonly output: Uint8Array
  /** What a transaction would need as its gas limit, and would pay for. */
  readonly gasUsed: number
}

const NO_OUTPUT = new Uint8Array(0)

function refuse(code: CallOutcome['code'], gasUsed = 0): CallOutcome {
  return { ok: false, code, output: NO_OUTPUT, gasUsed }
}

export function call(view: StateView, env: ExecutionEnv, request: CallRequest): CallOutcome {
  const { from, to, value, data, gas, gasPrice } = request
  if (to === undefined) return refuse('CREATION_UNSUPPORTED')
  const overlay = new Overlay(view)
  if (overlay.balance(from) < value + BigInt(gas) * gasPrice) return refuse('INSUFFICIENT_FUNDS')
  const { intrinsic, floor } = intrinsicGas({ data, accessList: [] })
  if (gas < intrinsic) return refuse('INTRINSIC_GAS_TOO_LOW', intrinsic)
  if (gas < floor) return refuse('FLOOR_GAS_TOO_LOW', floor)
  const needed = intrinsic + (env.modules.get(to)?.gas(data) ?? 0)
  if (gas < needed) return refuse('OUT_OF_GAS', needed)
  const run = execute(
    overlay,
    env,
    {
      type: 2,
      chainId: env.chainId,
      nonce: overlay.nonce(from),
      maxFeePerGas: gasPrice,
      maxPriorityFeePerGas: 0n,
      gasLimit: gas,
      to,
      value,
      data,
      accessList: [],
    },
    from,
  )
  const code = run.succeeded ? '' : 'EXECUTION_REVERTED'
  return { ok: run.succeeded, code, output: run.output, gasUsed: run.gasUsed }
}
