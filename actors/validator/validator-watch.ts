// Watches a validator's consensus for its operators: figures, clocks that differ, a chain that
// stands still, votes of ours that are missing. It changes nothing.

import { MISSED_VOTES_WARN } from '../../config/limits.ts'
import type { SimplexState } from '../../protocol/consensus/simplex-state.ts'
import type {
  Now,
  SimplexConfig,
  SimplexEffect,
  SimplexEvent,
} from '../../protocol/consensus/simplex-types.ts'
import type { Context } from '../../runtime/context.ts'
import { ClockSkew } from './clock-skew.ts'
import { ConsensusFigures } from './consensus-figures.ts'
import { StallLog } from './stall-log.ts'
import { statusOf } from './status-of.ts'

/** Nodes of the validators that have a vote: stakers have none in FAST. */
function nodesThatVote(state: SimplexState): string[] {
  const { rules } = state
  return rules.set.validators
    .filter(({ authority }) => authority || rules.mode !== 0)
    .flatMap(({ index }) => state.nodeOf(index) ?? [])
}

export class ValidatorWatch {
  private readonly ctx: Context
  private readonly config: SimplexConfig
  private readonly skew: ClockSkew
  private readonly stall: StallLog
  private readonly figures = new ConsensusFigures()
  private complainedAt = 0
  /** Set while the event is handled that may bring the first proposal of this view. */
  private proposing: number | undefined

  constructor(ctx: Context, config: SimplexConfig) {
    this.ctx = ctx
    this.config = config
    this.skew = new ClockSkew(ctx)
    this.stall = new StallLog(ctx)
  }

  /** Before the core handles the event. */
  event(event: SimplexEvent, state: SimplexState | undefined, clock: Now): void {
    this.figures.event(event, state, clock)
    this.proposing = undefined
    if (event.type !== 'message' || event.message.type !== 'propose') return
    const { view } = event.message.proposal
    if (!state?.views.get(view)?.proposal) this.proposing = view
  }

  effect(effect: SimplexEffect, clock: Now): void {
    this.figures.effect(effect, clock)
  }

  /** After the event and its effects. */
  settled(state: SimplexState | undefined, clock: Now): void {
    if (!state) return
    this.figures.settled(state, clock, state.canSign)
    const node = this.proposing === undefined ? undefined : state.views.get(this.proposing)?.node
    // The last block of an epoch is proposed again, with its old time.
    if (node?.view === this.proposing && node) {
      this.skew.proposed(`${node.proposer}`, node.timestampMs)
    }
  }

  /** Once a second: why no block is made, and whether the others make them without us. */
  look(state: SimplexState | undefined): void {
    const status = statusOf(state)
    this.stall.look(status, () => ({ missing: status.missing.map((one) => state?.nodeOf(one)) }))
    const missed = this.figures.missedInRow
    if (missed < this.complainedAt) this.complainedAt = 0
    if (missed < MISSED_VOTES_WARN || missed < 2 * this.complainedAt) return
    this.complainedAt = missed
    const { lastSignedHeight } = this.figures.view()
    this.ctx.log('warn', 'our votes are missing', { inARow: missed, lastSignedHeight })
  }

  get lagBlocks(): number {
    return this.figures.lagBlocks(this.config.peers.length)
  }

  view(state: SimplexState | undefined) {
    const { node, peers } = this.config
    const voting = state ? nodesThatVote(state) : []
    return {
      ...this.figures.view(),
      validators: state?.rules.set.validators.length ?? peers.length,
      silent: this.figures.silent(voting.filter((one) => one !== node)).length,
      views: state ? Math.max(0, state.view - state.finalView - 1) : 0,
      signLagViews: state?.canSign ? Math.max(0, state.view - state.signedView) : 0,
      clockAheadMs: this.skew.median,
    }
  }
}
