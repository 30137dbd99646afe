// The chain as this process's validators see it: their heads, modes and pools, how long finality
// takes, and the last final blocks.

import { ArchiveMessages } from '../../../../actors/messages/archive.ts'
import { MempoolMessages } from '../../../../actors/messages/mempool.ts'
import { ValidatorMessages } from '../../../../actors/messages/validator.ts'
import { ADMIN_ASK_MS, ADMIN_BLOCKS_KEPT } from '../../../../config/limits.ts'
import { decodeBlock } from '../../../../protocol/block/block.ts'
import { headerTimeMs } from '../../../../protocol/block/extra-data.ts'
import { decodeHeader } from '../../../../protocol/block/header-codec.ts'
import type { Host } from '../../../../runtime/host.ts'
import type { ChainNodeView, ChainView } from '../../../inspector/snapshot.ts'
import { chainFacts } from '../../chain-facts.ts'
import type { AdminOptions } from '../admin-options.ts'
import type { SnapshotQuery } from '../snapshot-query.ts'
import { chooseRows, type ViewTable } from '../view-table.ts'

type BlockRow = ChainView['blocks'][number]

const TABLE: ViewTable<ChainNodeView> = {
  id: (row) => row.node,
  columns: {
    node: (row) => row.node,
    height: (row) => row.height,
    mode: (row) => row.mode,
    view: (row) => row.view,
    headAgeMs: (row) => row.headAgeMs,
    mempool: (row) => row.mempool,
  },
}

const BLOCKS_SHOWN = 20

/** Throws AskFailed when a part of it does not answer. */
export async function readValidator(host: Host, node: string): Promise<ChainNodeView> {
  const { edge } = host
  const within = { within: ADMIN_ASK_MS }
  const [head, status, pool] = await Promise.all([
    edge.ask(ArchiveMessages, node, 'Head', null, within),
    edge.ask(ValidatorMessages, node, 'Status', null, within),
    edge.ask(MempoolMessages, node, 'Size', null, within),
  ])
  return {
    node,
    height: head.height,
    blockHash: head.hash,
    stateRoot: decodeHeader(head.header).stateRoot,
    mode: status.mode,
    view: status.view,
    headAgeMs: Math.max(0, Date.now() - head.finalAtMs),
    mempool: pool.pending + pool.queued,
    facts: chainFacts(head, status),
  }
}

function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.floor(share * (sorted.length - 1))]
}

/** Final blocks never change: each is read once. */
export class ChainViewReader {
  private readonly options: AdminOptions
  private readonly blocks = new Map<number, BlockRow>()

  constructor(options: AdminOptions) {
    this.options = options
  }

  async read(query: SnapshotQuery): Promise<ChainView> {
    const { host, validators } = this.options
    const answers = await Promise.allSettled(validators.map((node) => readValidator(host, node)))
    const found = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const best = found.toSorted((a, b) => b.height - a.height)[0]
    if (best) await this.readBlocks(best)
    const blocks = [...this.blocks.values()].toSorted((a, b) => b.height - a.height)
    const times = blocks.map((block) => block.finalMs).sort((a, b) => a - b)
    return {
      validators: chooseRows(found, TABLE, query),
      finalityMs: { p50: percentile(times, 0.5), p99: percentile(times, 0.99) },
      blocks: blocks.slice(0, Math.min(BLOCKS_SHOWN, query.limit)),
    }
  }

  /** The blocks up to this head that are not known yet; a gap is left as it is. */
  private async readBlocks({ node, height }: ChainNodeView): Promise<void> {
    const wanted: number[] = []
    for (let at = height; at > 0 && at > height - BLOCKS_SHOWN; at--) {
      if (!this.blocks.has(at)) wanted.push(at)
    }
    const rows = await Promise.allSettled(wanted.map((at) => this.readBlock(node, at)))
    for (const row of rows) {
      if (row.status === 'fulfilled' && row.value) this.blocks.set(row.value.height, row.value)
    }
    for (const at of [...this.blocks.keys()].sort((a, b) => a - b)) {
      if (this.blocks.size <= ADMIN_BLOCKS_KEPT) break
      this.blocks.delete(at)
    }
  }

  private async readBlock(node: string, height: number): Promise<BlockRow | undefined> {
    const { edge } = this.options.host
    const within = { within: ADMIN_ASK_MS }
    const stored = await edge.ask(ArchiveMessages, node, 'Block', { height }, within)
    if (!stored) return undefined
    const { header, transactions } = decodeBlock(stored.block)
    const finalMs = Math.max(0, stored.finalAtMs - headerTimeMs(header))
    return { height, hash: stored.hash, transactions: transactions.length, finalMs }
  }
}
