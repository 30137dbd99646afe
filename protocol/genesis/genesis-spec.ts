// The genesis file of a network, read strictly: an unknown or missing field is an error that
// names it.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { MODE_NAMES, type ModeNumber, VALIDATORS_MAX } from '../consensus/validator-set.ts'
import type { Bls } from '../crypto/signatures.ts'
import { PARAMETERS } from '../governance/parameters.ts'
import { fail, fields, GenesisError, hexOf, items, wei, whole } from './genesis-fields.ts'
import { type GenesisParams, readParams } from './genesis-params.ts'

export interface GenesisValidator {
  readonly name: string
  readonly address: Hex
  readonly blsPublicKey: Hex
  /** Proof that the key's owner has the secret, against rogue keys in aggregates. */
  readonly possession: Hex
  /** 32 bytes, Ed25519. */
  readonly vrfPublicKey: Hex
  readonly stake: bigint
  readonly authority: boolean
}

export interface GenesisAccount {
  readonly address: Hex
  readonly balance: bigint
  /** Wei in the market's deposits, beyond the balance. */
  readonly deposit: bigint
  /** Wei that each operator may lock from the deposit for this account's jobs. */
  readonly allowances: readonly { readonly operator: Hex; readonly allowance: bigint }[]
}

export interface GenesisSpec {
  readonly chainId: bigint
  /** Whole seconds. */
  readonly timestamp: number
  readonly mode: ModeNumber
  readonly params: GenesisParams
  readonly validators: readonly GenesisValidator[]
  readonly accounts: readonly GenesisAccount[]
}

function readValidator(value: unknown, path: string): GenesisValidator {
  const required = ['name', 'address', 'blsPublicKey', 'possession', 'vrfPublicKey', 'stake']
  const f = fields(value, path, required, ['authority'])
  if (typeof f.name !== 'string' || f.name === '') fail(`${path}.name`, 'a name')
  const stake = wei(f.stake, `${path}.stake`)
  if (stake === 0n) fail(`${path}.stake`, 'a stake above zero')
  const { authority = true } = f
  if (typeof authority !== 'boolean') fail(`${path}.authority`, 'true or false')
  return {
    name: f.name,
    address: hexOf(f.address, 20, `${path}.address`),
    blsPublicKey: hexOf(f.blsPublicKey, 48, `${path}.blsPublicKey`),
    possession: hexOf(f.possession, 96, `${path}.possession`),
    vrfPublicKey: hexOf(f.vrfPublicKey, 32, `${path}.vrfPublicKey`),
    authority,
    stake,
  }
}

const ACCOUNTS_MAX = 100_000
const ALLOWANCES_MAX = 16

function readAllowance(value: unknown, path: string) {
  const f = fields(value, path, ['operator', 'allowance'], [])
  return {
    operator: hexOf(f.operator, 20, `${path}.operator`),
    allowance: wei(f.allowance, `${path}.allowance`),
  }
}

function readAccount(value: unknown, path: string): GenesisAccount {
  const f = fields(value, path, ['address', 'balance'], ['name', 'deposit', 'allowances'])
  const allowances = items(f.allowances ?? [], `${path}.allowances`, ALLOWANCES_MAX)
  return {
    address: hexOf(f.address, 20, `${path}.address`),
    balance: wei(f.balance, `${path}.balance`),
    deposit: f.deposit === undefined ? 0n : wei(f.deposit, `${path}.deposit`),
    allowances: allowances.map((item, i) => readAllowance(item, `${path}.allowances[${i}]`)),
  }
}

function unique(values: readonly string[], path: string): void {
  if (new Set(values).size !== values.length) throw new GenesisError(`${path}: listed twice`)
}

/** Whoever is bonded below the minimum would be out of the set that the genesis gives him. */
function checkStakes(validators: readonly GenesisValidator[], { governance }: GenesisParams): void {
  for (const [i, { stake, authority }] of validators.entries()) {
    const name = authority ? 'authority_minimum_wei' : 'stake_minimum_wei'
    const least = governance[name] ?? PARAMETERS[name].initial
    if (stake < least) fail(`genesis.validators[${i}].stake`, `at least ${least} (${name})`)
  }
}

/** Reads a parsed genesis file. Throws GenesisError naming the first thing that is wrong. */
export function readGenesis(value: unknown, bls: Bls): GenesisSpec {
  const names = ['chainId', 'timestamp', 'mode', 'validators', 'accounts']
  const f = fields(value, 'genesis', names, ['name', 'params'])
  const mode = MODE_NAMES.findIndex((name) => name === f.mode)
  if (mode < 0) fail('genesis.mode', MODE_NAMES.join(' | '))
  const chainId = whole(f.chainId, 'genesis.chainId')
  if (chainId === 0 || chainId >= 2 ** 32) fail('genesis.chainId', 'between 1 and 2^32 - 1')
  const params = readParams(f.params ?? {}, 'genesis.params')
  const validators = items(f.validators, 'genesis.validators', VALIDATORS_MAX).map((item, i) =>
    readValidator(item, `genesis.validators[${i}]`),
  )
  if (!validators.some(({ authority }) => authority)) {
    fail('genesis.validators', 'at least one authority')
  }
  unique(
    validators.map(({ blsPublicKey }) => blsPublicKey),
    'genesis.validators: a key',
  )
  unique(
    validators.map(({ address }) => address),
    'genesis.validators: an address',
  )
  for (const [i, { blsPublicKey, possession }] of validators.entries()) {
    if (!bls.verifyPossession(hexToBytes(blsPublicKey), hexToBytes(possession))) {
      fail(`genesis.validators[${i}].possession`, 'a proof of possession of blsPublicKey')
    }
  }
  checkStakes(validators, params)
  const accounts = items(f.accounts, 'genesis.accounts', ACCOUNTS_MAX).map((item, i) =>
    readAccount(item, `genesis.accounts[${i}]`),
  )
  unique(
    accounts.map((account) => account.address),
    'genesis.accounts: an address',
  )
  const timestamp = whole(f.timestamp, 'genesis.timestamp')
  const chain = { chainId: BigInt(chainId), timestamp, mode: mode as ModeNumber }
  return { ...chain, params, validators, accounts }
}
