// The transaction object of eth_call and eth_estimateGas.

import type { Hex } from '../../lib/hex.ts'
import { RpcError } from './errors.ts'
import { address, amount, count, data, type Param } from './params.ts'

export interface CallObject {
  readonly from: Hex
  readonly to: Hex | undefined
  readonly value: bigint
  readonly data: Uint8Array
  readonly gas: number | undefined
  /** What one unit of gas may cost at most; 0 when nothing was said. */
  readonly gasPrice: bigint
}

const NOBODY: Hex = `0x${'0'.repeat(40)}`

function field<T>(object: Record<string, unknown>, name: string, param: Param<T>): T | undefined {
  const value = object[name]
  if (value === undefined || value === null) return undefined
  const read = param.read(value)
  if (read !== undefined) return read
  throw new RpcError('INVALID_PARAMS', `invalid argument 0: ${name} must be ${param.expects}`)
}

/** `data` and `input` are two names for one thing. */
function callData(object: Record<string, unknown>): Uint8Array {
  const old = field(object, 'data', data)
  const input = field(object, 'input', data)
  if (old && input && object.data !== object.input) {
    const text = 'invalid argument 0: both data and input are set, and they differ'
    throw new RpcError('INVALID_PARAMS', text)
  }
  return input ?? old ?? new Uint8Array(0)
}

function feeCap(object: Record<string, unknown>): bigint {
  const gasPrice = field(object, 'gasPrice', amount)
  const maxFee = field(object, 'maxFeePerGas', amount)
  const tip = field(object, 'maxPriorityFeePerGas', amount)
  if (gasPrice !== undefined && (maxFee !== undefined || tip !== undefined)) {
    const text = 'both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified'
    throw new RpcError('INVALID_PARAMS', text)
  }
  return gasPrice ?? maxFee ?? 0n
}

/** Fields that do not matter to a call (nonce, type, accessList, …) are ignored, as in geth. */
export const callObject: Param<CallObject> = {
  expects: 'a transaction object',
  read: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const object = value as Record<string, unknown>
    const to = object.to === '0x' ? undefined : field(object, 'to', address)
    return {
      from: field(object, 'from', address) ?? NOBODY,
      to,
      value: field(object, 'value', amount) ?? 0n,
      data: callData(object),
      gas: field(object, 'gas', count),
      gasPrice: feeCap(object),
    }
  },
}
