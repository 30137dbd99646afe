// The staking module's view functions.

import type { Hex } from '../../lib/hex.ts'
import { encodeArguments } from '../abi/codec.ts'
import type { ModuleCall } from '../modules/module.ts'
import { addressOf } from '../modules/storage-layout.ts'
import { operatorOfKey as ownerOfKey } from './apply-evidence.ts'
import { claimCount, claimWorth, loadClaim } from './claims.ts'
import { weightAt } from './epoch-history.ts'
import { loadDelegation, loadPool, REWARD_SCALE, worthOf } from './pool.ts'
import * as abi from './staking-abi.ts'
import { admitted, parameter } from './staking-context.ts'
import type { Outcome } from './staking-refusals.ts'
import { CANDIDATE_COUNT, candidateSlot, TOTAL_BONDED } from './staking-storage.ts'
import { loadBlsKey, loadValidator, loadVrfKey, type ValidatorRecord } from './validator-record.ts'
import { VALIDATOR_STATUSES, type ValidatorStatus } from './validator-status.ts'

const NOBODY: Hex = `0x${'0'.repeat(40)}`

function statusOf(record: ValidatorRecord | undefined): ValidatorStatus {
  if (record === undefined) return 'none'
  if (record.tombstoned) return 'tombstoned'
  if (record.jailed) return 'jailed'
  return record.listed > 0 ? 'listed' : 'below'
}

/** All zero for an account that is no validator. */
export function validatorOf(call: ModuleCall, [operator]: readonly [Hex]): Outcome {
  const { state } = call
  const record = loadValidator(state, operator)
  const pool = loadPool(state, operator)
  return encodeArguments(abi.VALIDATOR_OF.outputs, [
    BigInt(VALIDATOR_STATUSES.indexOf(statusOf(record))),
    record ? loadBlsKey(state, operator) : new Uint8Array(48),
    loadVrfKey(state, operator),
    record?.commission ?? 0n,
    pool.tokens,
    pool.shares,
    BigInt(record?.jailedUntil ?? 0),
    pool.commissionOwed,
    admitted(state, operator),
  ])
}

export function delegationOf(
  call: ModuleCall,
  [validator, delegator]: readonly [Hex, Hex],
): Outcome {
  const pool = loadPool(call.state, validator)
  const { shares, earned } = loadDelegation(call.state, { validator, delegator }, pool)
  const values = [worthOf(pool, shares), shares, earned / REWARD_SCALE] as const
  return encodeArguments(abi.DELEGATION_OF.outputs, values)
}

export function claimsOf(call: ModuleCall, [owner]: readonly [Hex]): Outcome {
  const count = claimCount(call.state, owner)
  let total = 0n
  for (let i = 0; i < count; i++) total += claimWorth(call.state, loadClaim(call.state, owner, i))
  return encodeArguments(abi.CLAIMS_OF.outputs, [BigInt(count), total])
}

/** All zero beyond the last claim. */
export function claimOf(call: ModuleCall, [owner, index]: readonly [Hex, bigint]): Outcome {
  if (index >= BigInt(claimCount(call.state, owner))) {
    return encodeArguments(abi.CLAIM_OF.outputs, [NOBODY, 0n, 0n, 0n])
  }
  const claim = loadClaim(call.state, owner, Number(index))
  const worth = claimWorth(call.state, claim)
  const values = [claim.validator, claim.amount, worth, BigInt(claim.maturesAt)] as const
  return encodeArguments(abi.CLAIM_OF.outputs, values)
}

/** Whether this operator would have an authority's seat if a set were made now. */
export function authority(call: ModuleCall, [operator]: readonly [Hex]): Outcome {
  const { state } = call
  const listed = (loadValidator(state, operator)?.listed ?? 0) > 0
  const enough = loadPool(state, operator).tokens >= parameter(state, 'authority_minimum_wei')
  return encodeArguments(abi.AUTHORITY.outputs, [listed && enough && admitted(state, operator)])
}

/** The zero address for a key that was never registered. */
export function operatorOfKey(call: ModuleCall, [key]: readonly [Uint8Array]): Outcome {
  return encodeArguments(abi.OPERATOR_OF_KEY.outputs, [ownerOfKey(call.state, key) ?? NOBODY])
}

export function weightOf(call: ModuleCall, [operator, epoch]: readonly [Hex, bigint]): Outcome {
  const weight = weightAt(call.state, operator, Number(epoch))
  return encodeArguments(abi.WEIGHT_OF.outputs, [weight?.stake ?? 0n, weight?.authority ?? false])
}

export function totalBonded(call: ModuleCall): Outcome {
  return encodeArguments(abi.TOTAL_BONDED.outputs, [call.state.load(TOTAL_BONDED)])
}

export function validatorCount(call: ModuleCall): Outcome {
  return encodeArguments(abi.VALIDATOR_COUNT.outputs, [call.state.load(CANDIDATE_COUNT)])
}

/** The zero address beyond the last one. The order changes when somebody leaves. */
export function validatorAt(call: ModuleCall, [index]: readonly [bigint]): Outcome {
  const inside = index < call.state.load(CANDIDATE_COUNT)
  const word = inside ? call.state.load(candidateSlot(Number(index))) : 0n
  return encodeArguments(abi.VALIDATOR_AT.outputs, [addressOf(word)])
}
