// Takes in batches from wherever they come, executes what it can, and answers who waits for it: the
// block-builder that checks a block, and the chain that has made claims final.

import type { Hex } from '../../lib/hex.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { FAILOVER_MS } from '../../protocol/params.ts'
import type { Claim } from '../../protocol/rollup/claim.ts'
import { hasOrders } from '../../protocol/rollup/entry-counts.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body } from '../../runtime/messages.ts'
import { RollupSequencerMessages } from '../messages/rollup-sequencer.ts'
import { type ShardMessages, shardKey } from '../messages/shard.ts'
import type { ClaimLine, Point, Step } from './claim-line.ts'
import { isSignedBy } from './claim-signature.ts'
import type { CommitteeDesk } from './committee-desk.ts'
import type { DraftDesk } from './draft-desk.ts'
import { type Executor, SLICE_MS } from './executor.ts'
import { type HeldBatch, readBatch, readClaim } from './held-batch.ts'
import { Holds } from './holds.ts'
import { offerClaims } from './offer-claims.ts'
import type { ShardPeers } from './peers.ts'
import type { ShardProps } from './shard-props.ts'
import type { FinalRow } from './shard-rows.ts'

type Wanted = Body<(typeof ShardMessages)['verbs'], 'Ready'>

/** A claim that a final block has ordered. */
export interface OrderedClaim extends FinalRow {
  readonly number: number
  readonly sequencer: number
}

const RETRY_MS = 50
/** Another's claims that nobody has ordered for so long are in the way. */
const OTHERS_MS = 4 * FAILOVER_MS

export class LineKeeper {
  rules: EpochRules | undefined
  /** The state is being taken up from elsewhere, or the chain goes on with a false claim. */
  isPaused = false
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly line: ClaimLine
  private readonly executor: Executor
  private readonly drafts: DraftDesk
  private readonly peers: ShardPeers
  private readonly committee: CommitteeDesk
  private readonly holds: Holds
  /** Ordered, and not yet final on the line, oldest first. */
  private ordered: OrderedClaim[] = []
  private readonly becameFinal: (step: Step, ordered: OrderedClaim) => void
  private readonly becameReady: () => void
  private readonly looked: () => void
  private readyTo = 0
  private isLooking = false
  private isClosing = false

  constructor(
    ctx: Context,
    props: ShardProps,
    parts: {
      readonly line: ClaimLine
      readonly executor: Executor
      readonly drafts: DraftDesk
      readonly peers: ShardPeers
      readonly committee: CommitteeDesk
    },
    becameFinal: (step: Step, ordered: OrderedClaim) => void,
    becameReady: () => void,
    looked: () => void,
  ) {
    this.ctx = ctx
    this.props = props
    this.line = parts.line
    this.executor = parts.executor
    this.drafts = parts.drafts
    this.peers = parts.peers
    this.committee = parts.committee
    this.holds = new Holds(ctx, props, parts.line, {
      isReady: (held) => this.isReady(held),
      goTo: (held) => this.goTo(held),
      want: (point, sequencer) => this.want(point, sequencer),
      look: () => this.look(),
    })
    parts.committee.missing = (point) => this.want(point, undefined)
    parts.committee.changed = () => this.look()
    this.becameFinal = becameFinal
    this.becameReady = becameReady
    this.looked = looked
  }

  /** From a peer that says so by itself: only what is signed, and near. */
  receive(encoded: Uint8Array, bytes: Uint8Array): void {
    const known = readClaim(encoded)
    if (!known || known.claim.shard !== this.props.shard) {
      this.ctx.blame('rollup: not a claim of this shard')
      return
    }
    const { claim, hash } = known
    const held = this.line.find(hash)
    if (held?.isSigned || !this.line.isInReach(claim.number)) return
    const signed = isSignedBy(this.rules, this.props, known)
    if (signed === false) this.ctx.blame('rollup: a forged claim')
    if (!signed) return
    if (held) {
      held.encoded = encoded
      held.isSigned = true
    } else if (!this.take(encoded, bytes, true)) {
      this.ctx.blame('rollup: a body that is not the claim’s')
      return
    }
    this.look()
  }

  /** Asked for: whoever wanted it knows its hash. */
  private fetched(encoded: Uint8Array, bytes: Uint8Array, wanted: Hex): void {
    const known = readClaim(encoded)
    if (known?.hash !== wanted || this.line.find(wanted)) return
    this.take(encoded, bytes, isSignedBy(this.rules, this.props, known) === true)
  }

