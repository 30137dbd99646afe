// The market as a chain module: routes calls to its functions and asserts after each one that the
// module holds exactly what it owes.

import type { Secp256k1 } from '../crypto/signatures.ts'
import type { Module, ModuleState } from '../modules/module.ts'
import { type Route, route } from '../modules/module-routes.ts'
import { routedModule } from '../modules/routed-module.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { assign } from './assign.ts'
import { authorize, deposit, withdraw } from './deposits.ts'
import * as abi from './market-abi.ts'
import { type MarketRefusal, refused } from './market-refusals.ts'
import { TOTAL_DEPOSITS_SLOT, TOTAL_LOCKED_SLOT } from './market-storage.ts'
import { allowanceOf, depositOf, escrowOf } from './market-views.ts'
import { openEscrow, openEscrowFor } from './open-escrow.ts'
import { cancel, fail, refund } from './refund.ts'
import { settle } from './settle.ts'

export function createMarketModule(secp256k1: Secp256k1): Module {
  const routes: Route<MarketRefusal>[] = [
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
  ]
  return routedModule({ name: 'market', address: MARKET_ADDRESS, routes, surplus, refused })
}

function surplus(state: ModuleState): bigint {
  const owed = state.load(TOTAL_DEPOSITS_SLOT) + state.load(TOTAL_LOCKED_SLOT)
  return state.balance(MARKET_ADDRESS) - owed
}
