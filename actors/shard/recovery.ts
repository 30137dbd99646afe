// After a start: from the genesis, or from what a checkpoint holds, to the last claim of the chain,
// batch by batch from the own disk, and from peers where that lacks some. Where they lack them too,
// or it is too much, it goes on from a settled root whose pages peers have.

import { ROLLUP_SYNC_AHEAD } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import type { ClaimLine, Point, Step } from './claim-line.ts'
import type { Executor } from './executor.ts'
import { FetchInputs } from './fetch-inputs.ts'
import { gatherOffers, type Offer } from './gather-offers.ts'
import { type HeldBatch, readBatch, readClaim } from './held-batch.ts'
import type { Inbox } from './inbox.ts'
import type { ShardPeers } from './peers.ts'
import { readRegistry } from './registry-accounts.ts'
import { KEEPING, type ShardProps, seriesOf } from './shard-props.ts'
import { readBatchRow, rowsAbove, type ShardKeeper } from './shard-rows.ts'
import type { SyncTarget } from './sync-pages.ts'
import { SyncPeers } from './sync-peers.ts'
import { StateSync } from './sync-state.ts'
import type { Upkeep } from './upkeep.ts'
import { WayBack, type WayPoint } from './way-back.ts'

/** Milliseconds of one turn. */
const SLICE_MS = 8
const RETRY_MS = 50
/** Where no peer has a checkpoint that serves, the chain is asked again where it stands. */
const AGAIN_MS = 1000

interface Parts {
  readonly line: ClaimLine
  readonly inbox: Inbox
  readonly executor: Executor
  readonly peers: ShardPeers
  readonly rows: ShardKeeper
  readonly upkeep: Upkeep
}

export class Recovery {
  /** A final batch that does not hold: it follows where the shard stands now. */
  isFalse: HeldBatch | undefined
  /** The peers lack what is missing here: a state is taken up, or will be. */
  isSyncing = false
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly parts: Parts
  private readonly peers: SyncPeers
  private readonly way: WayBack
  private readonly inputs: FetchInputs
  private readonly done: () => void
  private readonly restart: () => void
  private settled = 0
  /** A batch that peers have deleted: before it there is no state to go on from. */
  private goal = 0
  private isForward = false
  /** What the own disk lacks, until it is executed and stored. */
  private readonly fetched = new Map<Hex, HeldBatch>()

  /** `restart` begins again, with where the chain stands then. */
  constructor(
    ctx: Context,
    props: ShardProps,
    parts: Parts,
    done: () => void,
    restart: () => void,
  ) {
    this.ctx = ctx
    this.props = props
    this.parts = parts
    this.peers = new SyncPeers(ctx, props)
    this.way = new WayBack(ctx, props, this.peers)
    this.inputs = new FetchInputs(this.peers, parts.line, parts.inbox)
    this.done = done
    this.restart = restart
  }

  /**
   * `head` is the shard's last claim in the state of the last final block; what claims up to
   * `settled` did is never taken back.
   */
  start(head: Point, settled: number): void {
    this.settled = settled
    this.isFalse = undefined
    this.isForward = false
    this.fetched.clear()
    if (head.number < this.parts.line.final.number) {
      // The chain is fetched anew, and this shard has been where it is not yet.
      this.isSyncing = true
      this.again()
      return
    }
    this.way.start(head)
    this.back((this.props.keeping ?? KEEPING).missing)
  }

  private back(most: number): void {
    const { final } = this.parts.line
    const ends = {
      done: () => {
        if (this.way.end?.hash !== final.hash) throw new Error('rollup store: of another chain')
        this.prepare()
      },
      lost: (isGone: boolean) => this.sync(isGone),
    }
    this.way.walk(final.number, ends, most)
  }

  private again(): void {
    this.isForward = false
    this.ctx.after('recover-again', AGAIN_MS, this.restart)
  }

  /** Goes on from the latest settled root on the way that some peer has. */
  private sync(isGone: boolean): void {
    this.isSyncing = true
    this.ctx.reached('shard-sync')
    const own = this.parts.line.final.number
    gatherOffers(this.peers, (offers) => {
      const [best] = offers
        .filter(({ number }) => number > own && number <= this.settled)
        .sort((a, b) => b.number - a.number)
      if (best) this.wayTo(best)
      else if (isGone) this.again()
      else this.back(Number.POSITIVE_INFINITY)
    })
  }

  private wayTo(offer: Offer): void {
    const ends = {
      done: () => {
        const point = this.way.find(offer.number)
        if (point?.root && point.hash === offer.hash) this.take({ ...offer, root: point.root })
        else {
          // Who says so lies, or is of another chain: the others are asked again.
          for (const node of offer.sources) this.peers.lied(node, 'a checkpoint of no root')
          this.again()
        }
      },
      lost: () => this.again(),
    }
    this.way.walk(offer.number - 1, ends, Number.POSITIVE_INFINITY)
  }

