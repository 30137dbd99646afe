// Gas that a transaction costs before anything runs (EIP-2028, EIP-2930), and the floor that its
// calldata sets (EIP-7623).

import type { UnsignedTransaction } from '../transaction/transaction.ts'

export const TRANSFER_GAS = 21_000
const ZERO_BYTE_GAS = 4
const NONZERO_BYTE_GAS = 16
const FLOOR_GAS_PER_TOKEN = 10
const ACCESS_ADDRESS_GAS = 2400
const ACCESS_KEY_GAS = 1900

export interface IntrinsicGas {
  readonly intrinsic: number
  readonly floor: number
}

const OF_TRANSFER: IntrinsicGas = { intrinsic: TRANSFER_GAS, floor: TRANSFER_GAS }

export function intrinsicGas(tx: Pick<UnsignedTransaction, 'data' | 'accessList'>): IntrinsicGas {
  if (tx.data.length === 0 && tx.accessList.length === 0) return OF_TRANSFER
  let nonzero = 0
  for (const byte of tx.data) if (byte !== 0) nonzero++
  const zero = tx.data.length - nonzero
  let intrinsic = TRANSFER_GAS + zero * ZERO_BYTE_GAS + nonzero * NONZERO_BYTE_GAS
  for (const entry of tx.accessList) {
    intrinsic += ACCESS_ADDRESS_GAS + entry.storageKeys.length * ACCESS_KEY_GAS
  }
  const floor = TRANSFER_GAS + FLOOR_GAS_PER_TOKEN * (zero + 4 * nonzero)
  return { intrinsic, floor }
}
