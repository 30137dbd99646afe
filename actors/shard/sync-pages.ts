// The pages of a peer's checkpoint, from several peers at once, each page checked with its root.
// What lies on the own disk with the right root is not fetched: pages that did not change, and
// those that came before a crash.

import { ROLLUP_SYNC_PAGES, ROLLUP_SYNC_REST_MS } from '../../config/shard-limits.ts'
import { equalBytes } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { NODE_BYTES } from '../../protocol/crypto/hash-pairs.ts'
import {
  isZeroRoot,
  pageRoot,
  rootAt,
  usedIn,
  ZERO_PAGE,
} from '../../protocol/rollup/checkpoint-tree.ts'
import { STORED_PAGE_BYTES, STORED_RECORDS } from '../../protocol/rollup/state-checkpoint.ts'
import type { Context } from '../../runtime/context.ts'
import { pagePut, readPage, sideOf } from './checkpoint-rows.ts'
import { type ShardProps, seriesOf } from './shard-props.ts'
import type { ShardKeeper } from './shard-rows.ts'
import type { SyncPeers } from './sync-peers.ts'

/** Milliseconds of one turn. */
const SLICE_MS = 5

/** A settled root of the chain, and who says that he has the pages. */
export interface SyncTarget {
  readonly number: number
  readonly hash: Hex
  readonly root: Hex
  readonly sources: Set<string>
}

export interface SyncParts {
  readonly ctx: Context
  readonly props: ShardProps
  readonly peers: SyncPeers
  readonly rows: ShardKeeper
}

export class SyncPages {
  /** A bit for each page: in which of its places it is. */
  readonly sides: Uint8Array
  /** One above the last slot that is used. */
  used = 0
  private readonly parts: SyncParts
  private readonly target: SyncTarget
  private readonly roots: Uint8Array
  /** Places in use until the checkpoint counts: nothing is written there. */
  private readonly kept: Uint8Array
  private readonly missing: number[] = []
  private underWay = 0
  private isOver = false
  private readonly done: (isWhole: boolean) => void

  /** `done`: all pages are on the disk, or nobody is left who has them. */
  constructor(
    parts: SyncParts,
    target: SyncTarget,
    roots: Uint8Array,
    kept: Uint8Array,
    done: (isWhole: boolean) => void,
  ) {
    this.parts = parts
    this.target = target
    this.roots = roots
    this.kept = kept
    this.done = done
    this.sides = new Uint8Array(Math.ceil(this.count / 8))
  }

  private get count(): number {
    return this.roots.length / NODE_BYTES
  }

  start(): void {
    this.plan(0)
  }

  private plan(from: number): void {
    const { ctx } = this.parts
    const until = ctx.now() + SLICE_MS
    for (let page = from; page < this.count; page++) {
      if (ctx.now() >= until) {
        ctx.after('recover', 0, () => this.plan(page))
        return
      }
      this.look(page)
    }
    if (this.missing.length < this.count) ctx.reached('shard-sync-pages-here')
    this.pump()
  }

  /** Is it on the disk already? */
  private look(page: number): void {
    const { ctx, props, rows } = this.parts
    const side = sideOf(this.kept, page)
    for (const one of [side, 1 - side]) {
      const bytes = readPage(ctx.store, seriesOf(props), page, one) ?? ZERO_PAGE
      if (!this.isRight(page, bytes)) continue
      this.take(page, one, bytes)
      return
    }
    if (!isZeroRoot(this.roots, page)) {
      this.missing.push(page)
      return
    }
    rows.commit([pagePut(seriesOf(props), page, 1 - side, ZERO_PAGE)], () => {})
    this.take(page, 1 - side, ZERO_PAGE)
  }

  private isRight(page: number, bytes: Uint8Array): boolean {
    if (bytes === ZERO_PAGE) return isZeroRoot(this.roots, page)
    if (bytes.length !== STORED_PAGE_BYTES) return false
    const { hashPairs } = this.parts.props.ports
    return equalBytes(pageRoot(bytes, hashPairs), rootAt(this.roots, page))
  }

  private take(page: number, side: number, bytes: Uint8Array): void {
    if (side === 1) this.sides[page >>> 3] = (this.sides[page >>> 3] as number) | (1 << (page & 7))
    const used = usedIn(bytes)
    if (used > 0) this.used = Math.max(this.used, page * STORED_RECORDS + used)
  }

  private end(isWhole: boolean): void {
    this.isOver = true
    this.done(isWhole)
  }

  private pump(): void {
    if (this.isOver) return
    const { ctx, peers } = this.parts
    const { sources } = this.target
    if (this.missing.length === 0 && this.underWay === 0) {
      // After what was written before, in the same order.
      this.isOver = true
      this.parts.rows.commit([], () => this.done(true))
      return
    }
    if (sources.size === 0) {
      this.end(false)
      return
    }
    while (this.missing.length > 0) {
      const peer = peers.choose(sources)
      if (peer === undefined) break
      this.ask(peer, this.missing.splice(-ROLLUP_SYNC_PAGES))
    }
    if (this.missing.length > 0) ctx.after('recover', ROLLUP_SYNC_REST_MS, () => this.pump())
  }

  private ask(peer: string, pages: number[]): void {
    const { number, hash, sources } = this.target
    this.underWay++
    const again = () => {
      this.underWay--
      this.missing.push(...pages)
      this.pump()
    }
    const { peers } = this.parts
    peers.ask(
      peer,
      'CheckpointPages',
      { number, hash, pages },
      ({ code, pages: found }) => {
        if (this.isOver) return
        if (code !== '') {
          sources.delete(peer)
          again()
          return
        }
        const isRight =
          found.length === pages.length &&
          pages.every((page, i) => this.isRight(page, found[i] as Uint8Array))
        if (isRight) this.keep(pages, found)
        else {
          peers.lied(peer, 'a page that has not its root')
          sources.delete(peer)
          again()
        }
      },
      again,
    )
  }

  /** They count as under way until they are on the disk: a slow one is not run away from. */
  private keep(pages: readonly number[], found: readonly Uint8Array[]): void {
    const { rows, props, ctx } = this.parts
    const puts = pages.map((page, i) => {
      const side = 1 - sideOf(this.kept, page)
      const bytes = found[i] as Uint8Array
      this.take(page, side, bytes)
      return pagePut(seriesOf(props), page, side, bytes)
    })
    ctx.reached('shard-sync-pages')
    rows.commit(puts, () => {
      this.underWay--
      this.pump()
    })
  }
}
