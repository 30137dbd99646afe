// Takes in batches from wherever they come, executes what it can, and answers who waits for it: the
// block-builder that checks a block, and the chain that has made claims final.

import type { Hex } from '../../lib/hex.ts'
import { hexToBytes } from '../../lib/hex.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { FAILOVER_MS } from '../../protocol/params.ts'
import { type Claim, claimDigest } from '../../protocol/rollup/claim.ts'
import { hasOrders } from '../../protocol/rollup/entry-counts.ts'
import { eligible, turnOf } from '../../protocol/rollup/sequencing.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body } from '../../runtime/messages.ts'
import { RollupSequencerMessages } from '../messages/rollup-sequencer.ts'
import { type ShardMessages, shardKey } from '../messages/shard.ts'
import type { ClaimLine, Point, Step } from './claim-line.ts'
import type { DraftDesk } from './draft-desk.ts'
import { type Executor, SLICE_MS } from './executor.ts'
import { type HeldBatch, readBatch, readClaim } from './held-batch.ts'
import type { ShardPeers } from './peers.ts'
import type { ShardProps } from './shard-props.ts'
import type { FinalRow } from './shard-rows.ts'

type Wanted = Body<(typeof ShardMessages)['verbs'], 'Ready'>

interface Hold {
  readonly claims: readonly { encoded: Uint8Array; hash: Hex; number: number; sequencer: number }[]
  readonly untilMs: number
  readonly reply: (code: string, detail: string) => void
}

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
  /** The state is being taken up from elsewhere. */
  isPaused = false
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly line: ClaimLine
  private readonly executor: Executor
  private readonly drafts: DraftDesk
  private readonly peers: ShardPeers
  private holds: Hold[] = []
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
    this.becameFinal = becameFinal
    this.becameReady = becameReady
    this.looked = looked
  }

  /** Undefined where it cannot be said: the claim is of an epoch that is not ours. */
  private isSigned(held: Pick<HeldBatch, 'claim' | 'hash'>): boolean | undefined {
    const { rules, props } = this
    const { claim, hash } = held
    if (rules?.epoch !== claim.epoch) return undefined
    const key = rules.set.validators[claim.sequencer]?.blsPublicKey
    if (!key) return false
    const digest = claimDigest(props.genesisHash, hash)
    return props.ports.bls.verify(hexToBytes(key), digest, claim.signature)
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
    const signed = this.isSigned(known)
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
    this.take(encoded, bytes, this.isSigned(known) === true)
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

  /** Claims for a block: of several that stand on the same one, that whose turn came first. */
  ready({ head, max, timestampMs, sequencer, headMs, closing }: Wanted): Uint8Array[] {
    const { rules, line, props } = this
    const claims: Uint8Array[] = []
    let offered: HeldBatch['claim'] | undefined
    if (!rules) return claims
    let at = head
    let last = { sequencer, timestampMs: headMs }
    while (claims.length < max) {
      const turn = ({ claim }: HeldBatch) => turnOf(rules, last, props.shard, claim.sequencer)
      const [next] = line
        .childrenOf(at)
        .filter((one) => one.isSigned && this.isReady(one) && one.claim.epoch === rules.epoch)
        .filter(({ claim }) => !closing || !hasOrders(claim))
        .filter(({ claim }) => eligible(rules, last, props.shard, claim.sequencer, timestampMs))
        .sort((a, b) => turn(a) - turn(b))
      const operator = rules.set.validators[next?.claim.sequencer ?? -1]?.address
      if (!next || !operator) break
      claims.push(next.encoded)
      at = next.hash
      last = { sequencer: operator, timestampMs }
      offered = next.claim
    }
    this.noteProposed(offered)
    return claims
  }

  hold(encoded: readonly Uint8Array[], withinMs: number, reply: Hold['reply']): void {
    const claims = encoded.map((one) => ({ encoded: one, known: readClaim(one) }))
    const read: Hold['claims'][number][] = []
    for (const { encoded: bytes, known } of claims) {
      if (!known || known.claim.shard !== this.props.shard) {
        reply('BAD_CLAIM', 'undecodable')
        return
      }
      const { number, sequencer } = known.claim
      read.push({ encoded: bytes, hash: known.hash, number, sequencer })
    }
    this.noteProposed(read.at(-1))
    this.holds.push({ claims: read, untilMs: this.ctx.now() + withinMs, reply })
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
    for (const { reply } of this.holds.splice(0)) reply('SYNCING', '')
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
    this.takeBack(({ notAfter }) => notAfter <= height, 'shard-claim-void')
  }

  close(isClosing: boolean): void {
    this.isClosing = isClosing
    if (isClosing) this.takeBack(hasOrders, 'shard-closed')
  }

  get isBehind(): boolean {
    return this.ordered.length > 0
  }

  /** Safe to call at any time, also from within itself. */
  look(): void {
    if (this.isPaused) return
    if (this.isLooking) {
      this.ctx.after('look-again', 0, () => this.look())
      return
    }
    this.isLooking = true
    this.advance()
    if (this.ordered.length === 0) {
      this.extend()
      this.settleHolds()
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
    if (own < 0) return true
    this.ctx.reached('shard-made-way')
    const gone = steps.slice(own).map(({ held }) => held.hash)
    this.executor.undoTo(own)
    for (const hash of gone) this.line.drop(hash)
    return true
  }

  /** Executes what stands on the tip, unless our own draft stands there. */
  private extend(): void {
    const { line, executor, drafts, ctx } = this
    const until = ctx.now() + SLICE_MS
    while (!drafts.draft && !line.isFrozen) {
      if (ctx.now() > until) {
        ctx.after('look-again', 0, () => this.look())
        return
      }
      const next = line
        .childrenOf(line.tip.hash)
        .filter(({ claim }) => !this.isClosing || !hasOrders(claim))
        .find(({ isSigned, verdict }) => isSigned && (verdict === undefined || verdict === ''))
      if (!next || executor.execute(next) === 'wait') return
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
      if (line.depthOf(next.hash) !== 1 && !this.goTo(held)) return
      if (!this.isReady(held)) return
      this.ordered.shift()
      const final = line.advance()
      this.becameFinal(final, next)
    }
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

  private want(point: Point, sequencer: number): void {
    const { hash } = point
    this.peers.fetch(
      point,
      sequencer,
      (claim, body) => this.fetched(claim, body, hash),
      () => this.ctx.after('look-soon', RETRY_MS, () => this.look()),
    )
  }

  private settleHolds(): void {
    const now = this.ctx.now()
    let soonest: number | undefined
    const open: Hold[] = []
    for (const hold of this.holds) {
      const code = this.codeOf(hold)
      if (code !== undefined) hold.reply(code, '')
      else if (now >= hold.untilMs) {
        this.ctx.reached('shard-not-held')
        hold.reply('CLAIM_NOT_HELD', '')
      } else {
        open.push(hold)
        soonest = Math.min(soonest ?? hold.untilMs, hold.untilMs)
      }
    }
    this.holds = open
    if (soonest !== undefined) {
      this.ctx.after('holds', Math.max(1, soonest - now), () => this.look())
    }
  }

  /** Undefined while it is not known. */
  private codeOf({ claims }: Hold): string | undefined {
    for (const { hash, number, sequencer } of claims) {
      if (number <= this.line.final.number) {
        if (hash === this.line.final.hash) continue
        return number === this.line.final.number ? 'BAD_CLAIM' : 'CLAIM_NOT_HELD'
      }
      const held = this.line.find(hash)
      if (!held) {
        this.want({ number, hash }, sequencer)
        return undefined
      }
      if (held.verdict === undefined) this.goTo(held)
      if (held.verdict !== undefined && held.verdict !== '') return 'BAD_CLAIM'
      if (!this.isReady(held)) return undefined
    }
    return ''
  }

  /** Says so when more of the line can be ordered. */
  private noteReady(): void {
    let to = this.line.final.number
    for (const { held } of this.line.steps) {
      if (!this.isReady(held)) break
      held.readyMs ??= this.ctx.now()
      to = held.claim.number
    }
    if (to > this.readyTo) this.becameReady()
    this.readyTo = to
  }

  /** A new epoch: what was made in the one before and not ordered will never be. */
  turn(rules: EpochRules): void {
    this.rules = rules
    this.takeBack(({ epoch }) => epoch < rules.epoch, 'shard-epoch-turned')
    this.look()
  }
}
