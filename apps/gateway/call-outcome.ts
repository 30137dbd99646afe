// What a simulated call came to, as a result or as the error that clients understand.

import { bytesToHex } from '../../lib/hex.ts'
import { decodeErrorString } from '../../protocol/abi/error-string.ts'
import type { CallResult } from './chain-access.ts'
import { RpcError, refusal, reverted } from './errors.ts'

/** Throws RpcError unless the call succeeded. `gas` is what it was offered. */
export function requireSuccess({ ok, code, output }: CallResult, gas: number): void {
  if (ok) return
  if (code === 'EXECUTION_REVERTED') throw reverted(bytesToHex(output), decodeErrorString(output))
  if (code === 'OUT_OF_GAS' || code === 'INTRINSIC_GAS_TOO_LOW' || code === 'FLOOR_GAS_TOO_LOW') {
    throw new RpcError('REFUSED', `gas required exceeds allowance (${gas})`, { code })
  }
  throw refusal(code)
}
