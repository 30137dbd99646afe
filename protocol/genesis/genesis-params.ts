// The optional `params` of a genesis file: how long epochs are, and who decides the mode.

import { type EpochParams, MODE_POLICIES, type ModePolicy } from '../epoch/epoch-params.ts'
import { type GenesisParameters, genesisParameterFault } from '../governance/genesis-governance.ts'
import { PARAMETER_NAMES, type ParameterName } from '../governance/parameters.ts'
import {
  EPOCH_BLOCKS,
  EPOCH_MS,
  ROLLUP_ACCOUNTS_MAX,
  ROLLUP_UNIT_WEI,
  SHARDS_MAX,
} from '../params.ts'
import { COMMITTEE_SEATS_MAX, COMMITTEE_SEATS_MIN } from '../rollup/committee.ts'
import { haveOwners } from '../rollup/genesis-locks.ts'
import { ROLLUP_CONFIG_DEFAULT } from '../rollup/genesis-rollup.ts'
import type { RollupConfig } from '../rollup/rollup-storage.ts'
import { fail, fields, GenesisError, hexOf, items, wei, whole } from './genesis-fields.ts'

export interface GenesisParams extends EpochParams {
  /** Parameters of governance that begin with another value than usual. */
  readonly governance: GenesisParameters
  readonly rollup: RollupConfig
}

export const GENESIS_PARAMS_DEFAULT: GenesisParams = {
  modePolicy: 0,
  epochBlocks: EPOCH_BLOCKS,
  epochMs: EPOCH_MS,
  governance: {},
  rollup: ROLLUP_CONFIG_DEFAULT,
}

/** An epoch of one block would be its own boundary: nothing would ever be built on a block. */
const EPOCH_BLOCKS_MIN = 2
const EPOCH_BLOCKS_MAX = 1_000_000
const EPOCH_MS_MIN = 1000
const EPOCH_MS_MAX = 86_400_000
/** Room is left for others to register. */
const ACCOUNTS_MAX = ROLLUP_ACCOUNTS_MAX - 2 ** 20
const UNITS_MAX = 2n ** 62n

function between(value: unknown, min: number, max: number, path: string): number {
  const read = whole(value, path)
  if (read < min || read > max) fail(path, `between ${min} and ${max}`)
  return read
}

function readEpochBlocks(value: unknown, path: string): EpochParams['epochBlocks'] {
  const list = items(value, path, 3)
  if (list.length !== 3) fail(path, 'three numbers: for FAST, BALANCED and SECURE')
  const [fast, balanced, secure] = list.map((item, i) =>
    between(item, EPOCH_BLOCKS_MIN, EPOCH_BLOCKS_MAX, `${path}[${i}]`),
  ) as [number, number, number]
  return [fast, balanced, secure]
}

function readPolicy(value: unknown, path: string): ModePolicy {
  const policy = MODE_POLICIES.findIndex((name) => name === value)
  if (policy < 0) fail(path, MODE_POLICIES.join(' | '))
  return policy as ModePolicy
}

/** The share of stake that BALANCED needs: two parameters of governance in one field. */
function readShare(value: unknown, path: string): GenesisParameters {
  const list = items(value, path, 2)
  if (list.length !== 2) fail(path, 'two numbers: numerator and denominator')
  const [numerator, denominator] = list.map((item, i) => whole(item, `${path}[${i}]`))
  return {
    balanced_stake_numerator: BigInt(numerator as number),
    balanced_stake_denominator: BigInt(denominator as number),
  }
}

function readGovernance(value: unknown, path: string): GenesisParameters {
  const given: Partial<Record<ParameterName, bigint>> = {}
  for (const [name, item] of Object.entries(fields(value, path, [], PARAMETER_NAMES))) {
    given[name as ParameterName] = wei(item, `${path}.${name}`)
  }
  return given
}

/** Seats; the keys of accounts of the genesis are public, so what has some is for development. */
function readCommittee(value: unknown, accounts: number, path: string): number {
  const seats = between(value, 0, COMMITTEE_SEATS_MAX, path)
  if (seats > 0 && seats < COMMITTEE_SEATS_MIN && accounts === 0) {
    const why = 'fewer are safe only where nothing is at stake: with accounts of the genesis'
    fail(path, `0, or at least ${COMMITTEE_SEATS_MIN} seats (${why})`)
  }
  return seats
}

/** Accounts and locks of the genesis, for development: all of one owner and balance. */
function readRollup(value: unknown, path: string): RollupConfig {
  const names = ['shards', 'accounts', 'balance', 'owner', 'locks', 'committee']
  const f = fields(value, path, [], names)
  const { accounts, balance, owner, ...usual } = ROLLUP_CONFIG_DEFAULT
  const count =
    'accounts' in f ? between(f.accounts, 0, ACCOUNTS_MAX, `${path}.accounts`) : accounts
  const each = 'balance' in f ? wei(f.balance, `${path}.balance`) : balance * ROLLUP_UNIT_WEI
  if (each % ROLLUP_UNIT_WEI !== 0n) fail(`${path}.balance`, 'a multiple of 10^9 wei')
  const units = each / ROLLUP_UNIT_WEI
  if (units * BigInt(count) >= UNITS_MAX) fail(`${path}.balance`, 'less than 2^62 units in all')
  if (count > 0 && !('owner' in f)) fail(`${path}.owner`, 'the owner of the accounts')
  const most = ACCOUNTS_MAX - count
  const locks = 'locks' in f ? between(f.locks, 0, most, `${path}.locks`) : usual.locks
  const shards = 'shards' in f ? between(f.shards, 1, SHARDS_MAX, `${path}.shards`) : usual.shards
  if (!haveOwners({ shards, accounts: count, locks })) {
    fail(`${path}.locks`, 'an account in each shard that has locks')
  }
  const committee = 'committee' in f ? readCommittee(f.committee, count, `${path}.committee`) : 0
  return {
    shards,
    accounts: count,
    locks,
    balance: units,
    owner: 'owner' in f ? hexOf(f.owner, 20, `${path}.owner`) : owner,
    ...(committee > 0 && { committee }),
  }
}

/** Throws GenesisError. */
export function readParams(value: unknown, path: string): GenesisParams {
  const names = ['epochBlocks', 'epochMs', 'modePolicy', 'balancedStake', 'governance', 'rollup']
  const f = fields(value, path, [], names)
  const read = <T>(name: string, usual: T, how: (value: unknown, path: string) => T): T =>
    name in f ? how(f[name], `${path}.${name}`) : usual
  const { epochBlocks, epochMs, modePolicy, governance, rollup } = GENESIS_PARAMS_DEFAULT
  const given = {
    ...read('governance', governance, readGovernance),
    ...read('balancedStake', governance, readShare),
  }
  const fault = genesisParameterFault(given)
  if (fault) throw new GenesisError(`${path}.governance: ${fault}`)
  return {
    epochBlocks: read('epochBlocks', epochBlocks, readEpochBlocks),
    epochMs: read('epochMs', epochMs, (item, at) => between(item, EPOCH_MS_MIN, EPOCH_MS_MAX, at)),
    modePolicy: read('modePolicy', modePolicy, readPolicy),
    governance: given,
    rollup: read('rollup', rollup, readRollup),
  }
}
