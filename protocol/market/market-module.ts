// The market as a chain module: routes calls to its functions and asserts after each one that the
// module holds exactly what it owes.

import { assert } from '../../lib/assert.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { AbiError } from '../abi/codec.ts'
import { type AbiFunction, decodeCall } from '../abi/function.ts'
import type { AbiTypes, AbiValues } from '../abi/types.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import type { Module, ModuleCall, ModuleState } from '../modules/module.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { assign } from './assign.ts'
import { authorize, deposit, withdraw } from './deposits.ts'
import * as abi from './market-abi.ts'
import { type Outcome, refused } from './market-refusals.ts'
import { TOTAL_DEPOSITS_SLOT, TOTAL_LOCKED_SLOT } from './market-storage.ts'
import { allowanceOf, depositOf, escrowOf } from './market-views.ts'
import { openEscrow, openEscrowFor } from './open-escrow.ts'
import { cancel, fail, refund } from './refund.ts'
import { settle } from './settle.ts'

interface Route {
  readonly payable: boolean
  /** What the storage writes, logs and the signature check would cost as EVM code, rounded. */
  readonly gas: number
  readonly run: (call: ModuleCall) => Outcome
}

const GAS_UNKNOWN = 2_000

function route<In extends AbiTypes>(
  fn: AbiFunction<In>,
  gas: number,
  handler: (call: ModuleCall, args: AbiValues<In>) => Outcome,
  payable = false,
): [Hex, Route] {
  return [fn.selector, { payable, gas, run: (call) => handler(call, decodeCall(fn, call.data)) }]
}

export function createMarketModule(secp256k1: Secp256k1): Module {
  const routes = new Map<Hex, Route>([
    route(abi.DEPOSIT, 50_000, deposit, true),
    route(abi.WITHDRAW, 50_000, withdraw),
    route(abi.AUTHORIZE, 30_000, authorize),
    route(abi.OPEN_ESCROW, 170_000, openEscrow, true),
    route(abi.OPEN_ESCROW_FOR, 190_000, openEscrowFor),
    route(abi.ASSIGN, 60_000, assign),
    route(abi.SETTLE, 130_000, (call, args) => settle(call, args, secp256k1)),
    route(abi.FAIL, 70_000, fail),
    route(abi.CANCEL, 70_000, cancel),
    route(abi.REFUND, 70_000, refund),
    route(abi.DEPOSIT_OF, 3_000, depositOf),
    route(abi.ALLOWANCE_OF, 3_000, allowanceOf),
    route(abi.ESCROW_OF, 25_000, escrowOf),
  ])
  const routeOf = (data: Uint8Array) => routes.get(bytesToHex(data.subarray(0, 4)))
  return {
    name: 'market',
    address: MARKET_ADDRESS,
    gas: (data) => routeOf(data)?.gas ?? GAS_UNKNOWN,
    call(call) {
      const found = routeOf(call.data)
      if (found === undefined) return refused('UNKNOWN_FUNCTION')
      if (call.value > 0n && !found.payable) return refused('NOT_PAYABLE')
      const before = surplus(call.state) - call.value
      assert(before >= 0n, 'market: owes more than it holds')
      const outcome = run(found, call)
      if (typeof outcome === 'string') return refused(outcome)
      assert(surplus(call.state) === before, 'market: money was made or lost')
      return { ok: true, output: outcome }
    },
  }
}

function run(found: Route, call: ModuleCall): Outcome {
  try {
    return found.run(call)
  } catch (error) {
    if (error instanceof AbiError) return 'BAD_CALLDATA'
    throw error
  }
}

/** What the module holds beyond its debts: zero, unless somebody pays it by a coinbase. */
function surplus(state: ModuleState): bigint {
  const owed = state.load(TOTAL_DEPOSITS_SLOT) + state.load(TOTAL_LOCKED_SLOT)
  return state.balance(MARKET_ADDRESS) - owed
}
