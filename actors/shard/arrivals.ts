// Parcels of other shards that wait for this one, as the final blocks have said, in their order;
// and their credits, which the source's shard on the same node makes again from what it has stored,
// or a peer's where that has it no more.

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
import { placeOf, type ShardProps } from './shard-props.ts'

const ASK_MS = 2000
const ASKS_MAX = 4
const RETRY_MS = 100
/** The next block's clock may be behind ours. */
const MARGIN_MS = 300

interface Arrival extends Omit<ParcelNotice, 'from'> {
  /** On the wall clock; undefined while no root contains the claim. */
  fromMs: number | undefined
  leaves: Uint32Array | undefined
  /** The own node has deleted the source's batch. */
  isGone: boolean
}

/** Undefined where the bytes are no whole words. */
function wordsOf(bytes: Uint8Array): Uint32Array | undefined {
  return bytes.length % 4 === 0 ? new Uint32Array(Uint8Array.from(bytes).buffer) : undefined
}

type Consumed = Claim['consumed']

export class Arrivals {
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

  constructor(ctx: Context, props: ShardProps, line: ClaimLine, changed: () => void) {
    this.ctx = ctx
    this.props = props
    this.line = line
    this.changed = changed
    this.tree = new MerkleTree(props.ports.hashPairs)
    this.queues = Array.from({ length: placeOf(props).shards }, () => [])
    this.sent = this.queues.map(() => 0)
  }

  start(waiting: readonly ParcelNotice[], sent: readonly number[]): void {
    for (const queue of this.queues) queue.length = 0
    for (const { from, ...notice } of waiting) {
      const fromMs = from === undefined ? undefined : 1000 * from
      this.queues[notice.source]?.push({ ...notice, fromMs, leaves: undefined, isGone: false })
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
      const notice = { source, number, credits, root }
      queue.push({ ...notice, fromMs: undefined, leaves: undefined, isGone: false })
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
      const queue = queues.get(shard) ?? this.left(shard)
      queues.set(shard, queue)
      const next = queue.shift()
      if (!next) return shard < this.queues.length ? 'wait' : 'bad'
      if (next.number !== number) return 'bad'
      if (next.leaves) parcels.push({ shard, number, leaves: next.leaves })
      else isMissing = this.ask(next)
    }
    return isMissing ? 'wait' : parcels
  }

  /** Gets credits before they are needed, the oldest first, as far as memory goes. */
  private fetchSome(): void {
    let held = 0
    for (const queue of this.queues) {
      for (const arrival of queue) {
        held += arrival.credits
        if (held > ROLLUP_PARCEL_CREDITS_HELD_MAX && held > arrival.credits) return
        if (!arrival.leaves && this.asking.size < ASKS_MAX) this.ask(arrival)
      }
    }
  }

  /** The own node's source has the batch; or had it, or took up its state after it: then a peer. */
  private nodeFor({ isGone }: Arrival): string {
    const { node, peers } = this.props
    const others = peers.filter((peer) => peer.node !== node)
    if (!isGone || others.length === 0) return node
    return (others[this.ctx.random(others.length)] as { node: string }).node
  }

  /** True: what is asked for is not here. */
  private ask(arrival: Arrival): true {
    const { source, number } = arrival
    const key = `${source} ${number}`
    if (this.asking.has(key)) return true
    this.asking.add(key)
    const { shard: destination } = this.props
    const again = () => {
      this.asking.delete(key)
      this.ctx.after(`parcels ${source}`, RETRY_MS, () => {
        this.fetchSome()
        this.changed()
      })
    }
    const from = this.nodeFor(arrival)
    this.ctx.ask(
      ShardMessages,
      shardKey(from, source),
      'Parcel',
      { number, destination },
      {
        within: ASK_MS,
        ok: ({ found, gone, leaves: bytes }) => {
          const leaves = wordsOf(bytes)
          if (!found || !leaves || !this.isRight(arrival, leaves)) {
            this.ctx.reached(gone ? 'shard-parcel-gone' : 'shard-parcel-not-there')
            if (from === this.props.node) arrival.isGone = gone
            else if (found) this.ctx.blame('rollup: credits that are not the parcel’s')
            again()
            return
          }
          this.asking.delete(key)
          arrival.leaves = leaves
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
