// What a shard gives to one that catches up: claims downwards, what batches consumed, checkpoints.
// Each answer is bounded, in bytes and in the time that it takes here; and so are they all.

import {
  ROLLUP_SYNC_ASKS_BURST,
  ROLLUP_SYNC_ASKS_PER_SECOND,
  ROLLUP_SYNC_CLAIM_BYTES,
  ROLLUP_SYNC_CLAIMS,
} from '../../config/shard-limits.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import {
  CHECKPOINT_PAGES_MAX,
  recordProof,
  ZERO_PAGE,
} from '../../protocol/rollup/checkpoint-tree.ts'
import { encodeInboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import { slotIn } from '../../protocol/rollup/shard-place.ts'
import { provenMeta } from '../../protocol/rollup/state-checkpoint.ts'
import type { Context } from '../../runtime/context.ts'
import type { AskNames, Body, Reply } from '../../runtime/messages.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { readPage, sideOf } from './checkpoint-rows.ts'
import type { CheckpointShelf } from './checkpoint-shelf.ts'
import type { Point } from './claim-line.ts'
import { readClaim } from './held-batch.ts'
import { hexes, type ShardQueries } from './queries.ts'
import { isAtBegin, placeOf, type ShardProps, seriesOf } from './shard-props.ts'

type Verbs = (typeof ShardMessages)['verbs']
type To<N extends AskNames<Verbs>> = (reply: Reply<Verbs, N>) => void
type Of<N extends AskNames<Verbs>> = Body<Verbs, N>

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

  /** Of the messages that are answered here alone. */
  get handlers() {
    return {
      Claims: (from: Of<'Claims'>, reply: To<'Claims'>) => reply(this.claims(from)),
      Inputs: (of: Of<'Inputs'>, reply: To<'Inputs'>) => reply(this.inputs(of)),
      Checkpoints: (_: null, reply: To<'Checkpoints'>) => reply(this.checkpoints()),
      CheckpointTree: ({ number, hash }: Of<'CheckpointTree'>, reply: To<'CheckpointTree'>) =>
        reply(this.tree(number, hash)),
      CheckpointPages: (of: Of<'CheckpointPages'>, reply: To<'CheckpointPages'>) =>
        reply(this.pages(of.number, of.hash, of.pages)),
      Parcel: ({ number, destination }: Of<'Parcel'>, reply: To<'Parcel'>) =>
        reply(this.parcel(number, destination)),
    }
  }

  private get isBusy(): boolean {
    return !this.asks.take(1, this.ctx.now())
  }

  private claims(from: Point): Reply<Verbs, 'Claims'> {
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

  private inputs({ number, hash }: Point): Reply<Verbs, 'Inputs'> {
    if (this.isBusy) return { code: 'BUSY', inbox: [], parcels: [] }
    const row = this.queries.row(number, hash)
    if (!row) return { code: 'NOT_HELD', inbox: [], parcels: [] }
    const parcels = row.parcels.map(({ shard, number, leaves }) => ({
      shard,
      number,
      leaves: new Uint8Array(leaves.buffer, leaves.byteOffset, leaves.byteLength),
    }))
    return { code: '', inbox: row.inbox.map(encodeInboxEntry), parcels }
  }

  private checkpoints(): Reply<Verbs, 'Checkpoints'> {
    // What a shard began with is no claim that leads to it.
    const stated = this.shelf.all.filter(({ number }) => !isAtBegin(this.props, number))
    return stated.map(({ number, hash }) => ({ number, hash }))
  }

  private tree(number: number, hash: Hex): Reply<Verbs, 'CheckpointTree'> {
    if (this.isBusy) return { code: 'BUSY', meta: NONE, roots: NONE }
    const found = this.shelf.find(number, hash)
    if (!found) return { code: 'GONE', meta: NONE, roots: NONE }
    this.shelf.read(found)
    return { code: '', meta: provenMeta(found.meta), roots: found.roots }
  }

  private pages(
    number: number,
    hash: Hex,
    wanted: readonly number[],
  ): Reply<Verbs, 'CheckpointPages'> {
    if (this.isBusy) return { code: 'BUSY', pages: [] }
    const found = this.shelf.find(number, hash)
    if (!found || wanted.some((page) => page >= CHECKPOINT_PAGES_MAX)) {
      return { code: 'GONE', pages: [] }
    }
    this.shelf.read(found)
    const { store } = this.ctx
    const pageAt = (page: number) =>
      readPage(store, seriesOf(this.props), page, sideOf(found.sides, page)) ?? ZERO_PAGE
    return { code: '', pages: wanted.map(pageAt) }
  }

  /** Of an account in the last checkpoint; undefined where there is none of either. */
  proof(index: number): Reply<Verbs, 'AccountProof'> {
    const { saved } = this.shelf
    const { ports } = this.props
    const series = seriesOf(this.props)
    const slot = slotIn(placeOf(this.props), index)
    if (!saved || slot < 0 || this.isBusy) return undefined
    const { number, hash, root, meta, sides, roots } = saved
    const pageAt = (page: number) =>
      readPage(this.ctx.store, series, page, sideOf(sides, page)) ?? ZERO_PAGE
    const found = recordProof(slot, roots, pageAt, ports.hashPairs)
    return (
      found && {
        number,
        claim: hash,
        stateRoot: root,
        treeRoot: bytesToHex(found.treeRoot),
        meta: provenMeta(meta),
        record: found.record,
        proof: hexes(found.proof),
      }
    )
  }

  /** For the own node without a limit. */
  private parcel(number: number, destination: number): Reply<Verbs, 'Parcel'> {
    const isOwn = this.ctx.isFrom(ShardMessages, shardKey(this.props.node, this.props.shard))
    if (!isOwn && this.isBusy) return { found: false, gone: false, leaves: NONE }
    return this.queries.parcel(number, destination)
  }
}
