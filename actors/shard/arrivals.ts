// Parcels of other shards that wait for this one, as the final blocks have said, in their order;
// and their credits, which the source's shard on the same node makes again from what it has stored.

import { ROLLUP_PARCEL_CREDITS_HELD_MAX, ROLLUP_PARCELS_WAITING_MAX } from '../../config/limits.ts'
import { bytesToHex } from '../../lib/hex.ts'
import {
  CLAIM_CREDITS_MAX,
  CLAIM_PARCELS_MAX,
  ROLLUP_CHALLENGE_SECONDS,
} from '../../protocol/params.ts'
import type { Claim } from '../../protocol/rollup/claim.ts'
import { OUTGOING_WORDS, outgoingRoot } from '../../protocol/rollup/outgoing.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import type { ParcelNotice } from '../../protocol/rollup/parcel-notice.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import type { Context } from '../../runtime/context.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import type { ClaimLine } from './claim-line.ts'
import type { ShardProps } from './shard-props.ts'

const ASK_MS = 2000
const ASKS_MAX = 4
const RETRY_MS = 100
/** The next block's clock may be behind ours. */
const MARGIN_MS = 300

interface Arrival extends Omit<ParcelNotice, 'from'> {
  /** On the wall clock; undefined while no root contains the claim. */
  fromMs: number | undefined
  leaves: Uint32Array | undefined
}

type Consumed = Claim['consumed']

export class Arrivals {
  /** Until the state is that of the last final block: what the chain has ordered is not judged. */
  isRecovering = true
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly line: ClaimLine
  private readonly changed: () => void
  private readonly tree: MerkleTree
  /** By source, oldest first: those that no final claim has consumed. */
  private readonly queues: Arrival[][]
  /** By destination: parcels of ours that are not consumed. */
  private readonly sent: number[]
  private readonly asking = new Set<string>()
  /** For claims that are executed again after a start. */
  private readonly old = new Map<string, Uint32Array>()

  constructor(ctx: Context, props: ShardProps, line: ClaimLine, changed: () => void) {
    this.ctx = ctx
    this.props = props
    this.line = line
    this.changed = changed
    this.tree = new MerkleTree(props.ports.hashPairs)
    this.queues = Array.from({ length: props.config.shards }, () => [])
    this.sent = this.queues.map(() => 0)
  }

  start(waiting: readonly ParcelNotice[], sent: readonly number[]): void {
    for (const { from, ...notice } of waiting) {
      const fromMs = from === undefined ? undefined : 1000 * from
      this.queues[notice.source]?.push({ ...notice, fromMs, leaves: undefined })
    }
    for (const [shard, count] of sent.entries()) this.sent[shard] = count
    this.fetchSome()
  }

  /** A final block has ordered a claim of any shard. */
  ordered(claim: Claim, timestampMs: number): void {
    const { shard: own } = this.props
    const { shard: source, number, outbox, consumed, stateRoot } = claim
    if (source === own) {
      for (const { shard } of outbox) this.sent[shard] = (this.sent[shard] ?? 0) + 1
      return
    }
    for (const { shard } of consumed) {
      if (shard === own) this.sent[source] = (this.sent[source] ?? 0) - 1
    }
    const queue = this.queues[source] ?? []
    const box = outbox.find(({ shard }) => shard === own)
    if (box && number > (queue.at(-1)?.number ?? 0)) {
      const { credits, root } = box
      queue.push({ source, number, credits, root, fromMs: undefined, leaves: undefined })
      this.ctx.reached('shard-parcel-sent')
    }
    if (stateRoot !== undefined) {
      const fromMs = 1000 * (Math.floor(timestampMs / 1000) + ROLLUP_CHALLENGE_SECONDS)
      for (const arrival of queue) arrival.fromMs ??= fromMs
    }
    this.fetchSome()
  }

  /** A claim of ours that consumes these is final. */
  becameFinal(consumed: Consumed): void {
    if (consumed.length === 0) return
    for (const { shard, number } of consumed) {
      const queue = this.queues[shard] ?? []
      while ((queue[0]?.number ?? Number.POSITIVE_INFINITY) <= number) queue.shift()
    }
    this.ctx.reached('shard-parcel-consumed')
    this.fetchSome()
  }

  /** A source was taken back to after this claim, for good: what it sent later was never sent. */
  frozen(source: number, number: number): void {
    const queue = this.queues[source]
    while (queue && (queue.at(-1)?.number ?? 0) > number) queue.pop()
  }

