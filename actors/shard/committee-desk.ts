// The shard's committee, where it has one: a member attests the batches that it holds, everybody
// gathers attestations, and whoever has enough of them makes the certificate and tells the others.

import { ROLLUP_RETELL_MS } from '../../config/limits.ts'
import { ROLLUP_ATTESTED_CLAIMS_MAX } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { blsKeyOf } from '../../protocol/consensus/validator-set.ts'
import { CLAIMS_PER_SHARD_MAX } from '../../protocol/params.ts'
import {
  attestationDigest,
  checkBatchCertificate,
  encodeBatchCertificate,
} from '../../protocol/rollup/batch-certificate.ts'
import { readBatchCertificate } from '../../protocol/rollup/check-certificate.ts'
import {
  type Committee,
  drawCommittee,
  isCommitteeQuorum,
} from '../../protocol/rollup/committee.ts'
import { hasOrders } from '../../protocol/rollup/entry-counts.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body } from '../../runtime/messages.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { Attested, type AttestedClaim } from './attested.ts'
import type { ClaimLine, Point } from './claim-line.ts'
import type { HeldBatch } from './held-batch.ts'
import type { ShardPeers } from './peers.ts'
import { type ShardProps, seriesOf } from './shard-props.ts'
import type { ShardKeeper } from './shard-rows.ts'

type Verbs = (typeof ShardMessages)['verbs']

interface Parts {
  readonly line: ClaimLine
  readonly rows: ShardKeeper
  readonly peers: Pick<ShardPeers, 'nodes' | 'nodeOf'>
}

/** Signatures of members, by their places. */
type Signatures = Map<number, Uint8Array>

export class CommitteeDesk {
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly parts: Parts
  private readonly seats: number
  private readonly attested: Attested
  private rules: EpochRules | undefined
  private committee: Committee | undefined
  /** Of this node in the committee; -1 outside. */
  private place = -1
  /** Of claims that have no certificate yet: by number and claim. */
  private readonly gathered = new Map<number, Map<Hex, Signatures>>()
  private readonly certificates = new Map<Hex, { number: number; encoded: Uint8Array }>()
  /** Of the last final block; and whether such blocks take no claims with transfers. */
  height = 0
  isClosing = false
  /** A batch is not here of which a member says that it has it. */
  missing: (point: Point) => void = () => {}
  /** A claim has its certificate. */
  changed: () => void = () => {}

  constructor(ctx: Context, props: ShardProps, parts: Parts) {
    this.ctx = ctx
    this.props = props
    this.parts = parts
    this.seats = props.config.committee ?? 0
    this.attested = new Attested(ctx.store, seriesOf(props), parts.rows)
  }

  /** Another committee than this node decides for the shard. */
  get isOutside(): boolean {
    return this.committee !== undefined && this.place < 0
  }

  get isMember(): boolean {
    return this.place >= 0
  }

  turn(rules: EpochRules): void {
    if (this.seats === 0 || this.rules?.epoch === rules.epoch) return
    const { shard, ownKey } = this.props
    this.rules = rules
    this.committee = drawCommittee(rules, shard, this.seats)
    this.place = this.committee.members.findIndex(
      ({ validator }) => rules.set.validators[validator]?.blsPublicKey === ownKey,
    )
    this.gathered.clear()
    this.certificates.clear()
  }

  certificateOf(hash: Hex): Uint8Array | undefined {
    return this.certificates.get(hash)?.encoded
  }

  /** Whether a block may order it; `isReady`: it is verified and durable here. */
  allows({ hash, verdict }: HeldBatch, isReady: boolean): boolean {
    if (this.seats === 0) return isReady
    const isFalse = verdict !== undefined && verdict !== ''
    return this.certificates.has(hash) && (isReady || (this.isOutside && !isFalse))
  }

