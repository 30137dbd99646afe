// The rollup on the base chain as a module: routes calls to its functions and asserts after each
// one that the module holds exactly what it owes.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { Module } from '../modules/module.ts'
import { ModuleRoutes, route } from '../modules/module-routes.ts'
import { ROLLUP_ADDRESS } from '../params.ts'
import { challenge } from './challenge.ts'
import { deposit } from './deposits.ts'
import { claimExit } from './exits.ts'
import { forceTransfer } from './force.ts'
import { freeze, refundMessage } from './freeze.ts'
import { exitFrozen, settleFrozen } from './leave-frozen.ts'
import { refundParcel } from './refund-parcel.ts'
import { register, registerWithLocks } from './registry.ts'
import * as abi from './rollup-abi.ts'
import { surplusWei } from './rollup-money.ts'
import { type RollupRefusal, refused } from './rollup-refusals.ts'
import * as views from './rollup-views.ts'

/** `genesisHash`: of the chain, which the first claim of a shard names. */
export function createRollupModule(ports: {
  readonly bls: Bls
  readonly genesisHash: Hex
}): Module {
  const { bls, genesisHash } = ports
  const routes = new ModuleRoutes<RollupRefusal>([
    // PERF: a proof of possession takes some 25 ms where there is no native library.
    route(abi.REGISTER_ACCOUNT, 3_000_000, (call, args) => register(call, args, bls), true),
    route(
      abi.REGISTER_WITH_LOCKS,
      3_600_000,
      (call, args) => registerWithLocks(call, args, bls),
      true,
    ),
    route(abi.DEPOSIT_TO, 80_000, deposit, true),
    route(abi.FORCE_TRANSFER, 80_000, forceTransfer),
    route(abi.CLAIM_EXIT, 120_000, claimExit),
    route(abi.FREEZE, 120_000, freeze),
    route(abi.EXIT_FROZEN, 120_000, exitFrozen),
    route(abi.SETTLE_FROZEN, 140_000, settleFrozen),
    route(abi.REFUND_MESSAGE, 80_000, refundMessage),
    route(abi.REFUND_PARCEL, 160_000, refundParcel),
    route(abi.CHALLENGE, 1_000_000, (call, args) => challenge(call, args, genesisHash), true),
    route(abi.ACCOUNT_COUNT, 3_000, views.accountCountView),
    route(abi.ACCOUNT_OF, 15_000, views.accountOf),
    route(abi.LOCK_OWNER, 9_000, views.lockOwnerView),
    route(abi.OWNED_COUNT, 3_000, views.ownedCountView),
    route(abi.OWNED_AT, 3_000, views.ownedAtView),
    route(abi.SHARD_COUNT, 3_000, views.shardCount),
    route(abi.SHARD_CHANGE, 3_000, views.shardChange),
    route(abi.SHARD_OF, 25_000, views.shardOfView),
    route(abi.INBOX_OF, 12_000, views.inboxOf),
    route(abi.MESSAGE_AT, 6_000, views.messageAt),
    route(abi.EXITS_OF, 60_000, views.exitsOf),
    route(abi.IS_EXIT_PAID, 6_000, views.isExitPaid),
    route(abi.HAS_LEFT, 3_000, views.hasLeft),
    route(abi.OWED, 3_000, views.owed),
  ])
  return {
    name: 'rollup',
    address: ROLLUP_ADDRESS,
    gas: (data) => routes.gas(data),
    call(call) {
      const before = surplusWei(call.state) - call.value
      assert(before >= 0n, 'rollup: owes more than it holds')
      const outcome = routes.run(call)
      if (typeof outcome === 'string') return refused(outcome)
      assert(surplusWei(call.state) === before, 'rollup: money was made or lost')
      return { ok: true, output: outcome }
    },
  }
}
