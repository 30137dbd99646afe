// The chain's own modules (market, staking, …) sit at fixed addresses and are called like
// contracts: ABI calldata in, ABI output and logs out, state in ordinary 32-byte storage slots of
// the module's account, money by transfers between ordinary accounts. A refused call changes
// nothing.

import type { Hex } from '../../lib/hex.ts'

export interface Log {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Uint8Array
}

export interface ModuleState {
  /** Wei held by an account. */
  balance(address: Hex): bigint
  /** Moves wei; throws AssertionFailed if `from` holds less (check first). */
  transfer(from: Hex, to: Hex, amount: bigint): void
  /** The module's own storage: 32-byte slot (0x text) to unsigned 256-bit word; 0 if never set. */
  load(slot: Hex): bigint
  save(slot: Hex, word: bigint): void
  /** A word of another account's storage, to read only. */
  loadOf(address: Hex, slot: Hex): bigint
}

/** What rules outside of transactions may do besides; every block accounts for both. */
export interface SystemState extends ModuleState {
  mint(to: Hex, amount: bigint): void
  /** Throws AssertionFailed if `from` holds less (check first). */
  burn(from: Hex, amount: bigint): void
}

export interface ModuleCall {
  readonly chainId: bigint
  readonly height: number
  /** Header time in whole seconds. */
  readonly timestamp: number
  readonly caller: Hex
  /** Wei sent with the call: already on the module's account when `call` runs. */
  readonly value: bigint
  readonly data: Uint8Array
  readonly state: ModuleState
  emit(log: Log): void
}

export type ModuleResult =
  | { readonly ok: true; readonly output: Uint8Array }
  /** `output` is ABI `Error(string)`; all state changes and the value are rolled back. */
  | { readonly ok: false; readonly code: string; readonly output: Uint8Array }

export interface Module {
  readonly name: string
  readonly address: Hex
  /** Gas beyond the intrinsic gas; a pure function of the calldata. */
  gas(data: Uint8Array): number
  call(call: ModuleCall): ModuleResult
}
