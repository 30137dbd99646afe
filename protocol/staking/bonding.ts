// Money going into a validator's pool and beginning its way out. A self-bond is the operator's own
// delegation: it is worth and risks the same.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import { addToWord } from '../modules/storage-layout.ts'
import { CLAIMS_MAX, STAKING_ADDRESS, UNBONDING_SECONDS } from '../params.ts'
import { enlist } from './candidates.ts'
import { addClaim, claimCount } from './claims.ts'
import { loadDelegation, loadPool, saveDelegation, savePool, sharesFor, sharesOf } from './pool.ts'
import { BONDED, UNBONDED } from './staking-abi.ts'
import type { StakingContext } from './staking-context.ts'
import type { Outcome } from './staking-refusals.ts'
import { moveDebt, TOTAL_BONDED, TOTAL_CLAIMS } from './staking-storage.ts'
import { loadValidator } from './validator-record.ts'

type Payer = StakingContext & { readonly caller: Hex }

/** `amount` is on the module's account already. */
export function addBond(call: Payer, validator: Hex, amount: bigint): Outcome {
  const { state, caller } = call
  if (amount === 0n) return 'ZERO_AMOUNT'
  const record = loadValidator(state, validator)
  if (record === undefined) return 'NOT_REGISTERED'
  if (record.tombstoned) return 'TOMBSTONED'
  const pool = loadPool(state, validator)
  const whose = { validator, delegator: caller }
  const delegation = loadDelegation(state, whose, pool)
  const shares = sharesFor(pool, amount)
  saveDelegation(state, whose, { ...delegation, shares: delegation.shares + shares })
  savePool(state, validator, {
    ...pool,
    tokens: pool.tokens + amount,
    shares: pool.shares + shares,
  })
  addToWord(state, TOTAL_BONDED, amount)
  if (!enlist(state, validator, record)) return 'SET_FULL'
  call.emit(encodeLog(STAKING_ADDRESS, BONDED, [validator, caller], [amount, shares]))
  return EMPTY
}

export function bond(call: ModuleCall): Outcome {
  return addBond(call, call.caller, call.value)
}

export function delegate(call: ModuleCall, [validator]: readonly [Hex]): Outcome {
  return addBond(call, validator, call.value)
}

/** Turns bonded wei into a claim that matures after 21 days and can be slashed until it is paid. */
export function unbond(call: ModuleCall, [validator, amount]: readonly [Hex, bigint]): Outcome {
  const { state, caller } = call
  if (amount === 0n) return 'ZERO_AMOUNT'
  const record = loadValidator(state, validator)
  if (record === undefined) return 'NOT_REGISTERED'
  const pool = loadPool(state, validator)
  const whose = { validator, delegator: caller }
  const delegation = loadDelegation(state, whose, pool)
  if (amount > pool.tokens) return 'BOND_TOO_LOW'
  const shares = sharesOf(pool, amount)
  if (shares > delegation.shares) return 'BOND_TOO_LOW'
  if (claimCount(state, caller) >= CLAIMS_MAX) return 'TOO_MANY_CLAIMS'
  saveDelegation(state, whose, { ...delegation, shares: delegation.shares - shares })
  savePool(state, validator, {
    ...pool,
    tokens: pool.tokens - amount,
    shares: pool.shares - shares,
  })
  moveDebt(state, TOTAL_BONDED, TOTAL_CLAIMS, amount)
  const maturesAt = call.timestamp + UNBONDING_SECONDS
  addClaim(state, caller, { validator, amount, maturesAt, slashes: record.slashes })
  enlist(state, validator, record)
  const data = [amount, BigInt(maturesAt)] as const
  call.emit(encodeLog(STAKING_ADDRESS, UNBONDED, [validator, caller], data))
  return EMPTY
}
