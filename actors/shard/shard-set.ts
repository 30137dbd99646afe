// shard-set: the shards of a node, as its chain says that there are. Where their number has
// changed those before end first: each writes down what its accounts had at its last root. Of that
// the first states of the new ones are made, and then these are started in their place.

import {
  SHARD_SET_COMMIT_PUTS,
  SHARD_SET_DELETE_MS,
  SHARD_SET_PATIENCE_MS,
} from '../../config/shard-limits.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { Ref } from '../../runtime/ref.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { ShardSetMessages } from '../messages/shard-set.ts'
import { type Numbering, watchNumbering } from '../messages/watch-numbering.ts'
import { handOverPuts, isHandedOver } from './hand-over.ts'
import { oldRows } from './numberings-before.ts'
import { ShardActor } from './shard.ts'
import type { ShardProps } from './shard-props.ts'

export interface ShardSetProps extends Omit<ShardProps, 'shard' | 'numbers'> {
  /** Another shard than the real one, in the simulator. */
  readonly actor?: typeof ShardActor | undefined
}

class ShardSet {
  private readonly ctx: Context
  private readonly props: ShardSetProps
  private generation: number | undefined
  private children: Ref[] = []
  private isWriting = false
  private sinceMs = 0

  constructor(ctx: Context, props: ShardSetProps) {
    this.ctx = ctx
    this.props = props
    watchNumbering(ctx, props.node, (found) => this.see(found))
  }

  private see(found: Numbering): void {
    const { generation } = found
    if (generation === this.generation || this.isWriting) return
    if (generation === 0 || this.isWhole(found)) {
      this.start(found)
      return
    }
    if (this.sinceMs === 0) this.sinceMs = this.ctx.now()
    // Without the places at which they began, or when it takes too long, peers have the states.
    const isKnown = found.begins.every(({ number }) => number > 0)
    const isLate = this.ctx.now() - this.sinceMs > SHARD_SET_PATIENCE_MS
    if (!isKnown || isLate) {
      this.ctx.log('warn', 'shards-not-handed-over', { generation, isKnown })
      this.start(found)
      return
    }
    if (this.generation === undefined) this.startEnding(found)
    this.handOver(found, 0)
  }

  private isWhole({ generation, shards }: Numbering): boolean {
    const { store } = this.ctx
    for (let shard = 0; shard < shards; shard++) {
      if (!isHandedOver(store, generation, shard)) return false
    }
    return true
  }

  private spawn(generation: number, shards: number, begins: readonly { number: number }[]): void {
    for (const child of this.children.splice(0)) this.ctx.stop(child)
    this.generation = generation
    const { actor: Actor = ShardActor, ...shared } = this.props
    for (let shard = 0; shard < shards; shard++) {
      const numbers = { generation, shards, begins: begins[shard]?.number ?? 0 }
      const props = { ...shared, shard, numbers: generation > 0 ? numbers : undefined }
      this.children.push(this.ctx.spawn(Actor, shardKey(this.props.node, shard), props))
    }
  }

  private start({ generation, shards, begins }: Numbering): void {
    this.sinceMs = 0
    this.spawn(generation, shards, begins)
    if (generation === 0) return
    this.ctx.reached('shards-renumbered')
    this.ctx.log('info', 'shards-renumbered', { generation, shards })
    this.deleteOld(generation)
  }

  /** Peers that come late may still want what the shards just before had, and nothing older. */
  private deleteOld(generation: number): void {
    const { ctx } = this
    if (generation !== this.generation) return
    const puts = oldRows(ctx.store, generation)
    if (puts.length === 0) return
    ctx.reached('shards-of-before-deleted')
    // What the disk refused is tried again.
    ctx.store.commit(puts, () =>
      ctx.after('delete-old', SHARD_SET_DELETE_MS, () => this.deleteOld(generation)),
    )
  }

  /** After a start: those before, so that they come to where they ended. */
  private startEnding({ generation, before }: Numbering): void {
    this.ctx.reached('shards-ending-again')
    this.spawn(generation - 1, before, [])
  }

  /** Of the first shard that lacks its state and on. */
  private handOver(found: Numbering, from: number): void {
    const { ctx, props } = this
    const { node, config, ports } = props
    const { generation, shards, before, ends, begins } = found
    for (const [shard, end] of ends.entries()) {
      if (end.number > 0) ctx.tell(ShardMessages, shardKey(node, shard), 'End', end)
    }
    for (let shard = from; shard < shards; shard++) {
      if (isHandedOver(ctx.store, generation, shard)) continue
      const begin = begins[shard]
      if (!begin) return
      const place = { shard, shards }
      const { store } = ctx
      const { hashPairs } = ports
      const made = handOverPuts({
        store,
        config,
        hashPairs,
        generation,
        place,
        before,
        ends,
        begin,
      })
      if (!made) return
      ctx.log('info', 'shard-handed-over', { shard, number: begin.number, root: made.root })
      this.write(made.puts, made.last, () => this.handOver(found, shard + 1))
      return
    }
    this.start(found)
  }

  private write(
    puts: readonly Parameters<Context['store']['commit']>[0][number][],
    last: readonly Parameters<Context['store']['commit']>[0][number][],
    then: () => void,
  ): void {
    this.isWriting = true
    const isLast = puts.length === 0
    const now = isLast ? last : puts.slice(0, SHARD_SET_COMMIT_PUTS)
    this.ctx.store.commit([...now], (error) => {
      this.isWriting = false
      if (error) {
        // What was written counts for nothing: the next look begins again.
        this.ctx.log('error', 'shard-commit-failed', { detail: error.message })
        return
      }
      if (isLast) then()
      else this.write(puts.slice(now.length), last, then)
    })
  }
}

export const ShardSetActor = actor({
  messages: ShardSetMessages,
  restart: 'permanent',
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, props: ShardSetProps) {
    new ShardSet(ctx, props)
    return { Nothing() {} }
  },
})
