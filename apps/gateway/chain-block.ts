// A final block, decoded as far as somebody asked: senders cost a signature recovery each, so they
// are found one by one and remembered.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { type Block, decodeBlock } from '../../protocol/block/block.ts'
import type { Header } from '../../protocol/block/header.ts'
import { decodeReceipt, type TransactionReceipt } from '../../protocol/block/transaction-receipt.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import { decodeReceipts } from '../../protocol/state/tables.ts'
import { decodeTransaction, recoverSender } from '../../protocol/transaction/decode-transaction.ts'
import type { Transaction } from '../../protocol/transaction/transaction.ts'
import type { StoredBlockRow } from './chain-access.ts'

export class ChainBlock {
  readonly row: StoredBlockRow
  readonly block: Block
  private readonly secp256k1: Secp256k1
  private readonly transactions: (Transaction | undefined)[]
  private readonly senders: (Hex | undefined)[]
  private readonly hashes: (Hex | undefined)[] = []
  private decodedReceipts: TransactionReceipt[] | undefined

  constructor(row: StoredBlockRow, secp256k1: Secp256k1) {
    this.row = row
    this.block = decodeBlock(row.block)
    this.secp256k1 = secp256k1
    this.transactions = new Array(this.block.transactions.length)
    this.senders = new Array(this.block.transactions.length)
  }

  get height(): number {
    return this.row.height
  }

  get hash(): Hex {
    return this.row.hash
  }

  get header(): Header {
    return this.block.header
  }

  get count(): number {
    return this.transactions.length
  }

  /** What the block weighs in a cache. */
  get bytes(): number {
    return this.row.receipts.length + this.row.block.length
  }

  /** PERF: without decoding the transaction. */
  transactionHash(index: number): Hex {
    const hash = this.hashes[index] ?? keccakHex(this.raw(index))
    this.hashes[index] = hash
    return hash
  }

  private raw(index: number): Uint8Array {
    const raw = this.block.transactions[index]
    assert(raw, `block ${this.height} has no transaction ${index}`)
    return raw
  }

  transaction(index: number): Transaction {
    const known = this.transactions[index]
    if (known) return known
    const decoded = decodeTransaction(this.raw(index))
    assert(decoded.ok, `block ${this.height} holds a transaction that cannot be decoded`)
    this.transactions[index] = decoded.transaction
    return decoded.transaction
  }

  sender(index: number): Hex {
    const sender = this.senders[index] ?? recoverSender(this.transaction(index), this.secp256k1)
    assert(sender, `block ${this.height} holds a transaction without a sender`)
    this.senders[index] = sender
    return sender
  }

  get receipts(): readonly TransactionReceipt[] {
    this.decodedReceipts ??= decodeReceipts(this.row.receipts).map((bytes) => decodeReceipt(bytes))
    return this.decodedReceipts
  }

  receipt(index: number): TransactionReceipt {
    const receipt = this.receipts[index]
    assert(receipt, `block ${this.height} has no receipt ${index}`)
    return receipt
  }

  /** Gas of this transaction alone. */
  gasUsed(index: number): number {
    const before = index > 0 ? this.receipt(index - 1).cumulativeGas : 0
    return this.receipt(index).cumulativeGas - before
  }

  /** What a unit of gas cost this transaction (EIP-1559). */
  gasPrice(index: number): bigint {
    return this.header.baseFeePerGas + this.tip(index)
  }

  /** What of it the proposer got. */
  tip(index: number): bigint {
    const { maxFeePerGas, maxPriorityFeePerGas } = this.transaction(index)
    const room = maxFeePerGas - this.header.baseFeePerGas
    return room < maxPriorityFeePerGas ? room : maxPriorityFeePerGas
  }

  /** Number of logs in the block before those of this transaction. */
  firstLogIndex(index: number): number {
    return this.receipts.slice(0, index).reduce((sum, { logs }) => sum + logs.length, 0)
  }
}
