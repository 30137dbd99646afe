// Numbers as Ethereum's JSON-RPC writes them: hex without leading zeros.

import type { Hex } from '../../lib/hex.ts'

export function quantity(value: number | bigint): Hex {
  return `0x${value.toString(16)}`
}

/** Undefined unless it is a quantity below 2^256. Leading zeros are refused, as geth does. */
export function readQuantity(value: unknown): bigint | undefined {
  if (typeof value !== 'string') return undefined
  return /^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})$/.test(value) ? BigInt(value) : undefined
}

/** 32 bytes, as storage words are written. */
export function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, '0')}`
}
