// A chain of one node for scheduler tests: the real market module and the real encodings of
// transactions, blocks and receipts, but no consensus: a block is final when it is made.

import { ArchiveMessages } from '../../../actors/messages/archive.ts'
import { MempoolMessages } from '../../../actors/messages/mempool.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import type { Header } from '../../../protocol/block/header.ts'
import { encodeReceipt } from '../../../protocol/block/transaction-receipt.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import type { Log } from '../../../protocol/modules/module.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { encodeReceipts } from '../../../protocol/state/tables.ts'
import {
  decodeTransaction,
  recoverSender,
} from '../../../protocol/transaction/decode-transaction.ts'
import type { Transaction } from '../../../protocol/transaction/transaction.ts'
import { actor } from '../../../runtime/actor.ts'
import { MarketWorld } from '../../protocol/market/market-world.ts'
import type { VirtualHosts } from './virtual-hosts.ts'

const ZERO: Hex = `0x${'0'.repeat(64)}`
const header = (height: number, timestamp: number): Header => ({
  parentHash: ZERO,
  ommersHash: ZERO,
  coinbase: `0x${'0'.repeat(40)}`,
  stateRoot: ZERO,
  transactionsRoot: ZERO,
  receiptsRoot: ZERO,
  logsBloom: `0x${'0'.repeat(512)}`,
  difficulty: 0n,
  height,
  gasLimit: 30_000_000,
  gasUsed: 0,
  timestamp,
  extraData: '0x',
  mixHash: ZERO,
  nonce: '0x0000000000000000',
  baseFeePerGas: 7n,
  withdrawalsRoot: ZERO,
  blobGasUsed: 0,
  excessBlobGas: 0,
  parentBeaconBlockRoot: ZERO,
  requestsHash: ZERO,
})

type Stored = {
  height: number
  hash: Hex
  block: Uint8Array
  receipts: Uint8Array
  certificate: Uint8Array
  finalAtMs: number
}

export class TestChain {
  readonly market = new MarketWorld()
  readonly blocks: Stored[] = []
  readonly nonces = new Map<Hex, number>()
  readonly included = new Map<Hex, { height: number; index: number; ok: boolean }>()
  private pool: { tx: Transaction; sender: Hex }[] = []
  private polls: { height: number; reply: (blocks: Stored[]) => void }[] = []
  /** Of the next block: what other modules than the market say. */
  readonly foreign: Log[] = []
  private readonly world: VirtualHosts

  constructor(world: VirtualHosts) {
    this.world = world
    this.makeBlock()
    const beat = () => {
      this.makeBlock()
      world.after(100, beat)
    }
    world.after(100, beat)
  }

  get timestamp(): number {
    return Math.floor(this.world.wallTime() / 1000)
  }

  submit(raw: Uint8Array): { hash: Hex; code: string; message: string } {
    const decoded = decodeTransaction(raw)
    if (!decoded.ok) return { hash: ZERO, code: decoded.code, message: decoded.detail }
    const tx = decoded.transaction
    const sender = recoverSender(tx, secp256k1Noble) as Hex
    const { hash } = tx
    if (tx.nonce < (this.nonces.get(sender) ?? 0)) {
      return { hash, code: 'NONCE_TOO_LOW', message: 'nonce too low' }
    }
    if (!this.pool.some((waiting) => waiting.tx.hash === hash)) this.pool.push({ tx, sender })
    return { hash, code: '', message: '' }
  }

