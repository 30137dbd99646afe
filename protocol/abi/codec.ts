// Encoding and strict decoding of argument lists (Solidity ABI specification, "Formal Specification
// of the Encoding"). Strict: one encoding per value is accepted, because calldata is signed and
// anything that two readers could read differently is refused.

import { bigintToBytes, bytesToBigint, concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes, isHex } from '../../lib/hex.ts'
import { type AbiType, type AbiTypes, type AbiValues, isDynamic } from './types.ts'

export class AbiError extends Error {
  override readonly name = 'AbiError'
}

const WORD = 32

/** Throws AbiError when a value does not fit its type. */
export function encodeArguments<const T extends AbiTypes>(
  types: T,
  values: AbiValues<T>,
): Uint8Array {
  const heads: Uint8Array[] = []
  const tails: Uint8Array[] = []
  let offset = types.length * WORD
  for (const [i, type] of types.entries()) {
    const value: unknown = values[i]
    if (!isDynamic(type)) {
      heads.push(encodeWord(type, value))
      continue
    }
    const tail = encodeTail(type, value)
    heads.push(bigintToBytes(BigInt(offset), WORD))
    tails.push(tail)
    offset += tail.length
  }
  return concatBytes(...heads, ...tails)
}

/** Throws AbiError unless `data` is exactly what `encodeArguments` makes of some values. */
export function decodeArguments<const T extends AbiTypes>(
  types: T,
  data: Uint8Array,
): AbiValues<T> {
  let end = types.length * WORD
  const values = types.map((type, i) => {
    const word = data.subarray(i * WORD, (i + 1) * WORD)
    if (word.length !== WORD) throw new AbiError(`argument ${i}: data ends too early`)
    if (!isDynamic(type)) return decodeWord(type, word, i)
    if (bytesToBigint(word) !== BigInt(end)) throw new AbiError(`argument ${i}: offset not ${end}`)
    const content = decodeTail(data, end, i)
    end += WORD + padded(content.length)
    return type === 'string' ? decodeText(content, i) : content
  })
  if (data.length !== end) throw new AbiError(`${data.length} bytes of arguments, expected ${end}`)
  return values as unknown as AbiValues<T>
}

function padded(length: number): number {
  return Math.ceil(length / WORD) * WORD
}

function encodeWord(type: AbiType, value: unknown): Uint8Array {
  if (type === 'bool') return bigintToBytes(value === true ? 1n : 0n, WORD)
  if (type === 'address' || type === 'bytes32') {
    const length = type === 'address' ? 20 : WORD
    if (!isHex(value, length)) throw new AbiError(`not ${type}: ${String(value)}`)
    const word = new Uint8Array(WORD)
    word.set(hexToBytes(value), WORD - length)
    return word
  }
  const bytes = Number(type.slice(4)) / 8
  if (typeof value !== 'bigint' || value < 0n || value >= 1n << BigInt(8 * bytes)) {
    throw new AbiError(`not ${type}: ${String(value)}`)
  }
  return bigintToBytes(value, WORD)
}

function encodeTail(type: AbiType, value: unknown): Uint8Array {
  const content = type === 'string' ? new TextEncoder().encode(String(value)) : value
  if (!(content instanceof Uint8Array)) throw new AbiError('not bytes')
  const tail = new Uint8Array(WORD + padded(content.length))
  tail.set(bigintToBytes(BigInt(content.length), WORD))
  tail.set(content, WORD)
  return tail
}

function decodeWord(type: AbiType, word: Uint8Array, i: number): bigint | boolean | Hex {
  if (type === 'bytes32') return bytesToHex(word)
  const length = type === 'address' ? 20 : type === 'bool' ? 1 : Number(type.slice(4)) / 8
  for (let at = 0; at < WORD - length; at++) {
    if (word[at] !== 0) throw new AbiError(`argument ${i}: too large for ${type}`)
  }
  if (type === 'address') return bytesToHex(word.subarray(12))
  const value = bytesToBigint(word)
  if (type !== 'bool') return value
  if (value > 1n) throw new AbiError(`argument ${i}: not a bool`)
  return value === 1n
}

function decodeTail(data: Uint8Array, at: number, i: number): Uint8Array {
  const lengthWord = data.subarray(at, at + WORD)
  if (lengthWord.length !== WORD) throw new AbiError(`argument ${i}: data ends too early`)
  const length = bytesToBigint(lengthWord)
  if (length > BigInt(data.length)) throw new AbiError(`argument ${i}: longer than the data`)
  const start = at + WORD
  const end = start + Number(length)
  const tail = data.subarray(start, start + padded(Number(length)))
  if (tail.length !== padded(Number(length))) throw new AbiError(`argument ${i}: cut short`)
  if (tail.subarray(Number(length)).some((byte) => byte !== 0)) {
    throw new AbiError(`argument ${i}: padding is not zero`)
  }
  return data.slice(start, end)
}

function decodeText(content: Uint8Array, i: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    throw new AbiError(`argument ${i}: not UTF-8`)
  }
}
