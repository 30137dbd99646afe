// Staking as a chain module: routes calls to its functions and asserts after each one that the
// module holds exactly what it owes.

import type { Hex } from '../../lib/hex.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { Module } from '../modules/module.ts'
import { type Route, route } from '../modules/module-routes.ts'
import { routedModule } from '../modules/routed-module.ts'
import { STAKING_ADDRESS } from '../params.ts'
import { submitEvidence } from './apply-evidence.ts'
import { bond, delegate, unbond } from './bonding.ts'
import { claimRewards } from './claim-rewards.ts'
import { withdraw } from './claims.ts'
import { unjail } from './jail.ts'
import { register, rotateVrfKey } from './register.ts'
import * as abi from './staking-abi.ts'
import { surplus } from './staking-context.ts'
import { refused, type StakingRefusal } from './staking-refusals.ts'
import * as views from './staking-views.ts'

/** `genesisHash`: of the chain, because validators sign for one chain only. */
export function createStakingModule(ports: {
  readonly bls: Bls
  readonly genesisHash: Hex
}): Module {
  const { bls, genesisHash } = ports
  const rules = (chainId: bigint) => ({ bls, chain: { chainId, genesisHash } })
  const routes: Route<StakingRefusal>[] = [
    // PERF: a proof of possession takes some 25 ms to check; a block has 30 million gas in 100 ms.
    route(abi.REGISTER, 6_000_000, (c, args) => register(c, args, rules(c.chainId)), true),
    route(abi.ROTATE_VRF_KEY, 60_000, rotateVrfKey),
    route(abi.BOND, 120_000, bond, true),
    route(abi.DELEGATE, 140_000, delegate, true),
    route(abi.UNBOND, 170_000, unbond),
    route(abi.WITHDRAW, 250_000, withdraw),
    route(abi.CLAIM_REWARDS, 80_000, claimRewards),
    route(abi.UNJAIL, 80_000, unjail),
    route(abi.SUBMIT_EVIDENCE, 1_500_000, (c, args) => submitEvidence(c, args, rules(c.chainId))),
    route(abi.VALIDATOR_OF, 25_000, views.validatorOf),
    route(abi.DELEGATION_OF, 20_000, views.delegationOf),
    route(abi.CLAIMS_OF, 250_000, views.claimsOf),
    route(abi.CLAIM_OF, 50_000, views.claimOf),
    route(abi.AUTHORITY, 12_000, views.authority),
    route(abi.OPERATOR_OF_KEY, 3_000, views.operatorOfKey),
    route(abi.WEIGHT_OF, 50_000, views.weightOf),
    route(abi.TOTAL_BONDED, 3_000, views.totalBonded),
    route(abi.VALIDATOR_COUNT, 3_000, views.validatorCount),
    route(abi.VALIDATOR_AT, 5_000, views.validatorAt),
  ]
  return routedModule({ name: 'staking', address: STAKING_ADDRESS, routes, surplus, refused })
}
