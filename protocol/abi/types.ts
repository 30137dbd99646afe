// The part of the Solidity ABI that the chain's modules use: argument lists without tuples or
// arrays, mapped to one TypeScript type each.

import type { Hex } from '../../lib/hex.ts'

type UintBits = 8 | 64 | 256

export type AbiType = `uint${UintBits}` | 'address' | 'bool' | 'bytes32' | 'bytes' | 'string'

export type AbiValue<T extends AbiType> = T extends `uint${UintBits}`
  ? bigint
  : T extends 'address' | 'bytes32'
    ? Hex
    : T extends 'bool'
      ? boolean
      : T extends 'bytes'
        ? Uint8Array
        : string

export type AbiTypes = readonly AbiType[]

/** The values of an argument list, in order. */
export type AbiValues<T extends AbiTypes> = { readonly [I in keyof T]: AbiValue<T[I]> }

export function isDynamic(type: AbiType): boolean {
  return type === 'bytes' || type === 'string'
}
