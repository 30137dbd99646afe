// A claim that is final on the base chain and differs from the own execution. It cannot be while a
// quorum checks what it votes for; where it happens this node does not follow it: the shard stands
// here at its last right claim, finds out what stands behind the false one, proves it, and waits
// for what the chain says (docs/spec/rollup-fraud.md).

import {
  ROLLUP_DISPUTE_ROUNDS_MAX,
  ROLLUP_TRACES_BURST,
  ROLLUP_TRACES_PER_SECOND,
} from '../../config/shard-limits.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import { type HashPairs, NODE_BYTES } from '../../protocol/crypto/hash-pairs.ts'
import { TRACE_LEAF_BYTES } from '../../protocol/params.ts'
import type { Claim } from '../../protocol/rollup/claim.ts'
import type { FraudProof } from '../../protocol/rollup/fraud-proof.ts'
import type { PublishedEnd } from '../../protocol/rollup/fraud-search.ts'
import { outgoingRoot } from '../../protocol/rollup/outgoing.ts'
import { traceRoot } from '../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { Challenger } from './challenger.ts'
import { type Accused, FraudDesk, type FraudParts } from './fraud-desk.ts'
import type { HeldBatch } from './held-batch.ts'
import { OpenRoot } from './open-root.ts'
import type { ShardProps } from './shard-props.ts'
import { SyncPeers } from './sync-peers.ts'

type Verbs = (typeof ShardMessages)['verbs']
type State = 'OPENING' | 'PROVED' | 'SENT' | 'WITHHELD'

const ROUND_MS = 500
const NONE = new Uint8Array(0)
const NOBODY: Hex = `0x${'00'.repeat(20)}`

interface Open {
  readonly held: HeldBatch
  readonly sequencer: Hex
  readonly challenger: Challenger | undefined
  state: State
  proof: FraudProof | undefined
  rounds: number
}

/** Exits that lead to the claim's root of them; undefined for others. */
function leavesBehind(
  { exits, exitRoot }: Claim,
  bytes: Uint8Array,
  hashPairs: HashPairs,
): Uint32Array | undefined {
  if (bytes.length !== exits * NODE_BYTES) return undefined
  const leaves = new Uint32Array(Uint8Array.from(bytes).buffer)
  const root = bytesToHex(outgoingRoot(leaves, new MerkleTree(hashPairs)))
  return root === exitRoot ? leaves : undefined
}

export class Disputes {
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly parts: FraudParts
  private readonly peers: SyncPeers
  private readonly asks: TokenBucket
  private readonly desk: FraudDesk
  private open: Open | undefined

  constructor(ctx: Context, props: ShardProps, parts: FraudParts) {
    this.ctx = ctx
    this.props = props
    this.parts = parts
    this.peers = new SyncPeers(ctx, props)
    this.desk = new FraudDesk(props, parts)
    this.asks = new TokenBucket(ROLLUP_TRACES_PER_SECOND, ROLLUP_TRACES_BURST, ctx.now())
  }

  /** A final block has ordered a claim of this shard. */
  add(claim: Claim): void {
    this.desk.add(claim)
  }

  get handlers() {
    return {
      Trace: (of: Body<Verbs, 'Trace'>, reply: (found: Reply<Verbs, 'Trace'>) => void) =>
        reply(this.trace(of.hash)),
      Dispute: (_: null, reply: (found: Reply<Verbs, 'Dispute'>) => void) => reply(this.view()),
    }
  }

  /** The shard is frozen, at whatever root: what there was to say is said. */
  frozen(): void {
    this.open?.challenger?.stop()
    if (this.open) this.ctx.reached('shard-dispute-over')
  }

  /** The claim that follows the last right one is final, and false; `sequencer` is its operator. */
  begin(held: HeldBatch, sequencer: Hex = NOBODY): void {
    const { ctx, props } = this
    if (this.open) return
    const { node, shard, challenger: key } = props
    const challenger = key && new Challenger(ctx, node, shard, key)
    this.open = { held, sequencer, challenger, state: 'OPENING', proof: undefined, rounds: 0 }
    const { number } = held.claim
    const code = held.verdict
    ctx.reached('shard-disputed')
    ctx.log('error', 'a final claim is false', { shard, number, hash: held.hash, sequencer, code })
    this.gather(this.open)
  }

  private trace(hash: Hex): Reply<Verbs, 'Trace'> {
    const { line, upkeep } = this.parts
    if (!this.asks.take(1, this.ctx.now())) return { code: 'BUSY', trace: NONE, exits: NONE }
    const step = upkeep.recent.find(hash) ?? line.steps.find(({ held }) => held.hash === hash)
    if (!step) return { code: 'GONE', trace: NONE, exits: NONE }
    const { trace, count } = step.undo
    const bytes = new Uint8Array(trace.buffer, trace.byteOffset, count * TRACE_LEAF_BYTES)
    return { code: '', trace: bytes, exits: step.held.exits }
  }

