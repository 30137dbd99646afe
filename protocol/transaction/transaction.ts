// Ethereum transactions as values: legacy with EIP-155, EIP-2930 and EIP-1559. The three types
// differ in how they are encoded; what they ask for is the same.

import type { Hex } from '../../lib/hex.ts'

export interface AccessListEntry {
  readonly address: Hex
  readonly storageKeys: readonly Hex[]
}

export interface UnsignedTransaction {
  readonly type: 0 | 1 | 2
  readonly chainId: bigint
  readonly nonce: number
  /** Wei per gas at most; for types 0 and 1 the gas price. */
  readonly maxFeePerGas: bigint
  /** Wei per gas for the proposer at most; for types 0 and 1 the gas price. */
  readonly maxPriorityFeePerGas: bigint
  readonly gasLimit: number
  /** Undefined creates a contract. */
  readonly to: Hex | undefined
  readonly value: bigint
  readonly data: Uint8Array
  readonly accessList: readonly AccessListEntry[]
}

export interface Transaction extends UnsignedTransaction {
  readonly hash: Hex
  readonly raw: Uint8Array
  /** r, s, yParity. */
  readonly signature: Uint8Array
}