  private take(target: SyncTarget): void {
    const { ctx, props, peers } = this
    const { rows, upkeep, line } = this.parts
    const parts = { ctx, props, peers, rows }
    const own = { number: line.final.number, checkpoint: upkeep.checkpoints.saved }
    new StateSync(parts, target, own, {
      done: (checkpoint, state) => {
        const { number, hash } = checkpoint
        line.restart(state, { number, hash })
        upkeep.restored(checkpoint)
        this.way.cutAt(number)
        this.prepare()
      },
      failed: () => this.again(),
    }).start()
  }

  /** Batches of peers are checked with keys, of which the chain has those that are not here. */
  private prepare(): void {
    const forward = () => {
      this.isForward = true
      this.forward()
    }
    const { rows, inbox } = this.parts
    if (this.way.isWhole && !this.isSyncing) forward()
    else readRegistry(this.ctx, this.props, rows, inbox.book, forward)
  }

  private load({ number, hash }: Point): HeldBatch | undefined {
    const row = readBatchRow(this.ctx.store, seriesOf(this.props), number, hash)
    if (!row) return undefined
    const { sha256 } = this.props.ports
    const read = readBatch(row.encoded, row.bytes, sha256, this.ctx.now())
    if (!read.ok) throw new Error(`rollup store: batch ${number} is broken: ${read.code}`)
    const { held } = read
    held.inbox = row.inbox
    held.parcels = row.parcels
    for (const [i, entry] of row.inbox.entries()) {
      this.parts.inbox.add(held.claim.inboxTo - row.inbox.length + i, entry)
    }
    held.isStored = true
    held.isSigned = true
    // It was checked before it was written.
    held.verdict = ''
    held.stragglers = 'good'
    return held
  }

  /** Asks for this one and some that follow it. */
  private fetch(): void {
    const { points } = this.way
    for (const point of points.slice(-ROLLUP_SYNC_AHEAD).reverse()) {
      const { hash, isHere } = point
      if (isHere || this.fetched.has(hash)) continue
      this.parts.peers.fetch(
        point,
        undefined,
        (claim, body) => {
          if (readClaim(claim)?.hash !== hash) return
          const read = readBatch(claim, body, this.props.ports.sha256, this.ctx.now())
          if (read.ok) this.fetched.set(hash, read.held)
        },
        () => this.ctx.after('recover', RETRY_MS, () => this.forward()),
      )
    }
  }

  /** The batch with all that it consumes; undefined while that is on its way. */
  private held(point: WayPoint): HeldBatch | undefined {
    if (point.isHere) return this.parts.line.find(point.hash) ?? this.load(point)
    this.fetch()
    const held = this.fetched.get(point.hash)
    if (!held || this.inputs.has(held)) return held
    this.inputs.ask(held, (ms) => this.ctx.after('recover', ms, () => this.forward()))
    return undefined
  }

  private forward(): void {
    const { line, executor, upkeep } = this.parts
    const { points } = this.way
    if (!this.isForward) return
    const until = this.ctx.now() + SLICE_MS
    for (let point = points.at(-1); point; point = points.at(-1)) {
      const held = this.held(point)
      if (!held) return
      if (!line.find(held.hash)) line.add(held)
      const outcome = executor.execute(held)
      if (outcome === 'bad') {
        // The chain has ordered it, so a quorum has checked it: it consumed something else. If not,
        // the quorum has lied, and the shard stands before it.
        if (!this.inputs.blame(held) || this.peers.isAlone) {
          this.isFalse = held
          break
        }
      }
      if (outcome !== 'done') {
        this.ctx.after('recover', RETRY_MS, () => this.forward())
        return
      }
      points.pop()
      this.fetched.delete(held.hash)
      const step: Step = line.advance()
      upkeep.final(step, undefined)
      if (this.ctx.now() >= until && points.length > 0) {
        this.ctx.after('recover', 0, () => this.forward())
        return
      }
    }
    this.isForward = false
    if (line.final.number < this.goal && !this.isFalse) {
      this.again()
      return
    }
    this.unfinal()
    this.isSyncing = false
    this.done()
  }

  /** What was checked before the crash and not ordered yet is offered again. */
  private unfinal(): void {
    const { line } = this.parts
    for (const { encoded } of rowsAbove(this.ctx.store, seriesOf(this.props), line.final.number)) {
      const known = readClaim(encoded)
      if (!known || !line.isInReach(known.claim.number)) continue
      const held = this.load({ number: known.claim.number, hash: known.hash })
      if (held) line.add(held)
    }
  }

  /** Peers have deleted this batch, which is needed here: only a later state helps. */
  lost(number: number): void {
    const isIdle = !this.isSyncing || this.isForward
    this.goal = Math.max(this.goal, number)
    this.isSyncing = true
    if (isIdle) this.again()
  }
}