  /** A batch on the line is verified and durable. */
  attest({ claim, hash, isSigned }: HeldBatch): void {
    const { place, rules } = this
    if (place < 0 || !isSigned || claim.epoch !== rules?.epoch) return
    const before = this.attested.find(claim)
    if (before?.hash === hash) return
    if (before && !this.isVoid(before)) {
      this.ctx.reached('shard-attests-once')
      return
    }
    this.attested.add(claim, hash, () => {
      if (this.rules?.epoch !== claim.epoch) return
      const { nodeOf } = this.parts.peers
      const next = (claim.sequencer + 1) % rules.set.validators.length
      const nodes = [nodeOf(claim.sequencer), nodeOf(next)]
      this.send(claim.number, hash, new Set(nodes.filter((one) => one !== undefined)))
    })
  }

  /** No block will order it any more: another may take its place. */
  private isVoid({ notAfter, isOrdering }: Pick<AttestedClaim, 'notAfter' | 'isOrdering'>) {
    return notAfter <= this.height || (this.isClosing && isOrdering)
  }

  /**
   * Of several claims on one parent none may have enough members, while each member has another
   * one on its line: each attests all of them, one after the other. Those left for this node, of
   * which the first may be one that can never be executed.
   */
  rivals(): HeldBatch[] {
    const { ctx, parts, certificates } = this
    const { line } = parts
    const first = line.steps.find(({ held }) => !certificates.has(held.hash))?.held
    if (!this.isMember || !first || first.sinceMs > ctx.now() - ROLLUP_RETELL_MS) return []
    return this.living(first.claim.parent).filter(({ claim }) => !this.attested.find(claim))
  }

  /** Claims on this one that a block may still order, as far as is known. */
  private living(parent: Hex): HeldBatch[] {
    return this.parts.line.childrenOf(parent).filter(({ claim, isSigned, verdict }) => {
      const isVoid = this.isVoid({ notAfter: claim.notAfter, isOrdering: hasOrders(claim) })
      const mayHold = verdict === undefined || verdict === ''
      return isSigned && mayHold && !isVoid && claim.epoch === this.rules?.epoch
    })
  }

  /** Who has made a claim on this one makes no other: members would not attest that. */
  hasOwn(parent: Hex, ownIndex: number): boolean {
    if (this.seats === 0) return false
    return this.living(parent).some(({ claim }) => claim.sequencer === ownIndex)
  }

  private send(number: number, claim: Hex, nodes: Iterable<string>): void {
    const { ctx, place, rules, props } = this
    const { shard, genesisHash, sign } = props
    if (!rules || place < 0 || !sign) return
    const signature = sign(attestationDigest(genesisHash, claim))
    const body = { epoch: rules.epoch, number, claim, place, signature }
    for (const node of nodes) ctx.tell(ShardMessages, shardKey(node, shard), 'Attest', body)
    this.take(number, claim, place, signature)
  }

  /** What nobody has certified for a while may not have arrived: then everybody hears of it. */
  retell(): void {
    const { ctx, attested, certificates, rules, props } = this
    const before = ctx.now() - ROLLUP_RETELL_MS
    const { line, peers } = this.parts
    for (const [i, { held }] of line.steps.slice(0, CLAIMS_PER_SHARD_MAX).entries()) {
      const { claim, hash, sinceMs } = held
      if (sinceMs > before) continue
      if (certificates.has(hash)) {
        const isOwn = rules?.set.validators[claim.sequencer]?.blsPublicKey === props.ownKey
        if (i === 0 && isOwn) this.spread(claim.number, hash, peers.nodes)
        continue
      }
      const own = attested.find(claim)
      if (own?.hash === hash && own.isDurable) this.send(claim.number, hash, peers.nodes)
    }
  }

  /** Undefined where it says nothing for the shard as it stands here. */
  private committeeFor({ epoch, number }: { epoch: number; number: number }) {
    const { committee, rules } = this
    if (!committee || !rules || rules.epoch !== epoch) return undefined
    return this.parts.line.isInReach(number) ? { committee, rules } : undefined
  }

