// An account as Ethereum's state trie keeps it: rlp([nonce, balance, storageRoot, codeHash]).

import type { ByteSlab } from '../../lib/byte-slab.ts'
import { equalBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { asBytes, asInteger, asList, asNumber, decodeRlp } from '../rlp/rlp.ts'
import { EMPTY_ROOT } from '../trie/trie.ts'
import { type LateValue, valueBytes } from '../trie/trie-node.ts'

export interface Account {
  readonly nonce: number
  readonly balance: bigint
  readonly storageRoot: Hex
  readonly codeHash: Hex
}

/** keccak256 of no code. */
export const EMPTY_CODE_HASH: Hex =
  '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'

/** PERF: what nearly every account has. */
const EMPTY_ROOT_BYTES = hexToBytes(EMPTY_ROOT)
const EMPTY_CODE_BYTES = hexToBytes(EMPTY_CODE_HASH)

export const EMPTY_ACCOUNT: Account = {
  nonce: 0,
  balance: 0n,
  storageRoot: EMPTY_ROOT,
  codeHash: EMPTY_CODE_HASH,
}

/** Empty accounts are not kept in the state (EIP-161). */
export function isEmptyAccount(account: Account): boolean {
  return account.nonce === 0 && account.balance === 0n && account.storageRoot === EMPTY_ROOT
}

/** PERF: digits of one integer, without a number or an array for each. */
const digits = new DataView(new ArrayBuffer(32))
const digitBytes = new Uint8Array(digits.buffer)

const U64_MAX = 2n ** 64n - 1n

/** Fills `digits` and returns where they begin; 32 for zero. */
function spell(value: bigint | number): number {
  let at = 24
  let rest = BigInt(value)
  digits.setBigUint64(at, rest)
  while (at > 0 && rest > U64_MAX) {
    rest >>= 64n
    at -= 8
    digits.setBigUint64(at, rest)
  }
  while (at < 32 && digitBytes[at] === 0) at++
  return at
}

function integerSize(value: bigint | number): number {
  if (value < 0x80) return 1
  return 33 - spell(value)
}

function writeInteger(out: Uint8Array, at: number, value: bigint | number): number {
  if (value < 0x80) {
    out[at] = Number(value) || 0x80
    return at + 1
  }
  let next = at
  let from = spell(value)
  out[next++] = 0x80 + 32 - from
  while (from < 32) out[next++] = digitBytes[from++] as number
  return next
}

function writeHash(out: Uint8Array, at: number, bytes: Uint8Array): number {
  out[at] = 0x80 + 32
  for (let i = 0; i < 32; i++) out[at + 1 + i] = bytes[i] as number
  return at + 33
}

/** An account as the value of a trie's leaf, encoded whenever it is hashed. */
export class AccountValue implements LateValue {
  readonly account: Account
  private readonly bodyBytes: number

  constructor(account: Account) {
    this.account = account
    this.bodyBytes = integerSize(account.nonce) + integerSize(account.balance) + 66
  }

  byteSize(): number {
    return 2 + this.bodyBytes
  }

  /** rlp([nonce, balance, storageRoot, codeHash]): 68 to 107 bytes, so the head has two. */
  write(out: Uint8Array, at: number): void {
    const { nonce, balance, storageRoot, codeHash } = this.account
    out[at] = 0xf8
    out[at + 1] = this.bodyBytes
    let next = writeInteger(out, at + 2, nonce)
    next = writeInteger(out, next, balance)
    const root = storageRoot === EMPTY_ROOT ? EMPTY_ROOT_BYTES : hexToBytes(storageRoot)
    next = writeHash(out, next, root)
    writeHash(out, next, codeHash === EMPTY_CODE_HASH ? EMPTY_CODE_BYTES : hexToBytes(codeHash))
  }
}

export function encodeAccount(account: Account, slab?: ByteSlab): Uint8Array {
  return valueBytes(new AccountValue(account), slab)
}

function known(bytes: Uint8Array, usual: Uint8Array, text: Hex): Hex {
  return equalBytes(bytes, usual) ? text : bytesToHex(bytes)
}

/** Throws RlpError. */
export function decodeAccount(bytes: Uint8Array): Account {
  const [nonce, balance, storageRoot, codeHash] = asList(decodeRlp(bytes), 4)
  return {
    nonce: asNumber(nonce),
    balance: asInteger(balance),
    storageRoot: known(asBytes(storageRoot, 32), EMPTY_ROOT_BYTES, EMPTY_ROOT),
    codeHash: known(asBytes(codeHash, 32), EMPTY_CODE_BYTES, EMPTY_CODE_HASH),
  }
}
