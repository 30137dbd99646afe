// The encodings of a transaction: what is signed, and what is sent (EIP-155, EIP-2718, EIP-2930,
// EIP-1559).

import { bytesToBigint, concatBytes, EMPTY } from '../../lib/bytes.ts'
import { keccak } from '../crypto/keccak.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { encodeRlp, type RlpItem, rlpHex, rlpInteger } from '../rlp/rlp.ts'
import type { UnsignedTransaction } from './transaction.ts'

function accessList(tx: UnsignedTransaction): RlpItem {
  return tx.accessList.map((entry) => [rlpHex(entry.address), entry.storageKeys.map(rlpHex)])
}

function fields(tx: UnsignedTransaction): RlpItem[] {
  const to = tx.to === undefined ? EMPTY : rlpHex(tx.to)
  const price = rlpInteger(tx.maxFeePerGas)
  const call: RlpItem[] = [rlpInteger(tx.gasLimit), to, rlpInteger(tx.value), tx.data]
  const nonce = rlpInteger(tx.nonce)
  if (tx.type === 0) return [nonce, price, ...call]
  const chainId = rlpInteger(tx.chainId)
  if (tx.type === 1) return [chainId, nonce, price, ...call, accessList(tx)]
  return [chainId, nonce, rlpInteger(tx.maxPriorityFeePerGas), price, ...call, accessList(tx)]
}

function typed(tx: UnsignedTransaction, items: RlpItem[]): Uint8Array {
  const body = encodeRlp(items)
  return tx.type === 0 ? body : concatBytes(Uint8Array.of(tx.type), body)
}

/** The 32-byte digest that the sender signs. */
export function signingDigest(tx: UnsignedTransaction): Uint8Array {
  if (tx.type !== 0) return keccak(typed(tx, fields(tx)))
  return keccak(typed(tx, [...fields(tx), rlpInteger(tx.chainId), EMPTY, EMPTY]))
}

/** The raw signed transaction; `signature` is r, s, yParity. */
export function encodeSigned(tx: UnsignedTransaction, signature: Uint8Array): Uint8Array {
  const r = rlpInteger(bytesToBigint(signature.subarray(0, 32)))
  const s = rlpInteger(bytesToBigint(signature.subarray(32, 64)))
  const parity = BigInt(signature[64] as number)
  const v = tx.type === 0 ? tx.chainId * 2n + 35n + parity : parity
  return typed(tx, [...fields(tx), rlpInteger(v), r, s])
}

/** Signs and encodes; deterministic (RFC 6979). */
export function signTransaction(
  tx: UnsignedTransaction,
  secretKey: Uint8Array,
  secp256k1: Secp256k1,
): Uint8Array {
  return encodeSigned(tx, secp256k1.sign(secretKey, signingDigest(tx)))
}