  private makeBlock(): void {
    this.market.now = this.timestamp
    const height = this.blocks.length
    const transactions: Uint8Array[] = []
    const receipts: Uint8Array[] = []
    for (let tried = true; tried; ) {
      tried = false
      for (const { tx, sender } of [...this.pool]) {
        const nonce = this.nonces.get(sender) ?? 0
        if (tx.nonce > nonce) continue
        this.pool = this.pool.filter((waiting) => waiting.tx.hash !== tx.hash)
        if (tx.nonce < nonce) continue
        tried = true
        this.nonces.set(sender, nonce + 1)
        const { ok, logs } = this.execute(sender, tx)
        this.included.set(tx.hash, { height, index: transactions.length, ok })
        transactions.push(tx.raw)
        receipts.push(encodeReceipt({ type: 2, succeeded: ok, cumulativeGas: 1, logs }))
      }
    }
    if (this.foreign.length > 0) {
      const logs = this.foreign.splice(0)
      transactions.push(Uint8Array.of(height))
      receipts.push(encodeReceipt({ type: 2, succeeded: true, cumulativeGas: 1, logs }))
    }
    const block = makeBlock(header(height, this.timestamp), transactions, new Uint8Array(0))
    this.blocks.push({
      height,
      hash: block.hash,
      block: encodeBlock(block),
      receipts: encodeReceipts(receipts),
      certificate: new Uint8Array(0),
      finalAtMs: this.world.wallTime(),
    })
    const waiting = this.polls
    this.polls = []
    for (const poll of waiting) this.after(poll.height, 64, poll.reply)
  }

  private execute(sender: Hex, tx: Transaction): { ok: boolean; logs: Log[] } {
    if (tx.to !== MARKET_ADDRESS) throw new Error('only market calls here')
    const before = this.market.logs.length
    const { ok } = this.market.call(sender, tx.data, tx.value)
    return { ok, logs: this.market.logs.slice(before) }
  }

  after(height: number, max: number, reply: (blocks: Stored[]) => void): void {
    const found = this.blocks.slice(height + 1, height + 1 + max)
    if (found.length > 0) reply(found)
    else this.polls.push({ height, reply })
  }

  archive() {
    const chain = this
    return actor({
      messages: ArchiveMessages,
      restart: 'permanent',
      mailbox: { capacity: 1000, overflow: 'reject' },
      setup: () => ({
        Committed: () => {},
        Head(_, reply) {
          const head = chain.blocks.at(-1) as Stored
          const { height, hash, finalAtMs } = head
          const rest = { checkpointHeight: 0, epochEnd: 0, oldest: 0, modeReason: '' }
          const header = new Uint8Array(0)
          reply({ height, hash, genesisHash: ZERO, header, finalAtMs, ...rest })
        },
        Manifest: (_, reply) => reply({ code: 'NONE', manifest: new Uint8Array(0) }),
        Chunk: (_, reply) => reply({ code: 'NONE', chunk: new Uint8Array(0) }),
        BlocksAfter: ({ height, max }, reply) => chain.after(height, max, reply),
        Block: ({ height }, reply) => reply(chain.blocks[height]),
        HeightOf: (_, reply) => reply(undefined),
        TransactionAt({ hash }, reply) {
          const at = chain.included.get(hash)
          reply(at && { height: at.height, index: at.index })
        },
        Account({ address }, reply) {
          const nonce = chain.nonces.get(address) ?? 0
          const balance = chain.market.balance(address)
          reply({ nonce, balance, storageRoot: ZERO, codeHash: ZERO })
        },
        Storage: ({ slot }, reply) => reply(chain.market.slots.get(slot) ?? 0n),
        Call({ from, data }, reply) {
          const { ok, output } = chain.market.call(from, data)
          reply({ ok, code: '', output, gasUsed: 0 })
        },
        Checkpoint: (_, reply) => reply(undefined),
        ValidatorSet: (_, reply) => reply(undefined),
        Logs: (_, reply) => reply({ code: '', logs: [] }),
      }),
    })
  }

  mempool() {
    return actor({
      messages: MempoolMessages,
      restart: 'permanent',
      mailbox: { capacity: 1000, overflow: 'reject' },
      setup: () => ({
        Submit: ({ transactions }, reply) => reply(transactions.map((raw) => this.submit(raw))),
        Forward: () => {},
        HasForBlock: (_, reply) => reply(false),
        TakeForBlock: (_, reply) => reply({ transactions: [], traced: [] }),
        SendersOf: (_, reply) => reply([]),
        Finalised: () => {},
        PendingNonce: (_, reply) => reply(undefined),
        Lookup: (_, reply) => reply(undefined),
        Figures() {},
        Size: (_, reply) => reply({ pending: 0, queued: 0 }),
      }),
    })
  }
}

export const hexOf = bytesToHex
