// What senders sign: with the ordinary key their transfer, when they submit it; with the BLS key
// the root of the batch that contains it. SHA-256 over fixed widths, little-endian.

import { sha256 } from '@noble/hashes/sha2.js'
import { assert } from '../../lib/assert.ts'
import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { NODE_BYTES } from '../crypto/hash-pairs.ts'
import { u32Bytes, u64Bytes } from './little-endian.ts'

/** A transfer of one account; amounts in units of 10^9 wei. */
export interface Transfer {
  readonly from: number
  readonly nonce: number
  /** An account, or EXIT_INDEX. */
  readonly to: number
  readonly amount: bigint
}

/** What an ordinary signature says besides: the highest fee, the last height of the base chain. */
export interface SignedTransfer extends Transfer {
  readonly maxFee: number
  readonly notAfter: number
}

/** What co-signers of a batch agree to. */
export interface BatchTerms {
  readonly shard: number
  readonly number: number
  /** Hash of the claim before. */
  readonly parent: Hex
  readonly transfers: number
  /** Units for each transfer. */
  readonly fee: number
  readonly txRoot: Hex
}

const COSIGN_DOMAIN = utf8('AITBC-ROLLUP-COSIGN-1')
const TRANSFER_DOMAIN = utf8('AITBC-ROLLUP-TRANSFER-1')
const U32 = 2 ** 32

/** 32 bytes, for the BLS key. */
export function cosignDigest(genesisHash: Hex, terms: BatchTerms): Uint8Array {
  return sha256(
    concatBytes(
      COSIGN_DOMAIN,
      hexToBytes(genesisHash),
      u32Bytes(terms.shard),
      u64Bytes(terms.number),
      hexToBytes(terms.parent),
      u32Bytes(terms.transfers),
      u32Bytes(terms.fee),
      hexToBytes(terms.txRoot),
    ),
  )
}

/** What is hashed of a transfer besides domain and chain. */
const TRANSFER_BYTES = 32

/** Digests of many transfers of one chain: PERF, a batch may bring thousands. */
export function transferDigester(genesisHash: Hex): (transfer: SignedTransfer) => Uint8Array {
  const head = concatBytes(TRANSFER_DOMAIN, hexToBytes(genesisHash))
  const bytes = concatBytes(head, new Uint8Array(TRANSFER_BYTES))
  const view = new DataView(bytes.buffer, head.length)
  return (transfer) => {
    view.setUint32(0, transfer.from, true)
    view.setUint32(4, transfer.nonce, true)
    view.setUint32(8, transfer.to, true)
    view.setBigUint64(12, transfer.amount, true)
    view.setUint32(20, transfer.maxFee, true)
    view.setBigUint64(24, BigInt(transfer.notAfter), true)
    return sha256(bytes)
  }
}

/** 32 bytes, for the ordinary key. */
export function transferDigest(genesisHash: Hex, transfer: SignedTransfer): Uint8Array {
  return transferDigester(genesisHash)(transfer)
}

/** A leaf of the transfer tree: [from, nonce, to, 0, amount (two words), 0, 0]. */
export function transferLeaf(transfer: Transfer): Uint8Array {
  const { from, nonce, to, amount } = transfer
  assert(amount >= 0n && amount < 2n ** 64n, 'an amount has 64 bits')
  const [lo, hi] = [Number(amount % BigInt(U32)), Number(amount / BigInt(U32))]
  const leaf = new Uint8Array(NODE_BYTES)
  new Uint32Array(leaf.buffer).set([from, nonce, to, 0, lo, hi, 0, 0])
  return leaf
}
