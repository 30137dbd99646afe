// A contract function seen from both sides: its selector and the codecs of arguments and results.

import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { decodeArguments, encodeArguments } from './codec.ts'
import type { AbiTypes, AbiValues } from './types.ts'

export interface AbiFunction<In extends AbiTypes = AbiTypes, Out extends AbiTypes = AbiTypes> {
  readonly name: string
  readonly inputs: In
  readonly outputs: Out
  /** 4 bytes. */
  readonly selector: Hex
}

/** `name(type,type)`: what selectors and topics hash. */
export function signatureText(name: string, types: AbiTypes): string {
  return `${name}(${types.join(',')})`
}

export function abiFunction<const In extends AbiTypes, const Out extends AbiTypes>(
  name: string,
  inputs: In,
  outputs: Out,
): AbiFunction<In, Out> {
  const selector = keccak(utf8(signatureText(name, inputs))).subarray(0, 4)
  return { name, inputs, outputs, selector: bytesToHex(selector) }
}

/** Calldata: selector and arguments. */
export function encodeCall<In extends AbiTypes>(
  fn: AbiFunction<In>,
  values: AbiValues<In>,
): Uint8Array {
  const selector = keccak(utf8(signatureText(fn.name, fn.inputs))).subarray(0, 4)
  return concatBytes(selector, encodeArguments(fn.inputs, values))
}

/** The arguments after the selector; throws AbiError. */
export function decodeCall<In extends AbiTypes>(
  fn: AbiFunction<In>,
  data: Uint8Array,
): AbiValues<In> {
  return decodeArguments(fn.inputs, data.subarray(4))
}
