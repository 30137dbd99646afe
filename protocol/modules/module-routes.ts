// How a module finds the function of a call: by selector, with its gas and whether it takes money.
// Arguments that are not strictly ABI-encoded never reach a function.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { AbiError } from '../abi/codec.ts'
import { type AbiFunction, decodeCall } from '../abi/function.ts'
import type { AbiTypes, AbiValues } from '../abi/types.ts'
import type { ModuleCall } from './module.ts'

export type RoutingRefusal = 'UNKNOWN_FUNCTION' | 'NOT_PAYABLE' | 'BAD_CALLDATA'

export interface Route<Refusal extends string> {
  readonly selector: Hex
  readonly payable: boolean
  /** What storage writes, logs and signature checks would cost as EVM code, rounded. */
  readonly gas: number
  readonly run: (call: ModuleCall) => Uint8Array | Refusal
}

export function route<In extends AbiTypes, Refusal extends string>(
  fn: AbiFunction<In>,
  gas: number,
  handler: (call: ModuleCall, args: AbiValues<In>) => Uint8Array | Refusal,
  payable = false,
): Route<Refusal> {
  const run = (call: ModuleCall) => handler(call, decodeCall(fn, call.data))
  return { selector: fn.selector, payable, gas, run }
}

const GAS_UNKNOWN = 2_000

export class ModuleRoutes<Refusal extends string> {
  private readonly routes: ReadonlyMap<Hex, Route<Refusal>>

  constructor(routes: readonly Route<Refusal>[]) {
    this.routes = new Map(routes.map((one) => [one.selector, one]))
  }

  private of(data: Uint8Array): Route<Refusal> | undefined {
    return this.routes.get(bytesToHex(data.subarray(0, 4)))
  }

  gas(data: Uint8Array): number {
    return this.of(data)?.gas ?? GAS_UNKNOWN
  }

  run(call: ModuleCall): Uint8Array | Refusal | RoutingRefusal {
    const found = this.of(call.data)
    if (found === undefined) return 'UNKNOWN_FUNCTION'
    if (call.value > 0n && !found.payable) return 'NOT_PAYABLE'
    try {
      return found.run(call)
    } catch (error) {
      if (error instanceof AbiError) return 'BAD_CALLDATA'
      throw error
    }
  }
}
