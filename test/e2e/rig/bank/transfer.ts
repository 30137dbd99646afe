// One transfer of the bank workload, and everything its client was ever told about it.

import type { Hex } from '../../../../lib/hex.ts'

export interface Sending {
  readonly node: string
  readonly atMs: number
  /** Unknown: no answer came in time, so it may have been taken. */
  readonly outcome: 'acknowledged' | 'known already' | 'unknown' | 'refused'
}

export interface Transfer {
  readonly from: Hex
  readonly to: Hex
  readonly nonce: number
  readonly value: bigint
  readonly hash: Hex
  readonly raw: Hex
  /** When it should have been sent, whatever kept its client from it. */
  readonly intendedMs: number
  readonly sendings: Sending[]
  /** What a gateway has shown as final. */
  final?: {
    readonly node: string
    readonly atMs: number
    readonly height: number
    readonly blockHash: string
  }
}

/** What one client read at one node about its own account. */
export interface AccountReading {
  readonly client: Hex
  readonly node: string
  readonly nonce: number
}
