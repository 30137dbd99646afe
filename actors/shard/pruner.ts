// Deletes batches that nobody needs any more: those below the checkpoint, beyond what is kept for
// peers and challengers, and before the first whose credits another shard can still need. Their
// exits stay, since their owners may fetch them at any time.

import type { Context } from '../../runtime/context.ts'
import type { Put } from '../../runtime/store.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import { type Pruned, prunedPut, readPruned } from './checkpoint-rows.ts'
import type { Checkpointer } from './checkpointer.ts'
import { KEEPING, type Keeping, type ShardProps, seriesOf } from './shard-props.ts'
import { finalDelete, rowsAt, type ShardKeeper } from './shard-rows.ts'

/** Milliseconds of one turn. */
const SLICE_MS = 5
const ASK_MS = 5000

export class Pruner {
  gone: Pruned
  private readonly ctx: Context
  private readonly node: string
  private readonly shard: number
  private readonly series: number
  private readonly keeping: Keeping
  private readonly rows: ShardKeeper
  private isPruning = false

  constructor(ctx: Context, props: ShardProps, rows: ShardKeeper) {
    const { node, shard, keeping } = props
    this.ctx = ctx
    this.node = node
    this.shard = shard
    this.series = seriesOf(props)
    this.keeping = keeping ?? KEEPING
    this.rows = rows
    this.gone = readPruned(ctx.store, this.series)
  }

  /** Whether the batch after those that are gone may go, too. */
  private mayGo({ number, bytes }: Pruned, checkpoints: Checkpointer, final: number): boolean {
    const { batches, batchesMin, bytes: bytesMax } = this.keeping
    const left = final - number
    if (number >= (checkpoints.saved?.number ?? 0) || left <= batchesMin) return false
    return left > batches || checkpoints.bytes - bytes > bytesMax
  }

  /** Goes on until nothing is too old; `final` is the number of the last final batch. */
  look(checkpoints: Checkpointer, final: () => number): void {
    const { ctx, node, shard } = this
    const mayGo = () => this.mayGo(this.gone, checkpoints, final())
    if (this.isPruning || !mayGo()) return
    this.isPruning = true
    const over = () => {
      this.isPruning = false
    }
    const prune = (sent: number) => {
      if (this.gone.number + 1 < sent && mayGo()) this.prune(sent, checkpoints, final, prune)
      else over()
    }
    ctx.ask(
      BlockBuilderMessages,
      node,
      'OldestSent',
      { shard },
      { within: ASK_MS, ok: (sent) => prune(sent ?? Number.POSITIVE_INFINITY), failed: over },
    )
  }

  /** Some of those before `sent`, of which one may go. */
  private prune(
    sent: number,
    checkpoints: Checkpointer,
    final: () => number,
    then: (sent: number) => void,
  ): void {
    const { ctx, series } = this
    const puts: Put[] = []
    const until = ctx.now() + SLICE_MS
    let gone = this.gone
    do {
      const number = gone.number + 1
      let { bytes } = gone
      for (const { key, row, isFinal } of rowsAt(ctx.store, series, number)) {
        puts.push({ ...key, value: undefined })
        if (isFinal) bytes += row.bytes.length
      }
      puts.push(finalDelete(series, number))
      gone = { number, bytes }
      if (gone.number + 1 >= sent) break
    } while (ctx.now() < until && this.mayGo(gone, checkpoints, final()))
    puts.push(prunedPut(series, gone))
    this.rows.commit(puts, () => {
      this.gone = gone
      ctx.reached('shard-pruned')
      ctx.after('prune', 1, () => then(sent))
    })
  }
}
