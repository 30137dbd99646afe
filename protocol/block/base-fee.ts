// The base fee of the next block (EIP-1559), with a floor so that it can always rise again.

import { BASE_FEE_CHANGE_DENOMINATOR, BASE_FEE_MIN, GAS_TARGET_DIVISOR } from '../params.ts'

export function nextBaseFee(parent: {
  readonly baseFeePerGas: bigint
  readonly gasUsed: number
  readonly gasLimit: number
}): bigint {
  const target = BigInt(Math.floor(parent.gasLimit / GAS_TARGET_DIVISOR))
  const used = BigInt(parent.gasUsed)
  const fee = parent.baseFeePerGas
  if (used === target) return fee
  const gap = used > target ? used - target : target - used
  const change = (fee * gap) / target / BASE_FEE_CHANGE_DENOMINATOR
  if (used > target) return fee + (change > 0n ? change : 1n)
  const lower = fee - change
  return lower > BASE_FEE_MIN ? lower : BASE_FEE_MIN
}