  attestation(body: Body<Verbs, 'Attest'>): void {
    const { number, claim, place, signature } = body
    const found = this.committeeFor(body)
    if (!found) return
    const { committee, rules } = found
    const { genesisHash, ports } = this.props
    const member = committee.members[place]?.validator ?? -1
    const validator = rules.set.validators[member]
    if (!validator) {
      this.ctx.blame('rollup: an attestation of nobody in the committee')
      return
    }
    if (this.certificates.has(claim)) {
      const node = this.parts.peers.nodeOf(member)
      if (node !== undefined) this.spread(number, claim, [node])
      return
    }
    const ofNumber = [...(this.gathered.get(number)?.entries() ?? [])]
    const his = ofNumber.filter(([, signatures]) => signatures.has(place))
    if (his.some(([hash]) => hash === claim)) {
      this.seek(number, claim)
      return
    }
    if (his.length >= ROLLUP_ATTESTED_CLAIMS_MAX) return
    if (!ports.bls.verify(blsKeyOf(validator), attestationDigest(genesisHash, claim), signature)) {
      this.ctx.blame('rollup: a forged attestation')
      return
    }
    this.take(number, claim, place, signature)
    this.seek(number, claim)
  }

  /** A signature that holds. */
  private take(number: number, claim: Hex, place: number, signature: Uint8Array): void {
    const { committee, props, parts } = this
    if (!committee || this.certificates.has(claim)) return
    const ofNumber = this.gathered.get(number) ?? new Map<Hex, Signatures>()
    this.gathered.set(number, ofNumber)
    const signatures: Signatures = ofNumber.get(claim) ?? new Map()
    ofNumber.set(claim, signatures.set(place, Uint8Array.from(signature)))
    const signers = [...signatures.keys()].sort((a, b) => a - b)
    if (!isCommitteeQuorum(committee, signers)) return
    const all = signers.map((one) => signatures.get(one) as Uint8Array)
    const encoded = encodeBatchCertificate({ signers, signature: props.ports.bls.aggregate(all) })
    this.ctx.reached('shard-certified')
    this.keep(number, claim, encoded)
    this.spread(number, claim, parts.peers.nodes)
    this.changed()
  }

  private keep(number: number, claim: Hex, encoded: Uint8Array): void {
    this.certificates.set(claim, { number, encoded })
    this.gathered.get(number)?.delete(claim)
  }

  private spread(number: number, claim: Hex, nodes: Iterable<string>): void {
    const certificate = this.certificateOf(claim)
    if (!certificate || !this.rules) return
    const { shard } = this.props
    const body = { epoch: this.rules.epoch, number, claim, certificate }
    for (const node of nodes) this.ctx.tell(ShardMessages, shardKey(node, shard), 'Certified', body)
  }

  certified(body: Body<Verbs, 'Certified'>): void {
    const { number, claim, certificate } = body
    const found = this.committeeFor(body)
    if (!found || this.certificates.has(claim)) return
    const { committee, rules } = found
    const { genesisHash, ports } = this.props
    const read = readBatchCertificate(certificate)
    const of = { genesisHash, claim }
    if (!read || checkBatchCertificate(read, committee, rules.set, of, ports.bls) !== '') {
      this.ctx.blame('rollup: a certificate that does not hold')
      return
    }
    this.keep(number, claim, Uint8Array.from(certificate))
    this.seek(number, claim)
    this.changed()
  }

  private seek(number: number, hash: Hex): void {
    if (!this.parts.line.find(hash)) this.missing({ number, hash })
  }

  /** Claims up to this number are final. */
  final(number: number): void {
    for (const one of this.gathered.keys()) if (one <= number) this.gathered.delete(one)
    for (const [hash, one] of this.certificates) {
      if (one.number <= number) this.certificates.delete(hash)
    }
    this.attested.forget(number)
  }
}
