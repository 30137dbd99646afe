// The keys of a genesis' rollup accounts, made when they are first needed: a cohort at a time,
// since each key is the one before it and one addition. Whoever checks aggregates keeps them
// himself.

import { COHORT_SIZE } from '../../protocol/params.ts'
import { cohortOf, memberOf } from '../../protocol/rollup/layout.ts'
import type { AccountKeys } from './cohort-keys.ts'
import { GENESIS_KEYS_SEED } from './genesis-keys.ts'
import { keyBookPublicKeys, keyBookSpendKey, keyBookTotal, SPEND_KEYS } from './key-book.ts'

const KEY_BYTES = 96
/** Cohorts whose keys are kept here, 393 kB each. */
const COHORTS_KEPT = 16

export class GenesisAccountKeys implements AccountKeys {
  private readonly accounts: number
  private readonly registered: AccountKeys
  /** The one used last comes last. */
  private readonly spendKeys: Uint8Array[] = []
  private readonly cohorts = new Map<number, Uint8Array>()

  /** `accounts`: how many there are from the genesis; keys of the others are in `registered`. */
  constructor(accounts: number, registered: AccountKeys) {
    this.accounts = accounts
    this.registered = registered
  }

  keyOf(index: number): Uint8Array | undefined {
    if (index >= this.accounts) return this.registered.keyOf(index)
    const at = memberOf(index) * KEY_BYTES
    return this.cohort(cohortOf(index)).subarray(at, at + KEY_BYTES)
  }

  spendKeyOf(index: number): Uint8Array | undefined {
    if (index >= this.accounts) return this.registered.spendKeyOf(index)
    const which = index % SPEND_KEYS
    const key = this.spendKeys[which] ?? keyBookSpendKey(GENESIS_KEYS_SEED, which)
    this.spendKeys[which] = key
    return key
  }

  isDerived(index: number): boolean {
    return index < this.accounts
  }

  totalOf(cohort: number): Uint8Array | undefined {
    const from = cohort * COHORT_SIZE
    if (from + COHORT_SIZE > this.accounts) return undefined
    return keyBookTotal(GENESIS_KEYS_SEED, COHORT_SIZE, from)
  }

  private cohort(cohort: number): Uint8Array {
    let keys = this.cohorts.get(cohort)
    if (keys) this.cohorts.delete(cohort)
    keys ??= keyBookPublicKeys(GENESIS_KEYS_SEED, COHORT_SIZE, cohort * COHORT_SIZE)
    this.cohorts.set(cohort, keys)
    if (this.cohorts.size > COHORTS_KEPT) {
      for (const oldest of this.cohorts.keys()) {
        this.cohorts.delete(oldest)
        break
      }
    }
    return keys
  }
}
