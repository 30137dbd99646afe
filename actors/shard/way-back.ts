// From the chain's last claim down to where the state is: each claim is proven by its hash, which
// the one above it names. Claims come from the own disk, and from peers where that lacks them.

import { ROLLUP_SYNC_REST_MS } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import type { Point } from './claim-line.ts'
import { readClaim } from './held-batch.ts'
import { type ShardProps, seriesOf } from './shard-props.ts'
import { readBatchRow } from './shard-rows.ts'
import type { SyncPeers } from './sync-peers.ts'

/** Milliseconds of one turn. */
const SLICE_MS = 8

export interface WayPoint extends Point {
  /** The state root that the claim states. */
  readonly root: Hex | undefined
  /** Whether the batch is on the own disk. */
  readonly isHere: boolean
}

export interface WayEnds {
  /** The way is there. */
  done(): void
  /** Peers have deleted what is missing; or they have it, and it is too much. */
  lost(isGone: boolean): void
}

export class WayBack {
  /** The head first. */
  readonly points: WayPoint[] = []
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly peers: SyncPeers
  private next: Point | undefined
  private missing = 0
  /** Who says that the next claim is deleted. */
  private readonly pruned = new Set<string>()

  constructor(ctx: Context, props: ShardProps, peers: SyncPeers) {
    this.ctx = ctx
    this.props = props
    this.peers = peers
  }

  start(head: Point): void {
    this.points.length = 0
    this.missing = 0
    this.next = head
  }

  /** The first point that the way does not have. */
  get end(): Point | undefined {
    return this.next
  }

  get isWhole(): boolean {
    return this.points.every(({ isHere }) => isHere)
  }

  find(number: number): WayPoint | undefined {
    return this.points[(this.points[0]?.number ?? 0) - number]
  }

  /** Only what is above this number is of interest. */
  cutAt(number: number): void {
    const [first] = this.points
    if (first) this.points.length = Math.max(0, Math.min(this.points.length, first.number - number))
  }

  /** Down to the claim after `number`. `most`: claims that may come from peers. */
  walk(number: number, ends: WayEnds, most: number): void {
    const until = this.ctx.now() + SLICE_MS
    while (this.next && this.next.number > number) {
      const row = readBatchRow(
        this.ctx.store,
        seriesOf(this.props),
        this.next.number,
        this.next.hash,
      )
      if (!row) {
        if (this.missing > most) ends.lost(false)
        else this.ask(this.next, number, ends, most)
        return
      }
      if (!this.take(row.encoded, true)) throw new Error('rollup store: a batch is not the claim’s')
      if (this.ctx.now() < until) continue
      this.ctx.after('recover', 0, () => this.walk(number, ends, most))
      return
    }
    if (this.missing > most) ends.lost(false)
    else ends.done()
  }

  /** False when it is not the claim that comes next. */
  private take(encoded: Uint8Array, isHere: boolean): boolean {
    const read = readClaim(encoded)
    if (!read || read.hash !== this.next?.hash) return false
    const { number, parent, stateRoot: root, shard } = read.claim
    if (number !== this.next.number || shard !== this.props.shard) return false
    this.points.push({ number, hash: read.hash, root, isHere })
    if (!isHere) this.missing++
    this.next = { number: number - 1, hash: parent }
    this.pruned.clear()
    return true
  }

  private ask(at: Point, number: number, ends: WayEnds, most: number): void {
    const { ctx, peers } = this
    const again = (ms: number) => ctx.after('recover', ms, () => this.walk(number, ends, most))
    const peer = peers.choose()
    if (peer === undefined) {
      again(ROLLUP_SYNC_REST_MS)
      return
    }
    const ok = ({ code, claims }: { code: string; claims: Uint8Array[] }) => {
      if (code === 'PRUNED') this.pruned.add(peer)
      for (const [i, claim] of claims.entries()) {
        if (!this.next || this.next.number <= number) break
        const { hash, number: at } = this.next
        const isHere = readBatchRow(ctx.store, seriesOf(this.props), at, hash) !== undefined
        if (this.take(claim, isHere)) continue
        peers.lied(peer, `claim ${i} is not the parent`)
        break
      }
      // One that says so may lie; a third of them do not all.
      if (this.pruned.size > peers.count / 3) ends.lost(true)
      else again(code === '' ? 0 : ROLLUP_SYNC_REST_MS / 10)
    }
    peers.ask(peer, 'Claims', { number: at.number, hash: at.hash }, ok, () => again(0))
  }
}
