// Does a transaction really wait for a block? One that is told of after the block that has it was
// notarised would let the view's time begin with nothing to propose: it would end without a block,
// and the next transaction wait for the timeout of the view after.

import { parentFor } from '../../protocol/consensus/propose.ts'
import type { SimplexState } from '../../protocol/consensus/simplex-state.ts'
import type { Context } from '../../runtime/context.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'

const LOOK_WITHIN_MS = 1000

export interface WaitingWorkParts {
  readonly state: () => SimplexState | undefined
  /** A transaction waits, or may: the view's time begins. */
  readonly found: () => void
}

export class WaitingWork {
  private readonly ctx: Context
  /** Key of this node's block-builder. */
  private readonly builder: string
  private readonly parts: WaitingWorkParts
  private isTold = false
  private isLooking = false

  constructor(ctx: Context, builder: string, parts: WaitingWorkParts) {
    this.ctx = ctx
    this.builder = builder
    this.parts = parts
  }

  told(): void {
    this.isTold = true
    this.look()
  }

  /** Called after each event: the block to stand on may not have been checked before. */
  look(): void {
    const state = this.parts.state()
    if (!this.isTold || this.isLooking || !state) return
    if (state.armed) {
      this.isTold = false
      this.parts.found()
      return
    }
    const { view } = state
    const parent = parentFor(state, view)
    if (!parent) return
    this.isTold = false
    this.isLooking = true
    const answered = (has: boolean) => {
      this.isLooking = false
      if (this.parts.state()?.view !== view) this.isTold = true
      else if (has) {
        this.parts.found()
        return
      }
      this.look()
    }
    this.ctx.ask(
      BlockBuilderMessages,
      this.builder,
      'HasCandidates',
      { parent: parent.hash },
      { within: LOOK_WITHIN_MS, ok: answered, failed: () => answered(true) },
    )
  }
}