  private take(encoded: Uint8Array, bytes: Uint8Array, isSigned: boolean): boolean {
    const read = readBatch(encoded, bytes, this.props.ports.sha256, this.ctx.now())
    if (!read.ok) {
      this.ctx.reached('shard-other-body')
      return false
    }
    read.held.isSigned = isSigned
    this.line.add(read.held)
    return true
  }

  /** Verified and durable, so that a block may order it. */
  isReady(held: HeldBatch): boolean {
    return held.verdict === '' && held.stragglers === 'good' && held.isStored
  }

  /** Claims for a block, and their certificates where the shard has a committee. */
  ready(wanted: Wanted): { claims: Uint8Array[]; certificates: Uint8Array[] } {
    const { rules, line, props, committee } = this
    const { shard } = props
    // Nobody who has seen a false claim votes for what follows it, whatever certificate that has.
    if (this.isPaused) return { claims: [], certificates: [] }
    const allows = (held: HeldBatch) => committee.allows(held, this.isReady(held))
    const offered = offerClaims(wanted, { line, shard, rules, allows })
    this.noteProposed(offered.at(-1)?.claim)
    const found = offered.map(({ hash }) => committee.certificateOf(hash))
    return {
      claims: offered.map(({ encoded }) => encoded),
      certificates: found.filter((one) => one !== undefined),
    }
  }

  hold(
    encoded: readonly Uint8Array[],
    withinMs: number,
    reply: (code: string, detail: string) => void,
  ): void {
    const claims = this.holds.read(encoded)
    if (!claims) {
      reply('BAD_CLAIM', 'undecodable')
      return
    }
    this.noteProposed(claims.at(-1))
    if (this.committee.isOutside && !this.isPaused) this.holds.answerOutside(claims, reply)
    else this.holds.add(claims, withinMs, reply)
    this.look()
  }

  /** The own sequencer closes its next batch by that. */
  private noteProposed(last: { number: number; sequencer: number } | undefined): void {
    if (!last || last.sequencer !== this.ownIndex) return
    const { node, shard } = this.props
    const { number } = last
    this.ctx.tell(RollupSequencerMessages, shardKey(node, shard), 'Proposed', { number })
  }

  /** The chain has ordered these, one after the other. */
  order(claims: readonly OrderedClaim[]): void {
    this.ordered.push(...claims.filter(({ number }) => number > this.line.final.number))
    this.look()
  }

  /** What was ordered is in what the chain says when the shard goes on. */
  pause(): void {
    this.isPaused = true
    this.ordered = []
    this.holds.pause()
  }

  /** Takes back from the first such claim on, unless a block has ordered it. */
  private takeBack(isDead: (claim: Claim) => boolean, mark: string): void {
    const { line } = this
    const dead = line.steps.findIndex(({ held }) => isDead(held.claim))
    const first = line.steps[dead]
    if (!first || this.ordered.some(({ number }) => number >= first.held.claim.number)) return
    this.ctx.reached(mark)
    const gone = line.steps.slice(dead).map(({ held }) => held.hash)
    this.executor.undoTo(dead)
    for (const hash of gone) line.drop(hash)
  }

  /** No block above this final height may order these any more. */
  dropVoid(height: number): void {
    this.committee.height = height
    this.takeBack(({ notAfter }) => notAfter <= height, 'shard-claim-void')
  }

  close(isClosing: boolean): void {
    this.isClosing = isClosing
    this.committee.isClosing = isClosing
    if (isClosing) this.takeBack(hasOrders, 'shard-closed')
  }

  /** From time to time: what nobody has certified for a while. */
  retell(): void {
    this.committee.retell()
    const rivals = this.isBehind ? [] : this.committee.rivals()
    if (rivals.length === 0) return
    this.ctx.reached('shard-attests-rival')
    rivals.find((rival) => this.goTo(rival))
    this.look()
  }

  get isBehind(): boolean {
    return this.isPaused || this.ordered.length > 0
  }

  /** Safe to call at any time, also from within itself. */
  look(): void {
    if (this.isPaused) this.pause()
    if (this.isPaused) return
    if (this.isLooking) {
      this.ctx.after('look-again', 0, () => this.look())
      return
    }
    this.isLooking = true
    this.advance()
    if (!this.isBehind) {
      this.extend()
      this.holds.settle()
    }
    this.isLooking = false
    this.noteReady()
    this.looked()
  }

  private get ownIndex(): number {
    const { rules, props } = this
    return rules?.set.validators.findIndex((one) => one.blsPublicKey === props.ownKey) ?? -1
  }

