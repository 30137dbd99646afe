// The optional `params` of a genesis file: how long epochs are, and who decides the mode.

import { type EpochParams, MODE_POLICIES, type ModePolicy } from '../epoch/epoch-params.ts'
import { type GenesisParameters, genesisParameterFault } from '../governance/genesis-governance.ts'
import { PARAMETER_NAMES, type ParameterName } from '../governance/parameters.ts'
import { EPOCH_BLOCKS, EPOCH_MS } from '../params.ts'
import { fail, fields, GenesisError, items, wei, whole } from './genesis-fields.ts'

export interface GenesisParams extends EpochParams {
  /** Parameters of governance that begin with another value than usual. */
  readonly governance: GenesisParameters
}

export const GENESIS_PARAMS_DEFAULT: GenesisParams = {
  modePolicy: 0,
  epochBlocks: EPOCH_BLOCKS,
  epochMs: EPOCH_MS,
  governance: {},
}

/** An epoch of one block would be its own boundary: nothing would ever be built on a block. */
const EPOCH_BLOCKS_MIN = 2
const EPOCH_BLOCKS_MAX = 1_000_000
const EPOCH_MS_MIN = 1000
const EPOCH_MS_MAX = 86_400_000

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

/** Throws GenesisError. */
export function readParams(value: unknown, path: string): GenesisParams {
  const names = ['epochBlocks', 'epochMs', 'modePolicy', 'balancedStake', 'governance']
  const f = fields(value, path, [], names)
  const read = <T>(name: string, usual: T, how: (value: unknown, path: string) => T): T =>
    name in f ? how(f[name], `${path}.${name}`) : usual
  const { epochBlocks, epochMs, modePolicy, governance } = GENESIS_PARAMS_DEFAULT
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
  }
}
