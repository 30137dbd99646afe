// What a transaction sees of the block it is in.

import type { Hex } from '../../lib/hex.ts'
import type { Module } from '../modules/module.ts'

export interface ExecutionEnv {
  readonly chainId: bigint
  readonly height: number
  readonly timestamp: number
  readonly baseFee: bigint
  readonly coinbase: Hex
  readonly gasLimit: number
  readonly modules: ReadonlyMap<Hex, Module>
}
