// What a shard gives to one that catches up: claims downwards, what batches consumed, checkpoints.
// Each answer is bounded, in bytes and in the time that it takes here; and so are they all.

import {
  ROLLUP_SYNC_ASKS_BURST,
  ROLLUP_SYNC_ASKS_PER_SECOND,
  ROLLUP_SYNC_CLAIM_BYTES,
  ROLLUP_SYNC_CLAIMS,
} from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import { CHECKPOINT_PAGES_MAX, ZERO_PAGE } from '../../protocol/rollup/checkpoint-tree.ts'
import { encodeInboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import { provenMeta } from '../../protocol/rollup/state-checkpoint.ts'
import type { Context } from '../../runtime/context.ts'
import type { Reply } from '../../runtime/messages.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { readPage, sideOf } from './checkpoint-rows.ts'
import type { CheckpointShelf } from './checkpoint-shelf.ts'
import type { Point } from './claim-line.ts'
import { readClaim } from './held-batch.ts'
import type { ShardQueries } from './queries.ts'
import type { ShardProps } from './shard-props.ts'
import { readBatchRow } from './shard-rows.ts'

type Verbs = (typeof ShardMessages)['verbs']

/** Milliseconds for one answer. */
const SLICE_MS = 5
const NONE = new Uint8Array(0)

export class SyncServer {
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly queries: ShardQueries
  private readonly shelf: CheckpointShelf
  private readonly asks: TokenBucket

  constructor(ctx: Context, props: ShardProps, queries: ShardQueries, shelf: CheckpointShelf) {
    this.ctx = ctx
    this.props = props
    this.queries = queries
    this.shelf = shelf
    this.asks = new TokenBucket(ROLLUP_SYNC_ASKS_PER_SECOND, ROLLUP_SYNC_ASKS_BURST, ctx.now())
  }

  private get isBusy(): boolean {
    return !this.asks.take(1, this.ctx.now())
  }

  claims(from: Point): Reply<Verbs, 'Claims'> {
    if (this.isBusy) return { code: 'BUSY', claims: [] }
    const until = this.ctx.now() + SLICE_MS
    const claims: Uint8Array[] = []
    let bytes = 0
    let at = from
    do {
      const { code, claim } = this.queries.fetch(at)
      if (code !== '' && claims.length === 0) return { code, claims }
      const parent = readClaim(claim)?.claim.parent
      bytes += claim.length
      if (!parent || bytes > ROLLUP_SYNC_CLAIM_BYTES) break
      claims.push(claim)
      at = { number: at.number - 1, hash: parent }
    } while (at.number > 0 && claims.length < ROLLUP_SYNC_CLAIMS && this.ctx.now() < until)
    return { code: '', claims }
  }

  inputs({ number, hash }: Point): Reply<Verbs, 'Inputs'> {
    if (this.isBusy) return { code: 'BUSY', inbox: [], parcels: [] }
    const row = readBatchRow(this.ctx.store, this.props.shard, number, hash)
    if (!row) return { code: 'NOT_HELD', inbox: [], parcels: [] }
    const parcels = row.parcels.map(({ shard, number, leaves }) => ({
      shard,
      number,
      leaves: new Uint8Array(leaves.buffer, leaves.byteOffset, leaves.byteLength),
    }))
    return { code: '', inbox: row.inbox.map(encodeInboxEntry), parcels }
  }

  checkpoints(): Reply<Verbs, 'Checkpoints'> {
    return this.shelf.all.map(({ number, hash }) => ({ number, hash }))
  }

  tree(number: number, hash: Hex): Reply<Verbs, 'CheckpointTree'> {
    if (this.isBusy) return { code: 'BUSY', meta: NONE, roots: NONE }
    const found = this.shelf.find(number, hash)
    if (!found) return { code: 'GONE', meta: NONE, roots: NONE }
    this.shelf.read(found)
    return { code: '', meta: provenMeta(found.meta), roots: found.roots }
  }

  pages(number: number, hash: Hex, wanted: readonly number[]): Reply<Verbs, 'CheckpointPages'> {
    if (this.isBusy) return { code: 'BUSY', pages: [] }
    const found = this.shelf.find(number, hash)
    if (!found || wanted.some((page) => page >= CHECKPOINT_PAGES_MAX)) {
      return { code: 'GONE', pages: [] }
    }
    this.shelf.read(found)
    const { store } = this.ctx
    const pageAt = (page: number) =>
      readPage(store, this.props.shard, page, sideOf(found.sides, page)) ?? ZERO_PAGE
    return { code: '', pages: wanted.map(pageAt) }
  }

  /** For the own node without a limit. */
  parcel(number: number, destination: number): Reply<Verbs, 'Parcel'> {
    const isOwn = this.ctx.isFrom(ShardMessages, shardKey(this.props.node, this.props.shard))
    if (!isOwn && this.isBusy) return { found: false, gone: false, leaves: NONE }
    return this.queries.parcel(number, destination)
  }
}
