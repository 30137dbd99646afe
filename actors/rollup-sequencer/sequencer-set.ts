// sequencer-set: one sequencer for each shard that there is. What they hold may be lost: where the
// number of shards has changed others begin.

import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { Ref } from '../../runtime/ref.ts'
import { shardKey } from '../messages/shard.ts'
import { SequencerSetMessages } from '../messages/shard-set.ts'
import { type Numbering, watchNumbering } from '../messages/watch-numbering.ts'
import { RollupSequencer, type RollupSequencerProps } from './rollup-sequencer.ts'

export type SequencerSetProps = Omit<RollupSequencerProps, 'shard'>

class SequencerSet {
  private readonly ctx: Context
  private readonly props: SequencerSetProps
  private generation: number | undefined
  private readonly children: Ref[] = []

  constructor(ctx: Context, props: SequencerSetProps) {
    this.ctx = ctx
    this.props = props
    watchNumbering(ctx, props.node, (found) => this.see(found))
  }

  private see({ generation, shards }: Numbering): void {
    if (generation === this.generation) return
    this.generation = generation
    for (const child of this.children.splice(0)) this.ctx.stop(child)
    for (let shard = 0; shard < shards; shard++) {
      const key = shardKey(this.props.node, shard)
      this.children.push(this.ctx.spawn(RollupSequencer, key, { ...this.props, shard }))
    }
  }
}

export const SequencerSetActor = actor({
  messages: SequencerSetMessages,
  restart: 'permanent',
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, props: SequencerSetProps) {
    new SequencerSet(ctx, props)
    return { Nothing() {} }
  },
})
