// What a shard does for the day on which it starts again, and so that its disk does not fill:
// checkpoints, the exits of final batches, and the deletion of what is old.

import type { Context } from '../../runtime/context.ts'
import { BatchFigures } from './batch-figures.ts'
import { type Checkpoint, storedAccounts } from './checkpoint-rows.ts'
import { Checkpointer } from './checkpointer.ts'
import type { ClaimLine, Step } from './claim-line.ts'
import type { DraftDesk } from './draft-desk.ts'
import type { Inbox } from './inbox.ts'
import type { OrderedClaim } from './line-keeper.ts'
import type { OperationIndex } from './operation-index.ts'
import { Pruner } from './pruner.ts'
import { RecentSteps } from './recent-steps.ts'
import { type ShardProps, seriesOf } from './shard-props.ts'
import type { ShardKeeper } from './shard-rows.ts'

export class Upkeep {
  readonly checkpoints: Checkpointer
  readonly pruner: Pruner
  readonly figures: BatchFigures
  readonly recent: RecentSteps
  private readonly line: ClaimLine
  private readonly rows: ShardKeeper
  private readonly operations: OperationIndex

  constructor(
    ctx: Context,
    props: ShardProps,
    parts: {
      readonly line: ClaimLine
      readonly drafts: DraftDesk
      readonly rows: ShardKeeper
      readonly inbox: Inbox
      readonly operations: OperationIndex
    },
    saved: Checkpoint | undefined,
  ) {
    const { line, drafts, rows, inbox, operations } = parts
    const { book } = inbox
    this.line = line
    this.recent = new RecentSteps(line.final)
    this.rows = rows
    this.operations = operations
    if (saved) {
      for (const [index, account] of storedAccounts(ctx.store, seriesOf(props))) {
        book.restore(index, account)
      }
    }
    this.figures = new BatchFigures(ctx, props.shard)
    this.pruner = new Pruner(ctx, props, rows)
    const prune = () => this.prune()
    this.checkpoints = new Checkpointer(ctx, props, { line, drafts, rows, book }, saved, prune)
  }

  /** The state came from peers, and none of the batches before it. */
  restored(checkpoint: Checkpoint): void {
    this.checkpoints.restored(checkpoint)
    this.recent.restart(checkpoint)
    this.pruner.gone = { number: checkpoint.number, bytes: checkpoint.bytes }
  }

  private prune(): void {
    this.pruner.look(this.checkpoints, () => this.line.final.number)
  }

  /** A batch has become final, for the first time or again after a start. */
  final(step: Step, ordered: OrderedClaim | undefined): void {
    const { claim, exits, body } = step.held
    if (exits.length > 0) this.rows.saveExits(claim.number, exits)
    this.operations.final(claim.number, body.operations)
    this.recent.final(step)
    this.checkpoints.final(step, ordered)
    if (ordered) this.figures.final(step.held, ordered)
  }
}
