// A module that is nothing but its functions, and that is asserted after each one to hold exactly
// what it owes: no function of a module makes money, or loses any.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Module, ModuleResult, ModuleState } from './module.ts'
import { ModuleRoutes, type Route, type RoutingRefusal } from './module-routes.ts'

export interface RoutedModule<Refusal extends string> {
  readonly name: string
  readonly address: Hex
  readonly routes: readonly Route<Refusal>[]
  /** Wei that the module holds beyond its debts: zero, unless somebody pays it by a coinbase. */
  readonly surplus: (state: ModuleState) => bigint
  readonly refused: (code: NoInfer<Refusal> | RoutingRefusal) => ModuleResult
}

export function routedModule<Refusal extends string>(of: RoutedModule<Refusal>): Module {
  const { name, address, surplus, refused } = of
  const routes = new ModuleRoutes<Refusal>(of.routes)
  return {
    name,
    address,
    gas: (data) => routes.gas(data),
    call(call) {
      const before = surplus(call.state) - call.value
      assert(before >= 0n, `${name}: owes more than it holds`)
      const outcome = routes.run(call)
      if (typeof outcome === 'string') return refused(outcome)
      assert(surplus(call.state) === before, `${name}: money was made or lost`)
      return { ok: true, output: outcome }
    },
  }
}
