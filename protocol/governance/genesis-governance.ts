// What a genesis decides in governance's place: parameters of its own, and who has a seat.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Words } from '../modules/storage-layout.ts'
import { admittedSlot } from './governance-storage.ts'
import {
  combinationHolds,
  PARAMETERS,
  type ParameterName,
  parameterSlot,
  parametersOf,
} from './parameters.ts'

export type GenesisParameters = Readonly<Partial<Record<ParameterName, bigint>>>

/** Why these values cannot be, or undefined. Values that are not given are the initial ones. */
export function genesisParameterFault(given: GenesisParameters): string | undefined {
  for (const [name, value] of Object.entries(given) as [ParameterName, bigint][]) {
    const { min, max, unit } = PARAMETERS[name]
    if (value < min || value > max) return `${name} is ${value}, not ${min} to ${max} (${unit})`
  }
  const read = (name: ParameterName) => given[name] ?? PARAMETERS[name].initial
  return combinationHolds(read) ? undefined : 'the parameters do not fit together'
}

/** `words`: the storage of the governance module. Asserts that the values are possible. */
export function governAtGenesis(
  words: Words,
  given: GenesisParameters,
  authorities: readonly Hex[],
): void {
  for (const [name, value] of Object.entries(given) as [ParameterName, bigint][]) {
    words.save(parameterSlot(name), value + 1n)
  }
  assert(genesisParameterFault(given) === undefined, 'governance: impossible genesis parameters')
  assert(combinationHolds(parametersOf(words)), 'governance: genesis parameters do not fit')
  for (const operator of authorities) words.save(admittedSlot(operator), 1n)
}
