// Readers of method parameters: each knows what it expects and says so when it gets something else.

import { TRANSACTION_BYTES_MAX } from '../../config/limits.ts'
import { type Hex, hexToBytes, isHex } from '../../lib/hex.ts'
import { RpcError } from './errors.ts'
import { readQuantity } from './quantity.ts'

export interface Param<T> {
  readonly expects: string
  /** Used when the parameter is absent or null; without it the parameter is required. */
  readonly fallback?: { readonly value: T }
  /** Undefined when `value` is not what is expected. */
  read(value: unknown): T | undefined
}

export type Values<P extends readonly Param<unknown>[]> = {
  [I in keyof P]: P[I] extends Param<infer T> ? T : never
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** Throws RpcError INVALID_PARAMS. */
export function readParams<P extends readonly Param<unknown>[]>(
  params: P,
  given: readonly unknown[],
): Values<P> {
  if (given.length > params.length) {
    throw new RpcError('INVALID_PARAMS', `too many arguments, want at most ${params.length}`)
  }
  return params.map((param, i) => {
    const value = given[i]
    if (value === undefined || value === null) {
      if (param.fallback) return param.fallback.value
      const text = `missing value for required argument ${i}: expected ${param.expects}`
      throw new RpcError('INVALID_PARAMS', text)
    }
    const read = param.read(value)
    if (read !== undefined) return read
    const text = `invalid argument ${i}: expected ${param.expects}, got ${shown(value)}`
    throw new RpcError('INVALID_PARAMS', text)
  }) as Values<P>
}

export function withDefault<T>(param: Param<T>, value: T): Param<T> {
  return { ...param, fallback: { value } }
}

function bytesOf(length: number, expects: string): Param<Hex> {
  return {
    expects,
    read: (value) => (isHex(value, length) ? (value.toLowerCase() as Hex) : undefined),
  }
}

export const address = bytesOf(20, 'an address (0x and 40 hex digits)')
export const hash = bytesOf(32, 'a hash (0x and 64 hex digits)')

export const flag: Param<boolean> = {
  expects: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

export const amount: Param<bigint> = {
  expects: 'a quantity (0x and hex digits without leading zeros)',
  read: readQuantity,
}

/** A quantity that fits a safe integer. */
export const count: Param<number> = {
  expects: 'a quantity below 2^53 (0x and hex digits without leading zeros)',
  read: (value) => {
    const read = readQuantity(value)
    return read !== undefined && read <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(read) : undefined
  },
}

export const data: Param<Uint8Array> = {
  expects: `data (0x and hex digits, at most ${TRANSACTION_BYTES_MAX} bytes)`,
  read: (value) => {
    if (!isHex(value) || value.length > 2 + 2 * TRANSACTION_BYTES_MAX) return undefined
    return hexToBytes(value)
  },
}

/** A storage slot: a 32-byte word, or a quantity. */
export const slot: Param<Hex> = {
  expects: 'a storage slot (0x and up to 64 hex digits)',
  read: (value) =>
    typeof value === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(value)
      ? `0x${value.slice(2).toLowerCase().padStart(64, '0')}`
      : undefined,
}

export const anyBytes: Param<Uint8Array> = {
  expects: 'data (0x and an even number of hex digits)',
  read: (value) => (isHex(value) ? hexToBytes(value) : undefined),
}
