// Long polls for final blocks: answered when there are blocks, or empty-handed after a while so
// that nothing is kept for askers that are gone.

import {
  ARCHIVE_POLLS_MAX,
  ARCHIVE_REPLY_BYTES_MAX,
  LONG_POLL_HOLD_MS,
} from '../../config/limits.ts'
import type { Context } from '../../runtime/context.ts'
import type { ChainReader, StoredRows } from './chain-reader.ts'

interface Poll {
  readonly height: number
  readonly max: number
  readonly until: number
  readonly reply: (blocks: StoredRows[]) => void
}

/** What a BlocksAfter reply holds at most (actors/messages/archive.ts). */
const BLOCKS_MAX = 256
const SWEEP_MS = 1000

export class BlockPolls {
  private readonly ctx: Context
  private readonly reader: ChainReader
  private polls: Poll[] = []

  constructor(ctx: Context, reader: ChainReader) {
    this.ctx = ctx
    this.reader = reader
  }

  add(height: number, max: number, reply: Poll['reply']): void {
    const most = Math.min(max, BLOCKS_MAX)
    const blocks = this.blocksAfter(height, most)
    if (blocks.length > 0 || most === 0 || this.polls.length >= ARCHIVE_POLLS_MAX) {
      reply(blocks)
      return
    }
    this.polls.push({ height, max: most, until: this.ctx.now() + LONG_POLL_HOLD_MS, reply })
    if (this.polls.length === 1) this.sweepLater()
  }

  /** A block has become final. */
  answer(): void {
    const { polls } = this
    this.polls = []
    for (const { height, max, reply, until } of polls) {
      const blocks = this.blocksAfter(height, max)
      if (blocks.length > 0) reply(blocks)
      else this.polls.push({ height, max, reply, until })
    }
  }

  private sweepLater(): void {
    this.ctx.after('sweep', SWEEP_MS, () => {
      const now = this.ctx.now()
      for (const { until, reply } of this.polls) if (until <= now) reply([])
      this.polls = this.polls.filter(({ until }) => until > now)
      if (this.polls.length > 0) this.sweepLater()
    })
  }

  private blocksAfter(height: number, max: number): StoredRows[] {
    const blocks: StoredRows[] = []
    const final = this.reader.finalHeight() ?? -1
    let bytes = 0
    for (let at = height + 1; at <= final && blocks.length < max; at++) {
      const stored = this.reader.stored(at)
      if (!stored) break
      bytes += stored.block.length + stored.receipts.length
      if (blocks.length > 0 && bytes > ARCHIVE_REPLY_BYTES_MAX) break
      blocks.push(stored)
    }
    return blocks
  }
}
