// What a shard does without being asked: it wakes the validator when a batch may be ordered, and
// tells the peers again of one that nobody orders.

import { ROLLUP_RETELL_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { eligibleFrom } from '../../protocol/rollup/sequencing.ts'
import type { Context } from '../../runtime/context.ts'
import { ValidatorMessages } from '../messages/validator.ts'
import type { ClaimLine } from './claim-line.ts'
import type { LineKeeper } from './line-keeper.ts'
import type { ShardPeers } from './peers.ts'
import type { ShardProps } from './shard-props.ts'

interface Parts {
  readonly line: ClaimLine
  readonly keeper: LineKeeper
  readonly peers: ShardPeers
}

/** Of the last final claim. */
type Last = { readonly sequencer: Hex; readonly timestampMs: number } | undefined

export class Nudges {
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly parts: Parts
  private readonly last: () => Last

  constructor(ctx: Context, props: ShardProps, parts: Parts, last: () => Last) {
    this.ctx = ctx
    this.props = props
    this.parts = parts
    this.last = last
  }

  /** Blocks are made for everybody: consensus is no part of one transfer's trace. */
  wakeValidator(): void {
    const { ctx, props } = this
    const { line, keeper } = this.parts
    const [first] = line.steps
    const { rules } = keeper
    const last = this.last()
    if (!first || !rules || !last) return
    const fromMs = eligibleFrom(rules, last, props.shard, first.held.claim.sequencer)
    const early = fromMs - ctx.wallTime()
    // A leader that is woken and may not order it yet lets his view pass.
    if (early > 0) {
      ctx.after('wake', early, () => this.wakeValidator())
      return
    }
    ctx.causedBy(undefined, () => {
      ctx.tell(ValidatorMessages, props.node, 'ClaimWaiting', null)
    })
  }

  /** What nobody has ordered for a while may not have arrived. `then` each time. */
  retell(then: () => void): void {
    const { ctx, props } = this
    const { line, keeper, peers } = this.parts
    ctx.after('retell', ROLLUP_RETELL_MS, () => {
      const before = ctx.now() - ROLLUP_RETELL_MS
      const own = keeper.rules?.set.validators.findIndex(
        ({ blsPublicKey }) => blsPublicKey === props.ownKey,
      )
      const [first] = line.steps
      if (first && first.held.claim.sequencer === own && first.held.sinceMs <= before) {
        if (keeper.isReady(first.held)) {
          ctx.reached('shard-retold')
          peers.tell(first.held.encoded, first.held.bytes)
          this.wakeValidator()
        }
      }
      then()
      this.retell(then)
    })
  }
}
