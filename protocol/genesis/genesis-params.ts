// The optional `params` of a genesis file: how long epochs are, and who decides the mode.

import { BALANCED_STAKE_PUBLISHED, type Fraction } from '../consensus/epoch-rules.ts'
import { type EpochParams, MODE_POLICIES, type ModePolicy } from '../epoch/epoch-params.ts'
import { EPOCH_BLOCKS, EPOCH_MS } from '../params.ts'
import { fail, fields, items, whole } from './genesis-fields.ts'

export interface GenesisParams extends EpochParams {
  readonly balancedStake: Fraction
}

export const GENESIS_PARAMS_DEFAULT: GenesisParams = {
  modePolicy: 0,
  epochBlocks: EPOCH_BLOCKS,
  epochMs: EPOCH_MS,
  balancedStake: BALANCED_STAKE_PUBLISHED,
}

/** An epoch of one block would be its own boundary: nothing would ever be built on a block. */
const EPOCH_BLOCKS_MIN = 2
const EPOCH_BLOCKS_MAX = 1_000_000
const EPOCH_MS_MIN = 1000
const EPOCH_MS_MAX = 86_400_000
const DENOMINATOR_MAX = 1_000_000

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

function readFraction(value: unknown, path: string): Fraction {
  const list = items(value, path, 2)
  if (list.length !== 2) fail(path, 'two numbers: numerator and denominator')
  const denominator = between(list[1], 2, DENOMINATOR_MAX, `${path}[1]`)
  const numerator = between(list[0], 1, denominator - 1, `${path}[0]`)
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) }
}

/** Throws GenesisError. */
export function readParams(value: unknown, path: string): GenesisParams {
  const f = fields(value, path, [], ['epochBlocks', 'epochMs', 'modePolicy', 'balancedStake'])
  return {
    ...GENESIS_PARAMS_DEFAULT,
    ...('epochBlocks' in f && {
      epochBlocks: readEpochBlocks(f.epochBlocks, `${path}.epochBlocks`),
    }),
    ...('epochMs' in f && {
      epochMs: between(f.epochMs, EPOCH_MS_MIN, EPOCH_MS_MAX, `${path}.epochMs`),
    }),
    ...('modePolicy' in f && { modePolicy: readPolicy(f.modePolicy, `${path}.modePolicy`) }),
    ...('balancedStake' in f && {
      balancedStake: readFraction(f.balancedStake, `${path}.balancedStake`),
    }),
  }
}
