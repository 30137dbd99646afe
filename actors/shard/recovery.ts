// After a start: from the genesis, or from what a checkpoint holds, to the last claim of the chain,
// batch by batch from the own disk, and from a peer where that lacks one.

import { ROLLUP_FETCHED_BYTES_MAX } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import type { ClaimLine, Point, Step } from './claim-line.ts'
import type { Executor } from './executor.ts'
import { type HeldBatch, readBatch, readClaim } from './held-batch.ts'
import type { Inbox } from './inbox.ts'
import type { ShardPeers } from './peers.ts'
import type { ShardProps } from './shard-props.ts'
import { readBatchRow, rowsAbove } from './shard-rows.ts'

/** Milliseconds of one turn. */
const SLICE_MS = 8
const RETRY_MS = 50

export class Recovery {
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly line: ClaimLine
  private readonly inbox: Inbox
  private readonly executor: Executor
  private readonly peers: ShardPeers
  /** From the head down to above where the state is. */
  private readonly way: Point[] = []
  /** What the own disk lacks, until it is executed and stored. */
  private readonly fetched = new Map<Hex, HeldBatch>()
  private fetchedBytes = 0
  /** Once for each batch that is executed again, as it becomes final. */
  private readonly replayed: (step: Step) => void
  private readonly done: () => void

  constructor(
    ctx: Context,
    props: ShardProps,
    parts: {
      readonly line: ClaimLine
      readonly inbox: Inbox
      readonly executor: Executor
      readonly peers: ShardPeers
    },
    replayed: (step: Step) => void,
    done: () => void,
  ) {
    this.ctx = ctx
    this.props = props
    this.line = parts.line
    this.inbox = parts.inbox
    this.executor = parts.executor
    this.peers = parts.peers
    this.replayed = replayed
    this.done = done
  }

  /** `head` is the shard's last claim in the state of the last final block. */
  start(head: Point): void {
    this.back(head)
  }

  private load({ number, hash }: Point): HeldBatch | undefined {
    const row = readBatchRow(this.ctx.store, this.props.shard, number, hash)
    if (!row) return this.fetched.get(hash)
    const { sha256 } = this.props.ports
    const read = readBatch(row.encoded, row.bytes, sha256, this.ctx.now())
    if (!read.ok) throw new Error(`rollup store: batch ${number} is broken: ${read.code}`)
    const { held } = read
    held.inbox = row.inbox
    held.parcels = row.parcels
    for (const [i, entry] of row.inbox.entries()) {
      this.inbox.add(held.claim.inboxTo - row.inbox.length + i, entry)
    }
    held.isStored = true
    held.isSigned = true
    // It was checked before it was written.
    held.verdict = ''
    held.stragglers = 'good'
    return held
  }

  /** Finds the way down, one parent after another. */
  private back(head: Point): void {
    let at = head
    while (at.number > this.line.final.number) {
      const held = this.load(at)
      if (!held) {
        this.fetch(at, () => this.back(head))
        return
      }
      this.way.push(at)
      at = { number: at.number - 1, hash: held.claim.parent }
    }
    if (at.hash !== this.line.final.hash) throw new Error('rollup store: of another chain')
    this.forward()
  }

  private fetch(point: Point, then: () => void): void {
    this.way.length = 0
    const { hash } = point
    this.peers.fetch(
      point,
      undefined,
      (claim, body) => {
        if (readClaim(claim)?.hash !== hash) return
        const read = readBatch(claim, body, this.props.ports.sha256, this.ctx.now())
        if (!read.ok) return
        this.fetched.set(hash, read.held)
        this.keepWithin(body.length)
      },
      () => this.ctx.after('recover', RETRY_MS, then),
    )
  }

  /** A node that lacks more than it may hold cannot catch up batch by batch. */
  private keepWithin(bytes: number): void {
    this.fetchedBytes += bytes
    if (this.fetchedBytes <= ROLLUP_FETCHED_BYTES_MAX) return
    throw new Error(`rollup: more than ${ROLLUP_FETCHED_BYTES_MAX} bytes of batches are missing`)
  }

  private forward(): void {
    const until = this.ctx.now() + SLICE_MS
    while (this.way.length > 0) {
      const held = this.load(this.way.at(-1) as Point) as HeldBatch
      if (!this.line.find(held.hash)) this.line.add(held)
      const outcome = this.executor.execute(this.line.find(held.hash) as HeldBatch)
      // The chain has ordered it, so a quorum has checked it.
      if (outcome === 'bad')
        throw new Error(`rollup: final batch ${held.claim.number} does not hold`)
      if (outcome === 'wait') {
        this.ctx.after('recover', RETRY_MS, () => this.forward())
        return
      }
      this.way.pop()
      this.fetched.delete(held.hash)
      this.replayed(this.line.advance())
      if (this.ctx.now() >= until && this.way.length > 0) {
        this.ctx.after('recover', 0, () => this.forward())
        return
      }
    }
    this.unfinal()
    this.done()
  }

  /** What was checked before the crash and not ordered yet is offered again. */
  private unfinal(): void {
    for (const { encoded } of rowsAbove(this.ctx.store, this.props.shard, this.line.final.number)) {
      const known = readClaim(encoded)
      if (!known || !this.line.isInReach(known.claim.number)) continue
      const held = this.load({ number: known.claim.number, hash: known.hash })
      if (held) this.line.add(held)
    }
  }
}
