// Reads the validators' disks and compares: one final block per height, equal roots, all the money
// there, nothing final ever lost.

import { bytesToBigint, u64 } from '../../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../../lib/hex.ts'
import { decodeBlock } from '../../../protocol/block/block.ts'
import { decodeReceipt } from '../../../protocol/block/transaction-receipt.ts'
import { decodeMarketLog } from '../../../protocol/market/market-log.ts'
import { decodeAccount } from '../../../protocol/state/account.ts'
import { CHAIN_TABLES, decodeReceipts, META_FINAL } from '../../../protocol/state/tables.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { SUPPLY } from '../sim-chain.ts'
import { NODES } from '../sim-cluster.ts'
import { EscrowChecker } from './escrow-checker.ts'

export class ChainChecker {
  readonly violations: string[] = []
  /** By height: the block that the first node to have it has. */
  private readonly blocks = new Map<number, Hex>()
  private readonly checkedTo = new Map<string, number>()
  readonly escrows = new EscrowChecker(this.violations)
  private logsTo = 0
  private readonly world: World

  constructor(world: World) {
    this.world = world
  }

  private row(node: string, table: string, key: Uint8Array): Uint8Array | undefined {
    return this.world.platter(node, 'chain').table(table).get(key)
  }

  height(node: string): number {
    const row = this.row(node, CHAIN_TABLES.meta, META_FINAL)
    return row ? Number(bytesToBigint(row)) : 0
  }

  check(): void {
    for (const node of NODES) {
      const height = this.height(node)
      const from = this.checkedTo.get(node) ?? 0
      if (height < from) this.violations.push(`lost: ${node} fell from ${from} to ${height}`)
      for (let h = from + 1; h <= height; h++) this.checkBlock(node, h)
      this.checkedTo.set(node, Math.max(from, height))
    }
  }

  private checkBlock(node: string, height: number): void {
    const bytes = this.row(node, CHAIN_TABLES.blocks, u64(height))
    if (!bytes) {
      this.violations.push(`lost: ${node} has no block ${height}`)
      return
    }
    const { hash } = decodeBlock(bytes)
    const known = this.blocks.get(height)
    if (known === undefined) {
      this.blocks.set(height, hash)
      this.readLogs(node, height)
    } else if (known !== hash) {
      this.violations.push(`fork: ${node} has ${hash} at ${height}, another has ${known}`)
    }
  }

  private readLogs(node: string, height: number): void {
    if (height <= this.logsTo) return
    this.logsTo = height
    const row = this.row(node, CHAIN_TABLES.receipts, u64(height))
    for (const encoded of row ? decodeReceipts(row) : []) {
      for (const log of decodeReceipt(encoded).logs) {
        const said = decodeMarketLog(log)
        if (said) this.escrows.read(said)
      }
    }
  }

  /** Every wei of the genesis is on some account; every transfer that was seen final still is. */
  checkEnd(finalTransfers: ReadonlyMap<Hex, number>): void {
    for (const node of NODES) {
      let total = 0n
      for (const value of this.world.platter(node, 'chain').table(CHAIN_TABLES.accounts).values()) {
        total += decodeAccount(value).balance
      }
      if (total !== SUPPLY) this.violations.push(`supply: ${node} holds ${total} of ${SUPPLY}`)
      const places = this.world.platter(node, 'chain').table(CHAIN_TABLES.transactions)
      for (const [hash, height] of finalTransfers) {
        if (height <= this.height(node) && !places.get(hexToBytes(hash))) {
          this.violations.push(`lost: ${node} has no final transfer ${hash} of block ${height}`)
        }
      }
    }
  }

  /** The blocks all nodes agree on, for comparing two runs of a seed. */
  digest(): string {
    return [...this.blocks].map(([height, hash]) => `${height}:${hash.slice(2, 10)}`).join(' ')
  }
}
