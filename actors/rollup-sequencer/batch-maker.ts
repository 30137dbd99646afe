// Makes batches, one after the other: takes what waits, has the shard assemble it, asks the groups
// to co-sign, has the shard seal it. While one batch is being co-signed, the next one collects.

import type { Hex } from '../../lib/hex.ts'
import { FAILOVER_MS } from '../../protocol/params.ts'
import type { Context } from '../../runtime/context.ts'
import { TRANSFER_REFUSALS, type TransferRefusal } from '../messages/rollup-sequencer.ts'
import { bytesColumn, columnBytes } from './columns.ts'
import type { Answer, CosignRound, RoundResult } from './cosign-round.ts'
import { Cosigning } from './cosigning.ts'
import type { Final } from './group-news.ts'
import type { Groups } from './groups.ts'
import { NextBatch } from './next-batch.ts'
import { OpenBatch } from './open-batch.ts'
import { Outcomes } from './outcomes.ts'
import type { Pending } from './pending.ts'
import { type Assembled, ShardDesk } from './shard-desk.ts'
import type { Turn } from './turn.ts'

export interface MakerProps {
  readonly node: string
  readonly shard: number
  /** Units a transfer. */
  readonly fee: number
  /** Of a batch at any rate, for measurements; undefined: as the rate and blocks ask for. */
  readonly windowMs?: number | undefined
}

const RETRY_MS = 50

export class BatchMaker {
  readonly next: NextBatch
  readonly outcomes: Outcomes
  /** Account that gets the fees; without one there are none. */
  feeAccount: number | undefined
  private readonly ctx: Context
  private readonly props: MakerProps
  private readonly pending: Pending
  private readonly groups: Groups
  private readonly turn: Turn
  private readonly desk: ShardDesk
  private readonly cosigning: Cosigning
  private isBusy = false
  /** Since when it has not been our turn. */
  private othersSinceMs: number | undefined
  /** What is being made was undone before. */
  private isAgain = false

  constructor(ctx: Context, props: MakerProps, pending: Pending, groups: Groups, turn: Turn) {
    this.ctx = ctx
    this.props = props
    this.pending = pending
    this.groups = groups
    this.turn = turn
    this.next = new NextBatch(ctx, pending, turn, props.windowMs)
    this.outcomes = new Outcomes(ctx, props.shard, pending, groups)
    this.desk = new ShardDesk(ctx, props)
    this.cosigning = new Cosigning(ctx, props.shard, this.desk, groups)
  }

  /** How long groups are waited for. */
  get cosignMs(): number {
    return this.cosigning.ms
  }

  get fee(): number {
    return this.feeAccount === undefined ? 0 : this.props.fee
  }

  private get isOurTurn(): boolean {
    return this.turn.isOurs(this.ctx.wallTime())
  }

  /** Begins a batch if it is time, or sees to it that it looks again when it is. */
  look(): void {
    if (this.isBusy) return
    const first = this.outcomes.again.next()
    if (first) {
      // What was undone comes first, or is refused as soon as it is not our turn.
      this.isAgain = true
      this.assembleOrRefuse(first)
      return
    }
    if (!this.isOurTurn) {
      this.leaveToOthers()
      return
    }
    this.othersSinceMs = undefined
    const next = this.next.take(this.outcomes.underWay)
    if (typeof next === 'number') this.ctx.after('window', next, () => this.look())
    else if (next) this.assemble(next)
  }

  /**
   * What was taken in while it was our turn, as after a failover, would wait until it is again, and
   * while another's claims are ordered that may be never. Whoever sent it is told.
   */
  private leaveToOthers(): void {
    const { pending, ctx } = this
    this.othersSinceMs ??= ctx.now()
    if (pending.size === 0 || ctx.now() - this.othersSinceMs < FAILOVER_MS) return
    this.ctx.reached('rollup-turn-passed')
    for (let taken = pending.take(); taken; taken = pending.take()) {
      this.outcomes.refuseAll(new OpenBatch(taken), 'SUPERSEDED')
    }
  }

  private assembleOrRefuse(batch: OpenBatch): void {
    if (this.isOurTurn) {
      this.assemble(batch)
      return
    }
    this.outcomes.refuseAll(batch, 'SUPERSEDED')
    this.idle()
  }

  private assemble(batch: OpenBatch): void {
    this.isBusy = true
    const draft = batch.draft(this.props.shard)
    const { fee, feeAccount } = this
    this.desk.assemble(
      { draft, fee, feeAccount },
      (assembled) => this.assembled(batch, assembled),
      () => this.again(batch),
    )
  }

  /** The shard was not ready, or another branch came between: the same transfers once more. */
  private again(batch: OpenBatch): void {
    this.isBusy = true
    this.ctx.after('again', RETRY_MS, () => this.assembleOrRefuse(batch))
  }

