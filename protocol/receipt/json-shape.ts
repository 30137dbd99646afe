// Shapes of the members of the files that prove something: strict, so that one value has one text.

import type { Hex } from '../../lib/hex.ts'

export type Fields = Record<string, unknown>
export type Shape = (value: unknown) => boolean

export function hasExactly(value: unknown, names: readonly string[]): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.keys(value).sort().join() === [...names].sort().join()
}

const isHexText = (value: unknown): value is Hex =>
  typeof value === 'string' && /^0x(?:[0-9a-f]{2})*$/.test(value)

/** Lower-case hex of one byte or more. */
export const isBytes: Shape = (value) => isHexText(value) && value.length > 2

/** Of none to `max` bytes. */
export const isBytesUpTo =
  (max: number): Shape =>
  (value) =>
    isHexText(value) && value.length <= 2 + 2 * max

export const isBytesOf =
  (length: number): Shape =>
  (value) =>
    isHexText(value) && value.length === 2 + 2 * length

export const isWhole =
  (max: number = Number.MAX_SAFE_INTEGER): Shape =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max

/** Decimal text of a number below 2^64. */
export const isU64Text: Shape = (value) =>
  typeof value === 'string' && /^(0|[1-9][0-9]{0,19})$/.test(value) && BigInt(value) < 2n ** 64n

/** Of one to `max` byte strings. */
export const isList =
  (max: number): Shape =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= max && value.every(isBytes)

/** The first member that is missing, unknown or ill-formed; undefined if all are as they must be. */
export function wrongMember(
  value: unknown,
  shapes: Readonly<Record<string, Shape>>,
  optional: readonly string[] = [],
): string | undefined {
  const present = (name: string) =>
    !optional.includes(name) || (value as Fields | undefined)?.[name] !== undefined
  const names = Object.keys(shapes).filter(present)
  if (!hasExactly(value, names)) return 'one of its members'
  return names.find((name) => !(shapes[name] as Shape)(value[name]))
}
