// The bonds that a chain begins with. Whoever writes a genesis has checked the keys and put the wei
// on the module's account.

import { assert } from '../../lib/assert.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { ModuleState } from '../modules/module.ts'
import { addBond } from './bonding.ts'
import { loadPool } from './pool.ts'
import { enter } from './register.ts'
import { assertSolvent, parameter } from './staking-context.ts'

export interface GenesisBond {
  readonly address: Hex
  readonly blsPublicKey: Hex
  readonly vrfPublicKey: Hex
  /** Wei. */
  readonly stake: bigint
}

/** Parameters and admissions of the genesis must be in governance's storage already. */
export function bondAtGenesis(state: ModuleState, validators: readonly GenesisBond[]): void {
  const least = parameter(state, 'stake_minimum_wei')
  for (const { address, blsPublicKey, vrfPublicKey, stake } of validators) {
    assert(stake >= least, `staking: validator ${address} is bonded below the minimum of ${least}`)
    const keys = { blsPublicKey: hexToBytes(blsPublicKey), vrfPublicKey, commission: 0n }
    enter(state, address, keys)
    const context = { state, timestamp: 0, emit: () => undefined }
    const outcome = addBond({ ...context, caller: address }, address, stake)
    assert(typeof outcome !== 'string', `staking: validator ${address}: ${outcome}`)
    assert(loadPool(state, address).tokens === stake, 'staking: a genesis bond is exact')
  }
  assertSolvent(state)
}
