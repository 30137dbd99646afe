// shard: executor and only writer of one shard of the rollup on its node. Batches come from its own
// sequencer or from peers, are checked, executed and stored before a block orders them; what is
// ordered becomes final, and everything else can be undone.

import { ROLLUP_FETCHES_BURST, ROLLUP_FETCHES_PER_SECOND } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import { decodeEpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { decodeInboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import { RollupSequencerMessages } from '../messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { answers, inspectOf } from './answers.ts'
import { Arrivals } from './arrivals.ts'
import { ClaimLine, type Step } from './claim-line.ts'
import { CommitteeDesk } from './committee-desk.ts'
import { Disputes } from './dispute.ts'
import { noncesBefore } from './draft.ts'
import { DraftDesk } from './draft-desk.ts'
import { Executor } from './executor.ts'
import type { HeldBatch } from './held-batch.ts'
import { Inbox } from './inbox.ts'
import { KeysAheadDesk } from './keys-ahead.ts'
import { LineKeeper, type OrderedClaim } from './line-keeper.ts'
import { Market } from './market.ts'
import { Nudges } from './nudges.ts'
import { OperationIndex } from './operation-index.ts'
import { ownClaims } from './ordered-claims.ts'
import { ShardPeers } from './peers.ts'
import { type RootAt, ShardQueries } from './queries.ts'
import { Recovery } from './recovery.ts'
import { sequencerWords } from './sequencer-words.ts'
import { isAtBegin, type ShardProps, seriesOf } from './shard-props.ts'
import { ShardKeeper } from './shard-rows.ts'
import { endLine, freezeLine } from './stand-still.ts'
import { startState } from './start-state.ts'
import { SyncServer } from './sync-server.ts'
import { Upkeep } from './upkeep.ts'

type Start = Reply<(typeof BlockBuilderMessages)['verbs'], 'Rollup'>
type SequencerVerbs = (typeof RollupSequencerMessages)['verbs']
type Final = Body<SequencerVerbs, 'Final'>
type Ordered = Body<(typeof ShardMessages)['verbs'], 'Ordered'>

const START_RETRY_MS = 200
const START_WITHIN_MS = 30_000

class Shard {
  readonly line: ClaimLine
  readonly inbox = new Inbox()
  readonly arrivals: Arrivals
  readonly drafts: DraftDesk
  readonly keeper: LineKeeper
  readonly queries: ShardQueries
  readonly upkeep: Upkeep
  readonly market: Market
  readonly peers: ShardPeers
  readonly keysAhead: KeysAheadDesk
  readonly recovery: Recovery
  readonly sync: SyncServer
  readonly committee: CommitteeDesk
  readonly disputes: Disputes
  private readonly nudges: Nudges
  isReady = false
  height = 0
  timestampMs = 0
  root: RootAt
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly rows: ShardKeeper
  readonly executor: Executor
  private early: Ordered[] = []
  private readonly startedMs: number
  private readonly waiting: (() => void)[] = []
  private lastFinal: Final | undefined
  private encodedRules: Uint8Array | undefined
  private toldOther: Hex | undefined

  constructor(ctx: Context, props: ShardProps) {
    this.ctx = ctx
    this.props = props
    this.startedMs = ctx.now()
    const { state, root, final, checkpoint } = startState(ctx, props)
    this.root = { number: final.number, root }
    this.line = new ClaimLine(state, final)
    this.rows = new ShardKeeper(ctx, seriesOf(props))
    const changed = () => this.look()
    this.arrivals = new Arrivals(ctx, props, this.line, changed)
    const { line, inbox, arrivals, rows } = this
    this.executor = new Executor(ctx, props, line, inbox, arrivals, rows, changed)
    this.keysAhead = new KeysAheadDesk(ctx, props, this.executor.keys.ahead, inbox.book)
    const made = (held: HeldBatch) => this.made(held)
    const isBehind = (shard: number) => arrivals.isBehind(shard)
    const told = () => this.tellLook()
    const { executor } = this
    const operations = new OperationIndex(ctx.store, seriesOf(props), rows)
    this.market = new Market(ctx, { line, executor, operations, isBehind }, told)
    const { market } = this
    this.drafts = new DraftDesk(ctx, props, line, inbox, arrivals, executor, market, made)
    this.peers = new ShardPeers(ctx, props)
    const { drafts } = this
    this.upkeep = new Upkeep(ctx, props, { line, drafts, rows, inbox, operations }, checkpoint)
    this.queries = new ShardQueries(ctx, props, line, inbox, this.upkeep.pruner)
    this.committee = new CommitteeDesk(ctx, props, { line, rows, peers: this.peers })
    this.keeper = new LineKeeper(
      ctx,
      props,
      { line, executor, drafts, peers: this.peers, committee: this.committee },
      (step, ordered) => this.becameFinal(step, ordered),
      () => this.nudges.wakeValidator(),
      () => this.looked(),
    )
    const { peers, upkeep } = this
    const recovering = { line, inbox, executor, peers, rows, upkeep }
    this.disputes = new Disputes(ctx, props, { line, inbox, arrivals, executor, upkeep })
    this.keeper.disputed = (held) => {
      this.disputes.begin(held, this.operatorOf(held))
      this.tellLook()
    }
    const recovered = () => this.recovered()
    this.recovery = new Recovery(ctx, props, recovering, recovered, () => this.start())
    this.sync = new SyncServer(ctx, props, this.queries, upkeep.checkpoints.shelf)
    peers.lost = (number) => this.lost(number)
    this.nudges = new Nudges(ctx, props, { line, keeper: this.keeper, peers }, () => this.lastFinal)
    this.start()
    this.nudges.retell(() => this.each())
  }

  /** The peers have deleted a batch that is missing here: only a later state helps. */
  private lost(number: number): void {
    const { executor, keeper } = this
    if (this.isReady) {
      this.isReady = false
      executor.clear()
      keeper.pause()
      this.tellLook()
    }
    this.recovery.lost(number)
  }

  private look(): void {
    if (this.isReady) this.keeper.look()
  }

  private start(): void {
    const { ctx, props } = this
    const again = () => ctx.after('start', START_RETRY_MS, () => this.start())
    ctx.ask(
      BlockBuilderMessages,
      props.node,
      'Rollup',
      { shard: props.shard, generation: props.numbers?.generation ?? 0 },
      { within: START_WITHIN_MS, ok: (found) => this.recover(found), failed: again },
    )
  }

  private recover(found: Start): void {
    const { line, inbox, executor } = this
    this.turn(found.rules)
    for (const [i, message] of found.inbox.entries()) {
      inbox.add(found.inboxFrom + i, decodeInboxEntry(message))
    }
    this.arrivals.start(found.parcels, found.sent)
    executor.statedTo = found.rootNumber
    const { number, hash, height, timestampMs, sequencer, blockHash } = found
    // What these blocks did is in what was found.
    this.early = this.early.filter((ordered) => ordered.height > height)
    this.height = height
    this.drafts.height = height
    this.timestampMs = timestampMs
    this.lastFinal = { number, claim: hash, height, blockHash, timestampMs, sequencer }
    line.isFrozen = found.frozen
    this.close(found.closing)
    this.recovery.start({ number, hash }, found.settled)
  }

  private recovered(): void {
    const { ctx, line } = this
    const ms = Math.round(ctx.now() - this.startedMs)
    const root = line.state.root(this.props.ports.hashPairs)
    const { number, hash } = line.final
    this.root = { number, root }
    ctx.log('info', 'shard-loaded', { shard: this.props.shard, number, hash, root, ms })
    if (number > 0) ctx.reached('shard-restarted')
    this.executor.finalMs = ctx.now()
    this.market.start(this.height)
    this.isReady = true
    this.keeper.isPaused = false
    for (const ordered of this.early.splice(0)) this.order(ordered)
    if (this.recovery.isFalse) this.keeper.dispute(this.recovery.isFalse)
    this.keeper.look()
    this.greet()
    this.keysAhead.look()
  }

  turn(encoded: Uint8Array): void {
    const rules = decodeEpochRules(encoded)
    this.peers.rules = rules
    this.drafts.rules = rules
    this.keeper.turn(rules)
    this.encodedRules = encoded
    if (this.isReady) this.tellSequencer('Epoch', { rules: encoded })
  }

  /** All that the own sequencer needs to know. */
  greet(): void {
    if (!this.isReady || !this.lastFinal || !this.encodedRules) return
    this.tellSequencer('Epoch', { rules: this.encodedRules })
    this.tellSequencer('Final', this.lastFinal)
    this.tellLook()
  }

  order(ordered: Ordered): void {
    if (!this.isReady) {
      this.early.push(ordered)
      return
    }
    const { height, timestampMs, inbox, frozen } = ordered
    const { shard } = this.props
    for (const one of inbox) {
      if (one.shard === shard) this.inbox.add(one.index, decodeInboxEntry(one.message))
    }
    this.height = height
    this.drafts.height = height
    this.market.block(height)
    const own = ownClaims(ordered, shard, (claim) => {
      this.arrivals.ordered(claim, timestampMs)
      if (claim.shard === shard) this.disputes.add(claim)
    })
    for (const one of frozen) this.arrivals.frozen(one.shard, one.number)
    this.close(ordered.closing)
    this.keeper.order(own)
    this.keeper.dropVoid(height)
    const stands = frozen.find((one) => one.shard === shard)
    if (stands) freezeLine(this.ctx, shard, this, stands.number)
    this.upkeep.checkpoints.block(timestampMs, stands !== undefined)
    const isNews = own.length > 0 || inbox.length > 0 || stands !== undefined
    if (isNews || this.market.isWaiting()) this.tellLook()
  }

  private close(isClosing: boolean): void {
    this.drafts.isClosing = isClosing
    this.keeper.close(isClosing)
  }

  /** The number of shards has changed after this claim: what the accounts had is written down. */
  end(last: { number: number; hash: Hex; root: Hex }): void {
    if (this.isReady && endLine(this.ctx, this, last.hash)) this.upkeep.checkpoints.end(last)
  }

  private becameFinal(step: Step, ordered: OrderedClaim): void {
    const { held, undo } = step
    const { claim } = held
    this.timestampMs = ordered.timestampMs
    if (claim.stateRoot) {
      this.root = { number: claim.number, root: claim.stateRoot }
      this.executor.statedTo = claim.number
    }
    this.executor.finalMs = this.ctx.now()
    this.arrivals.becameFinal(claim.consumed)
    this.inbox.forget(claim.inboxTo)
    this.queries.remember(held, ordered, noncesBefore(undo, held))
    this.rows.saveFinal(ordered.number, ordered)
    this.committee.final(ordered.number)
    this.upkeep.final(step, ordered)
    this.market.final(step)
    const { number, hash, height, blockHash, timestampMs } = ordered
    const sequencer = this.operatorOf(held)
    if (!sequencer) return
    this.lastFinal = { number, claim: hash, height, blockHash, timestampMs, sequencer }
    this.tellSequencer('Final', this.lastFinal)
  }

  private operatorOf({ claim }: HeldBatch): Hex | undefined {
    return this.keeper.rules?.set.validators[claim.sequencer]?.address
  }

  /** A batch of our own is durable: the others get it, and it may be ordered. */
  private made(held: HeldBatch): void {
    this.peers.tell(held.encoded, held.bytes)
    this.look()
  }

  private tellSequencer<N extends 'Final' | 'Epoch'>(verb: N, body: Body<SequencerVerbs, N>): void {
    const { node, shard } = this.props
    this.ctx.tell(RollupSequencerMessages, shardKey(node, shard), verb, body)
  }

  private tellLook(): void {
    const { node, shard } = this.props
    const { line, inbox, arrivals, executor } = this
    const isDue = inbox.end > line.state.inboxTo || arrivals.takeable().length > 0
    const closing = this.drafts.isClosing
    const isAsked = isAtBegin(this.props, line.tip.number) || (!closing && this.market.isWaiting())
    const inboxWaiting = isDue || executor.isRootDue() || isAsked
    const other = this.keeper.otherMaker()
    this.toldOther = other
    const look = { inboxWaiting, other, closing, open: this.isOpen }
    this.ctx.tell(RollupSequencerMessages, shardKey(node, shard), 'Look', look)
  }

  /** Whether it makes batches at all, and takes operations. */
  get isOpen(): boolean {
    return this.isReady && !this.line.isFrozen && !this.keeper.isPaused
  }

  /** Whether a draft may stand on the tip; takes back what is in its way. */
  mayAssemble(): boolean {
    return this.isOpen && !this.keeper.isBehind && this.keeper.makeWay()
  }

  /** Runs it when no draft stands on the tip: now, or when the one that is open is gone. */
  undrafted(run: () => void): void {
    if (this.drafts.draft) this.waiting.push(run)
    else run()
  }

  /** The line has changed. */
  private looked(): void {
    if (!this.drafts.draft) for (const run of this.waiting.splice(0)) run()
    if (this.isReady && this.keeper.otherMaker() !== this.toldOther) this.tellLook()
  }

  private each(): void {
    this.rows.flush()
    this.upkeep.checkpoints.look()
    if (!this.isReady) return
    this.tellLook()
    this.keeper.retell()
    this.keysAhead.look()
  }
}

export const ShardActor = actor({
  messages: ShardMessages,
  restart: 'permanent',
  mailbox: { capacity: 4096, overflow: 'reject' },
  setup(ctx, props: ShardProps) {
    const shard = new Shard(ctx, props)
    const { keeper, queries, sync, committee } = shard
    const own = props.numbers?.generation ?? 0
    const isOurs = ({ generation }: { generation: number }) => generation === own
    const fetches = new TokenBucket(ROLLUP_FETCHES_PER_SECOND, ROLLUP_FETCHES_BURST, ctx.now())
    return {
      ...answers(ctx, props, shard),
      Batch({ claim, body }) {
        if (shard.isReady) keeper.receive(claim, body)
      },
      Fetch(wanted, reply) {
        reply(fetches.take(1, ctx.now()) ? queries.fetch(wanted) : queries.nothing('BUSY'))
      },
      ...sync.handlers,
      ...shard.disputes.handlers,
      Attest(body) {
        if (shard.isReady) committee.attestation(body)
      },
      Certified(body) {
        if (shard.isReady) committee.certified(body)
      },
      ...sequencerWords(props, shard),
      Ready(wanted, reply) {
        const isAble = shard.isReady && isOurs(wanted)
        reply(isAble ? keeper.ready(wanted) : { claims: [], certificates: [] })
      },
      Hold({ claims, withinMs, generation }, reply) {
        const loading = shard.recovery.isSyncing ? 'SYNCING' : 'CLAIM_NOT_HELD'
        if (!isOurs({ generation })) reply({ code: 'BUSY', detail: 'the number of shards changes' })
        else if (!shard.isReady && committee.isOutside) reply({ code: '', detail: '' })
        else if (!shard.isReady) reply({ code: loading, detail: 'the shard is being loaded' })
        else keeper.hold(claims, withinMs, (code, detail) => reply({ code, detail }))
      },
      Figures(_, reply) {
        reply(shard.upkeep.figures.view())
      },
      End(last) {
        shard.end(last)
      },
      Ordered(ordered) {
        if (isOurs(ordered)) shard.order(ordered)
      },
      Epoch({ rules }) {
        shard.turn(rules)
      },
      inspect: () => inspectOf(shard),
    }
  },
})
