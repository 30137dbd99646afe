// The genesis file of a network, read strictly: an unknown or missing field is an error that
// names it.

import type { Hex } from '../../lib/hex.ts'
import { hexToBytes, isHex } from '../../lib/hex.ts'
import { VALIDATORS_MAX } from '../consensus/validator-set.ts'
import type { Bls } from '../crypto/signatures.ts'

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
  readonly mode: 0 | 1 | 2
  readonly validators: readonly GenesisValidator[]
  readonly accounts: readonly GenesisAccount[]
}

export class GenesisError extends Error {
  override readonly name = 'GenesisError'
}

type Fields = Record<string, unknown>

function fail(path: string, expected: string): never {
  throw new GenesisError(`${path}: expected ${expected}`)
}

function fields(value: unknown, path: string, required: string[], optional: string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'an object')
  const read = value as Fields
  for (const name of required) if (!(name in read)) fail(`${path}.${name}`, 'a value')
  for (const name of Object.keys(read)) {
    if (!required.includes(name) && !optional.includes(name)) {
      throw new GenesisError(`${path}.${name}: unknown field`)
    }
  }
  return read
}

function items(value: unknown, path: string, max: number): unknown[] {
  if (!Array.isArray(value) || value.length > max) fail(path, `a list of at most ${max}`)
  return value
}

function hexOf(value: unknown, length: number, path: string): Hex {
  if (!isHex(value, length)) fail(path, `0x text of ${length} bytes`)
  return value.toLowerCase() as Hex
}

/** Wei as decimal text: a JSON number cannot hold it. */
function wei(value: unknown, path: string): bigint {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,59})$/.test(value)) {
    fail(path, 'wei as decimal text')
  }
  return BigInt(value)
}

function whole(value: unknown, path: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) fail(path, 'a non-negative integer')
  return value as number
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

const MODES = ['FAST', 'BALANCED', 'SECURE']

function unique(values: readonly string[], path: string): void {
  if (new Set(values).size !== values.length) throw new GenesisError(`${path}: listed twice`)
}

/** Reads a parsed genesis file. Throws GenesisError naming the first thing that is wrong. */
export function readGenesis(value: unknown, bls: Bls): GenesisSpec {
  const names = ['chainId', 'timestamp', 'mode', 'validators', 'accounts']
  const f = fields(value, 'genesis', names, ['name'])
  const mode = MODES.indexOf(f.mode as string)
  if (mode !== 0 && mode !== 1 && mode !== 2) fail('genesis.mode', MODES.join(' | '))
  const chainId = whole(f.chainId, 'genesis.chainId')
  if (chainId === 0 || chainId >= 2 ** 32) fail('genesis.chainId', 'between 1 and 2^32 - 1')
  const validators = items(f.validators, 'genesis.validators', VALIDATORS_MAX).map((item, i) =>
    readValidator(item, `genesis.validators[${i}]`),
  )
  if (!validators.some(({ authority }) => authority)) {
    fail('genesis.validators', 'at least one authority')
  }
  const keys = validators.map((validator) => validator.blsPublicKey)
  unique(keys, 'genesis.validators: a key')
  for (const [i, { blsPublicKey, possession }] of validators.entries()) {
    if (!bls.verifyPossession(hexToBytes(blsPublicKey), hexToBytes(possession))) {
      fail(`genesis.validators[${i}].possession`, 'a proof of possession of blsPublicKey')
    }
  }
  const accounts = items(f.accounts, 'genesis.accounts', ACCOUNTS_MAX).map((item, i) =>
    readAccount(item, `genesis.accounts[${i}]`),
  )
  unique(
    accounts.map((account) => account.address),
    'genesis.accounts: an address',
  )
  const timestamp = whole(f.timestamp, 'genesis.timestamp')
  return { chainId: BigInt(chainId), timestamp, mode, validators, accounts }
}
