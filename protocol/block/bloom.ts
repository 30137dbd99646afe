// The 2048-bit filter of addresses and topics in a block's logs (Yellow Paper 4.3.1).

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import type { Log } from '../modules/module.ts'

export const BLOOM_BYTES = 256

function bits(value: Hex): [number, number][] {
  const hash = keccak(hexToBytes(value))
  return [0, 2, 4].map((i) => {
    const bit = (((hash[i] as number) << 8) | (hash[i + 1] as number)) & 2047
    return [BLOOM_BYTES - 1 - (bit >> 3), 1 << (bit & 7)]
  })
}

export function logsBloom(logs: readonly Log[]): Uint8Array {
  const bloom = new Uint8Array(BLOOM_BYTES)
  for (const log of logs) {
    for (const value of [log.address, ...log.topics]) {
      for (const [byte, mask] of bits(value)) bloom[byte] = (bloom[byte] as number) | mask
    }
  }
  return bloom
}

export function joinBlooms(blooms: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(BLOOM_BYTES)
  for (const bloom of blooms) {
    for (let i = 0; i < BLOOM_BYTES; i++) joined[i] = (joined[i] as number) | (bloom[i] as number)
  }
  return joined
}

/** False means that the value is surely not in the block. */
export function bloomMayHave(bloom: Uint8Array, value: Hex): boolean {
  return bits(value).every(([byte, mask]) => ((bloom[byte] as number) & mask) !== 0)
}
