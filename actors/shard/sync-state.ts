// Takes up the state of a settled root from peers: the roots of its pages, which the state root
// proves, then the pages, then who owns which account, from the base chain. It counts with one row
// like any checkpoint of the own shard.

import { bytesToHex } from '../../lib/hex.ts'
import { depthFor } from '../../protocol/rollup/account-table.ts'
import { readCheckpointTree } from '../../protocol/rollup/checkpoint-tree.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import { encodeCheckpointMeta } from '../../protocol/rollup/state-checkpoint.ts'
import type { StateMeta } from '../../protocol/rollup/state-root.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import {
  type Checkpoint,
  checkpointPut,
  missedPut,
  prunedPut,
  readMissed,
  restoreCheckpoint,
} from './checkpoint-rows.ts'
import { placeOf, seriesOf } from './shard-props.ts'
import { removeUpTo } from './shard-rows.ts'
import { SyncPages, type SyncParts, type SyncTarget } from './sync-pages.ts'

type Tree = Reply<(typeof ShardMessages)['verbs'], 'CheckpointTree'>

const SLICE_MS = 5

export interface OwnPlace {
  /** The last batch that was executed here. */
  readonly number: number
  /** It stands until the other one counts. */
  readonly checkpoint: Checkpoint | undefined
}

export interface SyncEnds {
  done(checkpoint: Checkpoint, state: ShardState): void
  /** Nobody is left who has it. */
  failed(): void
}

export class StateSync {
  private readonly parts: SyncParts
  private readonly target: SyncTarget
  private readonly own: OwnPlace
  private readonly ends: SyncEnds

  constructor(parts: SyncParts, target: SyncTarget, own: OwnPlace, ends: SyncEnds) {
    this.parts = parts
    this.target = target
    this.own = own
    this.ends = ends
  }

  start(): void {
    const { peers, ctx } = this.parts
    const { number, hash, sources } = this.target
    if (sources.size === 0) {
      this.ends.failed()
      return
    }
    const peer = peers.choose(sources)
    if (peer === undefined) {
      ctx.after('recover', 50, () => this.start())
      return
    }
    const ok = (tree: Tree) => this.took(peer, tree)
    peers.ask(peer, 'CheckpointTree', { number, hash }, ok, () => this.start())
  }

  private took(peer: string, { code, meta, roots }: Tree): void {
    const { peers, props } = this.parts
    const { root, sources } = this.target
    const numbers =
      code === '' ? readCheckpointTree(root, meta, roots, props.ports.hashPairs) : undefined
    if (numbers) {
      const kept = this.own.checkpoint?.sides ?? new Uint8Array(0)
      const pages: SyncPages = new SyncPages(this.parts, this.target, roots, kept, (isWhole) => {
        if (isWhole) this.sweep(() => this.finish(numbers, roots, pages))
        else this.ends.failed()
      })
      pages.start()
      return
    }
    if (code === '') peers.lied(peer, 'roots that are not those of the state root')
    sources.delete(peer)
    this.start()
  }

  /** The own batches below are not needed for a start any more, and not all that peers ask for. */
  private sweep(then: () => void): void {
    const { ctx, props, rows } = this.parts
    const puts = removeUpTo(
      ctx.store,
      seriesOf(props),
      this.target.number,
      ctx.now() + SLICE_MS,
      () => ctx.now(),
    )
    if (puts.length === 0) then()
    else rows.commit(puts, () => ctx.after('recover', 0, () => this.sweep(then)))
  }

  private finish(numbers: StateMeta, roots: Uint8Array, { sides, used }: SyncPages): void {
    const { ctx, props, rows } = this.parts
    const { shard, shards } = placeOf(props)
    const { ports } = props
    const series = seriesOf(props)
    const { number, hash, root } = this.target
    const { entries, supply, inboxTo, depth } = numbers
    if (depthFor(used) !== depth || numbers.shard !== shard) {
      throw new Error(`rollup: the settled root ${root} is of another table`)
    }
    const meta = encodeCheckpointMeta({
      shard,
      shards,
      used,
      entries,
      supply,
      inboxTo,
    })
    // Bytes are counted from here on.
    const checkpoint = { number, hash, root, meta, bytes: 0, sides, roots: Uint8Array.from(roots) }
    const gone = prunedPut(series, { number, bytes: 0 })
    const from = Math.min(readMissed(ctx.store, series)?.from ?? number, this.own.number + 1)
    const missed = missedPut(series, { from, to: number })
    rows.commit([checkpointPut(series, checkpoint), gone, missed], () => {
      const state = restoreCheckpoint(ctx.store, series, checkpoint, ports.hashPairs)
      if (!state)
        throw new Error(
          `rollup store: pages of ${bytesToHex(roots.subarray(0, 32))}… are not what was written`,
        )
      ctx.reached('shard-synced')
      ctx.log('info', 'shard-synced', { shard, number, root })
      this.ends.done(checkpoint, state)
    })
  }
}