  /** Whether so many of our parcels wait for a shard that no more should be sent there. */
  isBehind(shard: number): boolean {
    return (this.sent[shard] ?? 0) >= ROLLUP_PARCELS_WAITING_MAX
  }

  /** What of a source's queue no claim on the line has consumed. */
  private left(source: number): Arrival[] {
    let taken = 0
    for (const { held } of this.line.steps) {
      for (const { shard, number } of held.claim.consumed) {
        if (shard === source) taken = Math.max(taken, number)
      }
    }
    return (this.queues[source] ?? []).filter(({ number }) => number > taken)
  }

  /** What a batch on the tip should consume now, sources in turn, each in its order. */
  takeable(): Parcel[] {
    const wallMs = this.ctx.wallTime() - MARGIN_MS
    const parcels: Parcel[] = []
    let credits = 0
    const count = this.queues.length
    for (let i = 0; i < count; i++) {
      // Another one first each time: with much under way none is starved.
      const source = (i + this.line.tip.number) % count
      for (const { number, fromMs, leaves, credits: more } of this.left(source)) {
        if (fromMs === undefined || fromMs > wallMs || !leaves) break
        const isRoom = parcels.length === 0 || credits + more <= CLAIM_CREDITS_MAX
        if (!isRoom || parcels.length >= CLAIM_PARCELS_MAX) break
        parcels.push({ shard: source, number, leaves })
        credits += more
      }
    }
    return parcels.sort((a, b) => a.shard - b.shard)
  }

  /**
   * The parcels that a claim on the tip consumes: 'bad' when they are not the next ones, 'wait'
   * when they are not known or their credits are not here yet.
   */
  forClaim({ consumed }: Pick<Claim, 'consumed'>): Parcel[] | 'wait' | 'bad' {
    if (consumed.length === 0) return []
    const parcels: Parcel[] = []
    const queues = new Map<number, Arrival[]>()
    let isMissing = false
    for (const { shard, number } of consumed) {
      if (this.isRecovering) {
        const leaves = this.old.get(`${shard} ${number}`)
        if (leaves) parcels.push({ shard, number, leaves })
        else isMissing = this.ask(shard, number, undefined)
        continue
      }
      const queue = queues.get(shard) ?? this.left(shard)
      queues.set(shard, queue)
      const next = queue.shift()
      if (!next) return shard < this.queues.length ? 'wait' : 'bad'
      if (next.number !== number) return 'bad'
      if (next.leaves) parcels.push({ shard, number, leaves: next.leaves })
      else isMissing = this.ask(shard, number, next)
    }
    return isMissing ? 'wait' : parcels
  }

  recovered(): void {
    this.isRecovering = false
    this.old.clear()
    this.fetchSome()
  }

  /** Gets credits before they are needed, the oldest first, as far as memory goes. */
  private fetchSome(): void {
    let held = 0
    for (const queue of this.queues) {
      for (const arrival of queue) {
        held += arrival.credits
        if (held > ROLLUP_PARCEL_CREDITS_HELD_MAX && held > arrival.credits) return
        if (!arrival.leaves && this.asking.size < ASKS_MAX) {
          this.ask(arrival.source, arrival.number, arrival)
        }
      }
    }
  }

  /** True: what is asked for is not here. */
  private ask(source: number, number: number, arrival: Arrival | undefined): true {
    const key = `${source} ${number}`
    if (this.asking.has(key)) return true
    this.asking.add(key)
    const { node, shard: destination } = this.props
    const again = () => {
      this.asking.delete(key)
      this.ctx.after(`parcels ${source}`, RETRY_MS, () => {
        this.fetchSome()
        this.changed()
      })
    }
    this.ctx.ask(
      ShardMessages,
      shardKey(node, source),
      'Parcel',
      { number, destination },
      {
        within: ASK_MS,
        ok: ({ found, leaves: bytes }) => {
          const leaves = new Uint32Array(Uint8Array.from(bytes).buffer)
          if (!found || (arrival && !this.isRight(arrival, leaves))) {
            this.ctx.reached('shard-parcel-not-there')
            again()
            return
          }
          this.asking.delete(key)
          if (arrival) arrival.leaves = leaves
          else this.old.set(key, leaves)
          this.fetchSome()
          this.changed()
        },
        failed: again,
      },
    )
    return true
  }

  private isRight({ credits, root }: Arrival, leaves: Uint32Array): boolean {
    if (leaves.length !== credits * OUTGOING_WORDS) return false
    return bytesToHex(outgoingRoot(leaves, this.tree)) === root
  }

  get waiting(): number {
    return this.queues.reduce((sum, queue) => sum + queue.length, 0)
  }
}
