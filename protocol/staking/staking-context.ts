// What the rules of staking work on: a call of the module has all of it, and a system call of the
// block brings the same.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { isAdmitted } from '../governance/governance-storage.ts'
import { type ParameterName, readParameter } from '../governance/parameters.ts'
import type { Log, ModuleState } from '../modules/module.ts'
import type { ReadWords } from '../modules/storage-layout.ts'
import { GOVERNANCE_ADDRESS, STAKING_ADDRESS } from '../params.ts'
import { owed } from './staking-storage.ts'

export interface StakingContext {
  /** Of STAKING_ADDRESS. */
  readonly state: ModuleState
  /** Header time in whole seconds. */
  readonly timestamp: number
  emit(log: Log): void
}

export function governanceWords(state: Pick<ModuleState, 'loadOf'>): ReadWords {
  return { load: (slot) => state.loadOf(GOVERNANCE_ADDRESS, slot) }
}

export function parameter(state: Pick<ModuleState, 'loadOf'>, name: ParameterName): bigint {
  return readParameter(governanceWords(state), name)
}

export function admitted(state: Pick<ModuleState, 'loadOf'>, operator: Hex): boolean {
  return isAdmitted(governanceWords(state), operator)
}

/** What the module holds beyond its debts: zero, unless somebody pays it by a coinbase. */
export function surplus(state: ModuleState): bigint {
  return state.balance(STAKING_ADDRESS) - owed(state)
}

export function assertSolvent(state: ModuleState): void {
  assert(surplus(state) >= 0n, 'staking: owes more than it holds')
}
