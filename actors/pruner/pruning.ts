// Pruning as a sequence of small batches: first the store says that blocks below a height are not
// kept any more, then their rows go, a bounded number at a time. Killed anywhere, the next start
// goes on where this one was: rows below that height are rubbish.

import { PRUNE_BLOCKS_STEP, PRUNE_ROWS_PER_COMMIT } from '../../config/limits.ts'
import { u64 } from '../../lib/bytes.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { keccak } from '../../protocol/crypto/keccak.ts'
import { CHAIN_TABLES, META_OLDEST, readHeight } from '../../protocol/state/tables.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { ChainMarks } from './chain-marks.ts'
import type { PrunePolicy, PruneStage } from './prune-policy.ts'

const BY_HEIGHT = [
  CHAIN_TABLES.blooms,
  CHAIN_TABLES.receipts,
  CHAIN_TABLES.finality,
  CHAIN_TABLES.blocks,
] as const
/** What stays of the last block of an epoch. */
const OF_BOUNDARY: readonly string[] = [CHAIN_TABLES.finality, CHAIN_TABLES.blocks]

export class Pruning {
  readonly marks: ChainMarks
  private readonly store: Store
  private readonly policy: PrunePolicy
  /** Below it the rows are gone. */
  private cursor = 1
  /** Transactions of the block at the cursor whose index is gone. */
  private unindexed = 0
  /** How far the policy has had to go. */
  stage: PruneStage | undefined

  constructor(store: Store, policy: PrunePolicy) {
    this.store = store
    this.policy = policy
    this.marks = new ChainMarks(store)
  }

  /** The next batch; none when there is nothing to do for now. To be committed before the next. */
  next(): Put[] {
    const rubbish = this.rubbish()
    if (rubbish.length > 0) return rubbish
    if (this.store.usedBytes() <= this.policy.thresholdBytes) return []
    const oldest = this.marks.oldest()
    for (const stage of this.policy.stages) {
      const cut = this.marks.cut(stage.keepMs, stage.keepEpochs)
      if (cut > oldest) {
        this.stage = stage
        const value = u64(Math.min(cut, oldest + PRUNE_BLOCKS_STEP))
        return [{ table: CHAIN_TABLES.meta, key: META_OLDEST, value }]
      }
      // Blocks that stayed as the last of their epochs may have to go too.
      const lowest = this.lowest()
      if (lowest >= oldest || this.keeps(lowest, stage)) continue
      this.stage = stage
      return this.endsFrom(lowest, stage)
    }
    return []
  }

  /** Where more is wanted than the last stage gives. */
  isExhausted(): boolean {
    return this.store.usedBytes() > this.policy.thresholdBytes
  }

  private lowest(): number {
    const [first] = this.store.range(CHAIN_TABLES.blocks, { from: u64(1), limit: 1 })
    return first ? readHeight(first[0]) : Number.MAX_SAFE_INTEGER
  }

  /** After a start nothing is known of the stage before: then what any of them keeps stays. */
  private keeps(height: number, stage: PruneStage | undefined): boolean {
    const { stages } = this.policy
    const ms = stage?.keepBoundaryMs ?? Math.max(0, ...stages.map((one) => one.keepBoundaryMs))
    return ms > 0 && this.marks.isBoundary(height) && this.marks.ageMs(height) <= ms
  }

  /**
   * The rest of the ends of epochs that the stage does not keep any more, up to the first that it
   * does: the ones after it are younger. Twenty thousand may be kept, and one goes a minute.
   */
  private endsFrom(lowest: number, stage: PruneStage): Put[] {
    const puts: Put[] = []
    const to = u64(this.marks.oldest())
    let from = lowest
    while (puts.length < PRUNE_ROWS_PER_COMMIT) {
      const [row] = this.store.range(CHAIN_TABLES.blocks, { from: u64(from), to, limit: 1 })
      if (!row) break
      const height = readHeight(row[0])
      if (this.keeps(height, stage)) break
      const { hash } = decodeBlock(row[1])
      puts.push({ table: CHAIN_TABLES.heights, key: hexToBytes(hash), value: undefined })
      for (const table of OF_BOUNDARY) puts.push({ table, key: u64(height), value: undefined })
      from = height + 1
    }
    return puts
  }

  /** Rows of blocks that are said not to be kept. */
  private rubbish(): Put[] {
    const puts: Put[] = []
    const to = u64(this.marks.oldest())
    while (puts.length < PRUNE_ROWS_PER_COMMIT) {
      const range = { from: u64(this.cursor), to, limit: 1 }
      const [row] = this.store.range(CHAIN_TABLES.blocks, range)
      if (!row) break
      const height = readHeight(row[0])
      if (height > this.cursor) this.unindexed = 0
      // The end of an epoch that was kept: after a start it is not looked into again.
      if (!this.stage && !this.store.get(CHAIN_TABLES.receipts, row[0])) {
        this.cursor = height + 1
        continue
      }
      this.cursor = height
      if (!this.take(height, row[1], puts)) break
      this.cursor = height + 1
      this.unindexed = 0
    }
    return puts
  }

  /** Adds the deletions of a block; false when they did not all fit. */
  private take(height: number, bytes: Uint8Array, puts: Put[]): boolean {
    const { hash, transactions } = decodeBlock(bytes)
    const room = PRUNE_ROWS_PER_COMMIT - puts.length
    const end = Math.min(transactions.length, this.unindexed + room)
    for (const raw of transactions.slice(this.unindexed, end)) {
      puts.push({ table: CHAIN_TABLES.transactions, key: keccak(raw), value: undefined })
    }
    this.unindexed = end
    if (end < transactions.length) return false
    const keeps = this.keeps(height, this.stage)
    for (const table of BY_HEIGHT) {
      if (keeps && OF_BOUNDARY.includes(table)) continue
      // Of what stayed before only a part is left.
      if (this.store.get(table, u64(height)) === undefined) continue
      puts.push({ table, key: u64(height), value: undefined })
    }
    if (!keeps) puts.push({ table: CHAIN_TABLES.heights, key: hexToBytes(hash), value: undefined })
    return true
  }
}
