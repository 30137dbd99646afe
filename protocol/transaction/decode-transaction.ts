// Strict decoding of raw transactions. A refusal says why; nothing that is malformed, malleable
// (high s) or unprotected against replay on other chains gets through.

import { compareBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  integerBytes,
  RlpError,
  type RlpItem,
} from '../rlp/rlp.ts'
import { signingDigest } from './encode-transaction.ts'
import { readTransfer, S_MAX } from './read-transfer.ts'
import type { AccessListEntry, Transaction } from './transaction.ts'

export type DecodedTransaction =
  | { readonly ok: true; readonly transaction: Transaction }
  | { readonly ok: false; readonly code: string; readonly detail: string }

function readTo(item: RlpItem | undefined): Hex | undefined {
  const bytes = asBytes(item)
  return bytes.length === 0 ? undefined : bytesToHex(asBytes(item, 20))
}

function readAccessList(item: RlpItem | undefined): AccessListEntry[] {
  return asList(item).map((entry) => {
    const [address, keys] = asList(entry, 2)
    return {
      address: bytesToHex(asBytes(address, 20)),
      storageKeys: asList(keys).map((key) => bytesToHex(asBytes(key, 32))),
    }
  })
}

function readSignature(r: RlpItem | undefined, s: RlpItem | undefined, parity: bigint): Uint8Array {
  if (parity !== 0n && parity !== 1n) throw new RlpError('invalid signature: yParity')
  const signature = new Uint8Array(65)
  const [rBytes, sBytes] = [integerBytes(r), integerBytes(s)]
  signature.set(rBytes, 32 - rBytes.length)
  signature.set(sBytes, 64 - sBytes.length)
  if (compareBytes(signature.subarray(32, 64), S_MAX) > 0) {
    throw new RlpError('invalid signature: high s')
  }
  signature[64] = Number(parity)
  return signature
}

type Parsed = Omit<Transaction, 'hash' | 'raw'>

function readLegacy(raw: Uint8Array): Parsed {
  const items = asList(decodeRlp(raw), 9)
  const v = asInteger(items[6])
  if (v < 35n) throw new RlpError('only replay-protected (EIP-155) transactions allowed over RPC')
  const price = asInteger(items[1])
  return {
    type: 0,
    chainId: (v - 35n) / 2n,
    nonce: asNumber(items[0]),
    maxFeePerGas: price,
    maxPriorityFeePerGas: price,
    gasLimit: asNumber(items[2]),
    to: readTo(items[3]),
    value: asInteger(items[4]),
    data: asBytes(items[5]),
    accessList: [],
    signature: readSignature(items[7], items[8], (v - 35n) % 2n),
  }
}

function readTyped(type: 1 | 2, body: Uint8Array): Parsed {
  const items = asList(decodeRlp(body), type === 1 ? 11 : 12)
  const at = type === 1 ? 2 : 3
  const [gasLimit, to, value, data, accessList, parity, r, s] = items.slice(at + 1)
  return {
    type,
    chainId: asInteger(items[0]),
    nonce: asNumber(items[1]),
    maxFeePerGas: asInteger(items[at]),
    maxPriorityFeePerGas: asInteger(items[2]),
    gasLimit: asNumber(gasLimit),
    to: readTo(to),
    value: asInteger(value),
    data: asBytes(data),
    accessList: readAccessList(accessList),
    signature: readSignature(r, s, asInteger(parity)),
  }
}

function parse(raw: Uint8Array): Parsed {
  const first = raw[0]
  if (first === undefined) throw new RlpError('transaction is empty')
  if (first >= 0xc0) return readLegacy(raw)
  if (first === 1 || first === 2) return readTyped(first, raw.subarray(1))
  throw new RlpError(`transaction type ${first} is not supported`)
}

/** Any transaction, field by field; throws RlpError. */
export function decodeStrictly(raw: Uint8Array): Transaction {
  return { ...parse(raw), raw, hash: keccakHex(raw) }
}

/**
 * PERF: a node's mempool and its builder decode the same bytes one after the other. Kept with the
 * bytes, because a weak map of so many short-lived ones costs more than decoding.
 */
const DECODED = Symbol('decoded')

type Raw = Uint8Array & { [DECODED]?: DecodedTransaction }

/** `raw` is kept: nobody may change it afterwards. */
export function decodeTransaction(raw: Uint8Array): DecodedTransaction {
  const before = (raw as Raw)[DECODED]
  if (before) return before
  try {
    const transaction = readTransfer(raw, () => keccakHex(raw)) ?? decodeStrictly(raw)
    const decoded = { ok: true, transaction } as const
    ;(raw as Raw)[DECODED] = decoded
    return decoded
  } catch (error) {
    if (!(error instanceof RlpError)) throw error
    return { ok: false, code: 'UNDECODABLE', detail: error.message }
  }
}

/** The sender's address, or undefined when the signature fits no key. */
export function recoverSender(tx: Transaction, secp256k1: Secp256k1): Hex | undefined {
  const address = secp256k1.recoverAddress(signingDigest(tx), tx.signature)
  return address && bytesToHex(address)
}
