// A block: header, raw transactions in order, and the sidecar's bytes. Encoding rlp([header,
// [transactions…], sidecar]).

import type { Hex } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { asBytes, asList, decodeRlp, encodeRlp, firstItem } from '../rlp/rlp.ts'
import type { Header } from './header.ts'
import { encodeHeader, headerFromItems, headerItems } from './header-codec.ts'

export interface Block {
  readonly header: Header
  readonly hash: Hex
  readonly transactions: readonly Uint8Array[]
  readonly sidecar: Uint8Array
}

export function makeBlock(
  header: Header,
  transactions: readonly Uint8Array[],
  sidecar: Uint8Array,
): Block {
  return { header, hash: keccakHex(encodeHeader(header)), transactions, sidecar }
}

export function encodeBlock({ header, transactions, sidecar }: Block): Uint8Array {
  return encodeRlp([headerItems(header), [...transactions], sidecar])
}

/** Of an encoded block, of which nothing but the header is read. Throws RlpError. */
export function blockHash(bytes: Uint8Array): Hex {
  return keccakHex(firstItem(bytes))
}

/** Throws RlpError. */
export function decodeBlock(bytes: Uint8Array): Block {
  const [header, transactions, sidecar] = asList(decodeRlp(bytes), 3)
  return makeBlock(
    headerFromItems(header),
    asList(transactions).map((raw) => asBytes(raw)),
    asBytes(sidecar),
  )
}
