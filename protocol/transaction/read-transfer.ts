// A typed transaction as nearly all are (to an account, little data, no access list), read in one
// pass over its bytes. PERF: the strict decoder makes an array for every field. What is longer,
// rarer or malformed is left to it.

import { compareBytes, EMPTY } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { integerAt } from '../rlp/rlp.ts'
import type { Transaction } from './transaction.ts'

/** Half the order of secp256k1 (EIP-2). */
export const S_MAX = hexToBytes(
  '0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0',
)

const EMPTY_LIST = 0xc0
/** Numbers of so many bytes are exact. */
const SMALL_BYTES = 6

/** Steps over canonical strings of at most 55 bytes; `isGood` turns false at anything else. */
class Cursor {
  isGood = true
  start = 0
  end = 0
  readonly raw: Uint8Array

  constructor(raw: Uint8Array, at: number) {
    this.raw = raw
    this.end = at
  }

  next(bytesMax: number): void {
    const { raw, end: at } = this
    const first = raw[at] ?? 0xff
    this.start = first < 0x80 ? at : at + 1
    this.end = first < 0x80 ? at + 1 : this.start + first - 0x80
    const isTooLong = first > 0xb7 || this.end - this.start > bytesMax || this.end > raw.length
    const isLoose = first === 0x81 && (raw[this.start] as number) < 0x80
    if (isTooLong || isLoose) this.isGood = false
  }

  private nextInteger(bytesMax: number): void {
    this.next(bytesMax)
    if (this.end > this.start && this.raw[this.start] === 0) this.isGood = false
  }

  number(): number {
    this.nextInteger(SMALL_BYTES)
    let value = 0
    for (let i = this.start; i < this.end && this.isGood; i++) {
      value = value * 256 + (this.raw[i] as number)
    }
    return value
  }

  bigint(): bigint {
    this.nextInteger(32)
    return this.isGood ? integerAt(this.raw, this.start, this.end) : 0n
  }

  bytes(): Uint8Array {
    this.next(55)
    return this.end === this.start ? EMPTY : this.raw.subarray(this.start, this.end)
  }

  address(): Hex {
    this.next(20)
    if (this.end - this.start !== 20) this.isGood = false
    return bytesToHex(this.raw.subarray(this.start, this.end))
  }

  emptyList(): void {
    if (this.raw[this.end++] !== EMPTY_LIST) this.isGood = false
  }

  /** Into the 32 bytes that end at `to`. */
  word(out: Uint8Array, to: number): void {
    this.nextInteger(32)
    if (!this.isGood) return
    for (let i = this.end, at = to; i > this.start; ) out[--at] = this.raw[--i] as number
  }
}

/** Where the items of the list begin that fills `raw` from its second byte; 0 when none does. */
function listStart(raw: Uint8Array): number {
  const head = raw[1] ?? 0
  const { length } = raw
  if (head >= 0xc0 && head < 0xf8) return length === 2 + head - 0xc0 ? 2 : 0
  const body = raw[2] as number
  return head === 0xf8 && body > 55 && length === 3 + body ? 3 : 0
}

function isHigh(signature: Uint8Array): boolean {
  return (signature[32] as number) >= 0x7f && compareBytes(signature.subarray(32, 64), S_MAX) > 0
}

/** `hash` is raw's. Undefined when the strict decoder has to look. */
export function readTransfer(raw: Uint8Array, hash: () => Hex): Transaction | undefined {
  const type = raw[0]
  const start = listStart(raw)
  if ((type !== 1 && type !== 2) || start === 0) return undefined
  const cursor = new Cursor(raw, start)
  const chainId = cursor.bigint()
  const nonce = cursor.number()
  const maxPriorityFeePerGas = cursor.bigint()
  const maxFeePerGas = type === 1 ? maxPriorityFeePerGas : cursor.bigint()
  const gasLimit = cursor.number()
  const to = cursor.address()
  const value = cursor.bigint()
  const data = cursor.bytes()
  cursor.emptyList()
  const parity = cursor.number()
  const signature = new Uint8Array(65)
  cursor.word(signature, 32)
  cursor.word(signature, 64)
  signature[64] = parity
  if (!cursor.isGood || cursor.end !== raw.length || parity > 1 || isHigh(signature)) {
    return undefined
  }
  return {
    type,
    chainId,
    nonce,
    maxFeePerGas,
    maxPriorityFeePerGas,
    gasLimit,
    to,
    value,
    data,
    accessList: NO_ACCESS,
    signature,
    raw,
    hash: hash(),
  }
}

const NO_ACCESS: readonly never[] = []