  /** Operator of another node that made the last claim above the final one, while it is fresh. */
  otherMaker(): Hex | undefined {
    const last = this.line.steps.at(-1)?.held
    if (!last || last.claim.sequencer === this.ownIndex) return undefined
    const [first] = this.line.steps
    if (first && this.ctx.now() - first.held.sinceMs > OTHERS_MS) return undefined
    return this.rules?.set.validators[last.claim.sequencer]?.address
  }

  /** Whether a batch of our own may stand on the tip; takes back another's that nobody orders. */
  makeWay(): boolean {
    if (this.otherMaker() !== undefined) return false
    const { steps } = this.line
    const own = steps.findIndex(({ held }) => held.claim.sequencer !== this.ownIndex)
    if (own >= 0) {
      this.ctx.reached('shard-made-way')
      const gone = steps.slice(own).map(({ held }) => held.hash)
      this.executor.undoTo(own)
      for (const hash of gone) this.line.drop(hash)
    }
    if (!this.committee.hasOwn(this.line.tip.hash, this.ownIndex)) return true
    this.look()
    return false
  }

  /**
   * Executes what stands on the tip, unless our own draft stands there. Where blocks wait for what
   * members attest, a claim that waits for what may never come must not keep up the others.
   */
  private extend(): void {
    const { line, executor, drafts, ctx, committee } = this
    const until = ctx.now() + SLICE_MS
    while (!drafts.draft && !line.isFrozen) {
      if (ctx.now() > until) {
        ctx.after('look-again', 0, () => this.look())
        return
      }
      const able = line
        .childrenOf(line.tip.hash)
        .filter(({ claim }) => !this.isClosing || !hasOrders(claim))
        .filter(({ isSigned, verdict }) => isSigned && (verdict === undefined || verdict === ''))
      const tried = committee.isMember ? able : able.slice(0, 1)
      if (!tried.some((one) => executor.execute(one) !== 'wait')) return
    }
  }

  private advance(): void {
    const { line, ctx } = this
    const until = ctx.now() + SLICE_MS
    for (;;) {
      const [next] = this.ordered
      if (!next) return
      if (ctx.now() > until) {
        ctx.after('look-again', 0, () => this.look())
        return
      }
      if (next.number <= line.final.number) {
        this.ordered.shift()
        continue
      }
      const held = line.find(next.hash)
      if (!held) {
        this.want({ number: next.number, hash: next.hash }, next.sequencer)
        return
      }
      const isThere = line.depthOf(next.hash) === 1 || this.goTo(held)
      if (!isThere && held.verdict) {
        // A quorum has found it right: only what is false with what the chain says now, too, is.
        if (this.executor.doubt(held)) continue
        this.dispute(held)
      }
      if (!isThere || !this.isReady(held)) return
      this.ordered.shift()
      const final = line.advance()
      this.becameFinal(final, next)
    }
  }

  /** Set by the shard: a final claim is false, and nothing is executed any more. */
  disputed: (held: HeldBatch) => void = () => {}

  dispute(held: HeldBatch): void {
    this.pause()
    this.executor.clear()
    this.disputed(held)
  }

  /** Executes up to a batch; asks for what is missing on the way. */
  private goTo(held: HeldBatch): boolean {
    const way = this.line.isOnLine(held.hash) ? undefined : this.line.pathTo(held)
    if (way && 'missing' in way) {
      this.want(way.missing, held.claim.sequencer)
      return false
    }
    return this.executor.switchTo(held) === 'done'
  }

  private want(point: Point, sequencer: number | undefined): void {
    const { hash } = point
    this.peers.fetch(
      point,
      sequencer,
      (claim, body) => this.fetched(claim, body, hash),
      () => this.ctx.after('look-soon', RETRY_MS, () => this.look()),
    )
  }

  /** Says so when more of the line can be ordered. */
  private noteReady(): void {
    let to = this.line.final.number
    for (const { held } of this.line.steps) {
      if (!this.isReady(held)) break
      held.readyMs ??= this.ctx.now()
      this.committee.attest(held)
      const { number } = held.claim
      if (number === to + 1 && this.committee.allows(held, true)) to = number
    }
    if (to > this.readyTo) this.becameReady()
    this.readyTo = to
  }

  /** A new epoch: what was made in the one before and not ordered will never be. */
  turn(rules: EpochRules): void {
    this.rules = rules
    this.committee.turn(rules)
    this.takeBack(({ epoch }) => epoch < rules.epoch, 'shard-epoch-turned')
    this.look()
  }
}
