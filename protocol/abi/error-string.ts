// Solidity's `Error(string)`: how a refused call says why.

import { bytesToHex } from '../../lib/hex.ts'
import { decodeArguments } from './codec.ts'
import { abiFunction, encodeCall } from './function.ts'

const ERROR = abiFunction('Error', ['string'], [])

export function encodeErrorString(message: string): Uint8Array {
  return encodeCall(ERROR, [message])
}

/** The message, or undefined if the output is not an `Error(string)`. */
export function decodeErrorString(output: Uint8Array): string | undefined {
  if (bytesToHex(output.subarray(0, 4)) !== ERROR.selector) return undefined
  try {
    return decodeArguments(ERROR.inputs, output.subarray(4))[0]
  } catch {
    return undefined
  }
}