  private view(): Reply<Verbs, 'Dispute'> {
    if (!this.open) return undefined
    const { held, state, proof, sequencer } = this.open
    const { claim, hash, verdict } = held
    const challenge = proof ? this.desk.challenge(held, proof) : NONE
    const kind = proof?.kind ?? ''
    const is = { code: verdict ?? '', detail: held.why, state, kind, challenge }
    return { number: claim.number, hash, sequencer, ...is }
  }

  private gather(open: Open): void {
    const accused = this.desk.accused(open.held)
    if (!accused) {
      this.again(open, 'what it consumed is not here')
      return
    }
    const { own, held } = accused
    const { claim } = held
    // That it has not as many entries as follow from it is seen without its trace, too.
    if (this.prove(open, accused, new Uint32Array(0), undefined)) return
    const isTraced = own?.traceRoot === claim.traceRoot && own.exitRoot === claim.exitRoot
    if (isTraced) this.opened(open, accused, own.trace)
    else this.askTrace(open, accused, new Set(this.peers.honest))
  }

  private askTrace(open: Open, accused: Accused, left: Set<string>): void {
    const { claim, hash } = open.held
    const peer = this.peers.choose(left)
    if (peer === undefined) {
      this.again(open, 'nobody tells what stands behind its roots')
      return
    }
    left.delete(peer)
    const next = () => this.askTrace(open, accused, left)
    const ok = (told: Reply<Verbs, 'Trace'>) => {
      const trace = this.traceOf(claim, accused, told.trace)
      const exits = leavesBehind(claim, told.exits, this.props.ports.hashPairs)
      const { own } = accused
      if (trace)
        this.opened(open, { ...accused, own: own && exits ? { ...own, exits } : own }, trace)
      else next()
    }
    this.peers.ask(peer, 'Trace', { number: claim.number, hash }, ok, next)
  }

  /** The own one, where that is behind the root; undefined where what was told is not, either. */
  private traceOf(claim: Claim, { own }: Accused, told: Uint8Array): Uint32Array | undefined {
    const { entries, traceRoot: root } = claim
    if (own?.traceRoot === root) return own.trace
    if (told.length === 0 || told.length !== entries * TRACE_LEAF_BYTES) return undefined
    const trace = new Uint32Array(Uint8Array.from(told).buffer)
    const { hashPairs } = this.props.ports
    const found = traceRoot(trace, entries, new MerkleTree(hashPairs), hashPairs)
    return bytesToHex(found) === root ? trace : undefined
  }

  private opened(open: Open, accused: Accused, trace: Uint32Array): void {
    if (this.prove(open, accused, trace, undefined)) return
    if (accused.after) this.askRoot(open, accused, trace, new Set(this.peers.honest))
    else
      this.again(open, 'nobody tells what leaves the shard with it, or its signatures do not hold')
  }

  private askRoot(open: Open, accused: Accused, trace: Uint32Array, left: Set<string>): void {
    const peer = this.peers.choose(left)
    if (peer === undefined || !accused.after) {
      this.again(open, 'nobody tells what stands behind its state root')
      return
    }
    left.delete(peer)
    const { claim, hash } = open.held
    const search = new OpenRoot(this.peers, this.props.ports, { claim, hash }, accused.after)
    search.from(peer, (end) => {
      if (!end || !this.prove(open, accused, trace, end)) this.askRoot(open, accused, trace, left)
    })
  }

  /** True when it is proved, or was. */
  private prove(
    open: Open,
    accused: Accused,
    trace: Uint32Array,
    after: PublishedEnd | undefined,
  ): boolean {
    if (open.proof) return true
    const proof = this.desk.find(accused, trace, after)
    if (!proof) return false
    const { ctx, props } = this
    open.proof = proof
    open.state = 'PROVED'
    const { kind } = proof
    const { number } = open.held.claim
    ctx.reached('shard-fraud-proved')
    ctx.log('error', 'a final claim is proved false', { shard: props.shard, number, kind })
    if (!open.challenger) {
      const advice = 'this node has no account for the bond: ./aitbc rollup challenge sends it'
      ctx.log('error', 'challenge-not-sent', { shard: props.shard, advice })
      return true
    }
    const sent = () => {
      open.state = 'SENT'
    }
    open.challenger.start(() => this.desk.challenge(open.held, proof), sent)
    return true
  }

  private again(open: Open, why: string): void {
    const { ctx, props } = this
    const { shard } = props
    const { number } = open.held.claim
    if (open.proof || this.parts.line.isFrozen) return
    if (++open.rounds < ROLLUP_DISPUTE_ROUNDS_MAX) {
      ctx.after('dispute', ROUND_MS, () => this.gather(open))
      return
    }
    open.state = 'WITHHELD'
    ctx.reached('shard-fraud-withheld')
    const advice = 'only validators that refuse it, and governance, help: docs/spec/rollup-fraud.md'
    ctx.log('error', 'a false claim cannot be proved', { shard, number, why, advice })
  }
}
