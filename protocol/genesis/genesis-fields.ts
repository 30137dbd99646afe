// Fields of a genesis file, read strictly: every error names the field and what it should be.

import type { Hex } from '../../lib/hex.ts'
import { isHex } from '../../lib/hex.ts'

export class GenesisError extends Error {
  override readonly name = 'GenesisError'
}

type Fields = Record<string, unknown>

export function fail(path: string, expected: string): never {
  throw new GenesisError(`${path}: expected ${expected}`)
}

export function fields(
  value: unknown,
  path: string,
  required: string[],
  optional: string[],
): Fields {
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

export function items(value: unknown, path: string, max: number): unknown[] {
  if (!Array.isArray(value) || value.length > max) fail(path, `a list of at most ${max}`)
  return value
}

export function hexOf(value: unknown, length: number, path: string): Hex {
  if (!isHex(value, length)) fail(path, `0x text of ${length} bytes`)
  return value.toLowerCase() as Hex
}

/** Wei as decimal text: a JSON number cannot hold it. */
export function wei(value: unknown, path: string): bigint {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,59})$/.test(value)) {
    fail(path, 'wei as decimal text')
  }
  return BigInt(value)
}

export function whole(value: unknown, path: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) fail(path, 'a non-negative integer')
  return value as number
}
