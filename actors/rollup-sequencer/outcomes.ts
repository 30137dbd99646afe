// What becomes of transfers that were taken: sealed, final, superseded, refused; and who is told.

import type { Context } from '../../runtime/context.ts'
import type { TransferRefusal } from '../messages/rollup-sequencer.ts'
import { BatchFigures } from './batch-times.ts'
import { type Final, tellDropped, tellFinal } from './group-news.ts'
import type { Groups } from './groups.ts'
import type { OpenBatch } from './open-batch.ts'
import type { Pending } from './pending.ts'
import { type SealedBatch, SealedBatches } from './sealed-batches.ts'
import { UndoneBatches } from './undone-batches.ts'

export class Outcomes {
  readonly counts = { sealed: 0, final: 0, dropped: 0, transfers: 0 }
  readonly again: UndoneBatches
  readonly figures: BatchFigures
  private readonly sealed = new SealedBatches()
  private readonly ctx: Context
  private readonly pending: Pending
  private readonly groups: Groups

  constructor(ctx: Context, shard: number, pending: Pending, groups: Groups) {
    this.ctx = ctx
    this.pending = pending
    this.groups = groups
    this.again = new UndoneBatches(pending)
    this.figures = new BatchFigures(ctx, shard)
  }

  /** Batches that are sealed and not final. */
  get underWay(): number {
    return this.sealed.size
  }

  /** Its senders may submit their next transfers. */
  seal(sealed: SealedBatch): void {
    const { batch } = sealed
    batch.times.sealed = this.ctx.wallTime()
    const { from } = batch.taken
    for (const sender of from) this.pending.free(sender)
    this.counts.sealed++
    this.counts.transfers += from.length
    this.sealed.add(sealed)
  }

  /** These will not be executed; their senders may submit again. */
  refuse(
    batch: OpenBatch,
    positions: ArrayLike<number>,
    why: (i: number) => TransferRefusal,
  ): void {
    for (let i = 0; i < positions.length; i++) {
      this.pending.free(batch.taken.from[positions[i] as number] as number)
    }
    tellDropped(this.groups, batch, positions, why)
  }

  refuseAll(batch: OpenBatch, why: TransferRefusal): void {
    this.refuse(batch, [...batch.taken.from.keys()], () => why)
  }

  final(news: Final): void {
    const { final, superseded } = this.sealed.settle(news.number, news.claim)
    for (const one of superseded) this.supersede(one)
    for (const one of final) {
      this.counts.final++
      this.figures.final(one)
      tellFinal(this.groups, one, news)
    }
  }

  /** Its senders may have submitted again by now. */
  private supersede({ batch }: SealedBatch): void {
    this.ctx.reached('rollup-superseded')
    tellDropped(this.groups, batch, [...batch.taken.from.keys()], () => 'SUPERSEDED')
  }

  /** The shard has undone what was sealed from a number on: it is made again. */
  undone(number: number): void {
    for (const { batch } of this.sealed.from(number)) {
      this.ctx.reached('rollup-queued-again')
      tellDropped(this.groups, batch, this.again.add(batch), () => 'SUPERSEDED')
    }
  }
}