  private assembled(given: OpenBatch, assembled: Assembled): void {
    const { code, number } = assembled
    given.times.assembled = this.ctx.wallTime()
    const refused = bytesColumn(assembled.refused)
    const why = (i: number) =>
      TRANSFER_REFUSALS[assembled.refusedCodes[i] as number] ?? 'NOT_REGISTERED'
    this.outcomes.refuse(given, refused, why)
    const batch = refused.length > 0 ? given.without(refused) : given
    // It took up what waited, or nothing does: the shard says so when more comes.
    if (code === 'NOTHING' || code === '') this.next.inboxWaits(false)
    if (code === 'NOTHING') {
      this.idle()
      return
    }
    if (code === 'DRAFT_OPEN') this.desk.drop(number)
    if (code !== '') this.again(batch)
    else this.cosign(batch, assembled)
  }

  private cosign(batch: OpenBatch, assembled: Assembled): void {
    const done = (round: CosignRound) => this.cosigned(round, assembled)
    this.cosigning.ask(batch, assembled, done, () => this.again(batch))
  }

  answer(group: number, number: number, txRoot: Hex, answer: Answer): void {
    this.cosigning.answer(group, number, txRoot, answer)
  }

  private cosigned(round: CosignRound, assembled: Assembled): void {
    const result = round.result()
    const { unsigned, absent } = result
    const { batch, number } = round
    batch.times.cosigned = this.ctx.wallTime()
    if (unsigned.length > 0) {
      this.ctx.reached('rollup-not-cosigned')
      this.dropDraft(round, unsigned, 'NOT_COSIGNED')
      return
    }
    const parts = batch.cut(absent.positions.length)
    if (!parts) {
      this.seal(round, result, assembled)
      return
    }
    // Who is absent is known only now: until then a full batch is better.
    const [first, rest] = parts
    this.ctx.reached('rollup-batch-cut')
    this.outcomes.counts.dropped++
    this.desk.drop(number)
    this.outcomes.again.putFirst(rest)
    this.assemble(first)
  }

  /** Undoes the draft and assembles what is left of it. */
  private dropDraft(round: CosignRound, without: readonly number[], why: TransferRefusal): void {
    const { number, batch } = round
    this.outcomes.counts.dropped++
    this.desk.drop(number)
    this.outcomes.refuse(batch, without, () => why)
    const left = batch.without(without)
    if (left.size > 0) this.assemble(left)
    else this.idle()
  }

  private seal(round: CosignRound, { cosigned, absent }: RoundResult, place: Assembled): void {
    const { parent, txRoot } = place
    const { number, batch } = round
    const body = {
      number,
      cosigned: cosigned.map(({ runs, signature }) => ({ runs: columnBytes(runs), signature })),
      positions: columnBytes(absent.positions),
      maxFees: columnBytes(absent.maxFees),
      notAfters: columnBytes(absent.notAfters),
      nonces: columnBytes(absent.nonces),
      signatures: absent.signatures,
    }
    if (absent.positions.length > 0) this.ctx.reached('rollup-absentees')
    this.desk.seal(
      body,
      ({ code, hash, badGroups, badPositions }) => {
        if (code === 'BAD_SIGNATURES') this.blame(round, badGroups, bytesColumn(badPositions))
        else if (code !== '') this.again(batch)
        else {
          if (this.isAgain) this.ctx.reached('rollup-sealed-again')
          this.outcomes.seal({ number, hash, parent, txRoot, batch })
          const { taken, sealed } = batch.times
          this.next.pace.sealed(number, sealed - taken, this.ctx.now())
          this.idle()
        }
      },
      () => this.again(batch),
    )
  }

  private blame(round: CosignRound, badGroups: readonly number[], bad: Uint32Array): void {
    const { cosigned } = round.result()
    const without = new Set<number>(bad)
    const now = this.ctx.now()
    // From now on what these groups give is checked before it is taken in.
    for (const position of bad) this.groups.distrust(round.batch.submissionAt(position).group, now)
    for (const which of badGroups) {
      const guilty = cosigned[which]
      if (!guilty) continue
      this.groups.distrust(guilty.group, now)
      const { runs } = guilty
      for (let i = 0; i < runs.length; i += 2) {
        const [first, count] = [runs[i] as number, runs[i + 1] as number]
        for (let k = first; k < first + count; k++) without.add(k)
      }
    }
    this.ctx.reached('rollup-bad-signature')
    this.dropDraft(round, [...without], 'BAD_SIGNATURE')
  }

  private idle(): void {
    this.isBusy = false
    this.isAgain = false
    this.look()
  }

  /** A block that may become final orders our claims up to this one. */
  proposed(number: number): void {
    this.next.pace.proposed(number, this.ctx.now())
    this.look()
  }

  final(news: Final): void {
    this.outcomes.final(news)
    this.look()
  }

  /** The shard has undone what was sealed from a number on, and the draft. */
  undone(number: number): void {
    this.outcomes.undone(number)
    this.next.pace.undone(number)
    const batch = this.cosigning.undone(number)
    if (batch) this.again(batch)
    else this.look()
  }
}
