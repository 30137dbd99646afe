// Makes batches, one after the other: takes what waits, has the shard assemble it, asks the groups
// to co-sign, has the shard seal it. While one batch is being co-signed, the next one collects.

import { ROLLUP_COSIGN_LAST_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import { TRANSFER_REFUSALS, type TransferRefusal } from '../messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { bytesColumn, columnBytes } from './columns.ts'
import { type Answer, CosignRound } from './cosign-round.ts'
import { CosignWindow } from './cosign-window.ts'
import {
  type Assembled,
  endsOf,
  type Final,
  tellDropped,
  tellFinal,
  tellRoot,
} from './group-news.ts'
import type { Groups } from './groups.ts'
import { OpenBatch } from './open-batch.ts'
import type { Pending } from './pending.ts'
import { type SealedBatch, SealedBatches } from './sealed-batches.ts'
import type { Turn } from './turn.ts'
import { UndoneBatches } from './undone-batches.ts'
import { UNDER_WAY_MAX, Window } from './window.ts'

export interface MakerProps {
  readonly node: string
  readonly shard: number
  /** Units a transfer. */
  readonly fee: number
}

const ASSEMBLE_MS = 10_000
const SEAL_MS = 15_000
const RETRY_MS = 50
export class BatchMaker {
  readonly window = new Window()
  readonly sealed = new SealedBatches()
  readonly counts = { sealed: 0, final: 0, dropped: 0, transfers: 0 }
  /** Account that gets the fees; without one there are none. */
  feeAccount: number | undefined
  private readonly ctx: Context
  private readonly props: MakerProps
  private readonly pending: Pending
  private readonly groups: Groups
  private readonly turn: Turn
  private readonly undoneOnes: UndoneBatches
  private readonly cosignWindow = new CosignWindow()
  private round: CosignRound | undefined
  private askedMs = 0
  /** What is being co-signed. */
  private assembledNow: Assembled | undefined
  private isBusy = false
  /** What is being made was undone before. */
  private isAgain = false
  private inboxSinceMs: number | undefined

  constructor(ctx: Context, props: MakerProps, pending: Pending, groups: Groups, turn: Turn) {
    this.ctx = ctx
    this.props = props
    this.pending = pending
    this.groups = groups
    this.turn = turn
    this.undoneOnes = new UndoneBatches(pending)
  }

  private get shardKey(): string {
    return shardKey(this.props.node, this.props.shard)
  }

  /** How long groups are waited for. */
  get cosignMs(): number {
    return this.cosignWindow.ms
  }

  get fee(): number {
    return this.feeAccount === undefined ? 0 : this.props.fee
  }

  /** Messages of the base chain wait to be consumed, or wait no more. */
  inboxWaits(waits: boolean): void {
    if (!waits) this.inboxSinceMs = undefined
    else this.inboxSinceMs ??= this.ctx.now()
  }

  /** Begins a batch if it is time, or sees to it that it looks again when it is. */
  look(): void {
    const { ctx, pending } = this
    if (this.isBusy || this.round) return
    const first = this.undoneOnes.next()
    if (first) {
      this.assembleFirst(first)
      return
    }
    if (!this.turn.isOurs(ctx.wallTime())) return
    const now = ctx.now()
    const { size: waiting, oldestMs } = pending
    const underWay = this.sealed.size
    const wait = this.window.wait({ now, waiting, oldestMs, underWay })
    if (wait === 0) this.begin()
    else if (this.isInboxDue(now)) this.assemble(new OpenBatch())
    else if (wait !== undefined) ctx.after('window', wait, () => this.look())
  }

  /** What was undone comes first, or is refused as soon as it is not our turn. */
  private assembleFirst(batch: OpenBatch): void {
    this.isAgain = true
    if (this.turn.isOurs(this.ctx.wallTime())) this.assemble(batch)
    else this.refuseAll(batch, 'SUPERSEDED')
  }

  private isInboxDue(now: number): boolean {
    const since = this.inboxSinceMs
    if (since === undefined || this.sealed.size >= UNDER_WAY_MAX) return false
    return now - since >= this.turn.patienceMs()
  }

  private begin(): void {
    const taken = this.pending.take(this.ctx.buggify('rollup-small-batch') ? 1 : undefined)
    if (!taken) return
    this.window.took(taken.from.length, this.ctx.now())
    this.assemble(new OpenBatch(taken))
  }

  private assemble(batch: OpenBatch): void {
    const { ctx, props } = this
    this.isBusy = true
    const draft = batch.draft(props.shard)
    const { fee, feeAccount } = this
    ctx.ask(
      ShardMessages,
      this.shardKey,
      'Assemble',
      { draft, fee, feeAccount },
      {
        within: ASSEMBLE_MS,
        ok: (assembled) => this.assembled(batch, assembled),
        failed: () => this.again(batch),
      },
    )
  }

  /** The shard was not ready, or another branch came between: the same transfers once more. */
  private again(batch: OpenBatch): void {
    this.isBusy = true
    this.ctx.after('again', RETRY_MS, () => {
      this.isBusy = false
      if (!this.turn.isOurs(this.ctx.wallTime())) this.refuseAll(batch, 'SUPERSEDED')
      else this.assemble(batch)
    })
  }

  private assembled(given: OpenBatch, assembled: Assembled): void {
    const { code, number } = assembled
    const refused = bytesColumn(assembled.refused)
    const codes = assembled.refusedCodes
    this.refuse(given, refused, (i) => TRANSFER_REFUSALS[codes[i] as number] ?? 'NOT_REGISTERED')
    const batch = refused.length > 0 ? given.without(refused) : given
    // It took up what waited, or nothing does: the shard says so when more comes.
    if (code === 'NOTHING' || code === '') this.inboxSinceMs = undefined
    if (code === 'NOTHING') {
      this.idle()
      return
    }
    if (code === 'DRAFT_OPEN') this.ctx.tell(ShardMessages, this.shardKey, 'Drop', { number })
    if (code !== '') {
      this.again(batch)
      return
    }
    if (batch.size === 0) {
      this.seal(new CosignRound(batch, number, assembled.txRoot, new Map(), []), assembled)
      return
    }
    this.askProofs(batch, assembled)
  }

  private askProofs(batch: OpenBatch, assembled: Assembled): void {
    const { ctx } = this
    const runs = batch.runs()
    const now = ctx.now()
    const { groups } = this
    const asked = [...runs.keys()].filter((group) => groups.isReachable(group, now))
    // Who did not answer lately is told, and not waited for.
    const awaited = asked.filter((group) => !groups.isDistrusted(group, now))
    const round = new CosignRound(batch, assembled.number, assembled.txRoot, runs, awaited)
    if (asked.length === 0) {
      this.finish(round, assembled)
      return
    }
    const { number } = assembled
    const positions = columnBytes(endsOf(runs, asked))
    ctx.ask(
      ShardMessages,
      this.shardKey,
      'Proofs',
      { number, positions },
      {
        within: ASSEMBLE_MS,
        ok: ({ code, proofs }) => {
          if (code !== '') {
            this.again(batch)
            return
          }
          const terms = { ...assembled, withinMs: this.cosignMs }
          tellRoot(this.groups, this.props.shard, terms, runs, asked, proofs)
          this.wait(round, assembled)
        },
        failed: () => this.again(batch),
      },
    )
  }

  private wait(round: CosignRound, assembled: Assembled): void {
    const { ctx } = this
    this.isBusy = false
    if (round.isComplete) {
      this.finish(round, assembled)
      return
    }
    this.round = round
    this.assembledNow = assembled
    this.askedMs = ctx.now()
    const { cosignMs } = this
    const end = () => {
      for (const group of round.silent) this.groups.missed(group, ctx.now())
      this.finish(round, assembled)
    }
    ctx.after('cosign', cosignMs, () => {
      ctx.reached('rollup-cosign-late')
      // Without those who gave no ordinary signature the batch would have to be made anew.
      const more = ROLLUP_COSIGN_LAST_MS - cosignMs
      if (round.result().unsigned.length > 0 && more > 0) ctx.after('cosign', more, end)
      else end()
    })
  }

  cosign(group: number, number: number, txRoot: Hex, answer: Answer): void {
    const { round, assembledNow } = this
    if (!round || !assembledNow || round.number !== number || round.txRoot !== txRoot) return
    if (!round.answer(group, answer)) return
    if (answer.signature.length > 0) this.groups.cosigned(group)
    this.cosignWindow.answered(this.ctx.now() - this.askedMs)
    if (!round.isComplete) return
    this.ctx.cancel('cosign')
    this.finish(round, assembledNow)
  }

  /** Everybody has answered, or nobody else is waited for. */
  private finish(round: CosignRound, assembled: Assembled): void {
    const { ctx } = this
    this.round = undefined
    this.isBusy = true
    const { unsigned } = round.result()
    this.cosignWindow.ended()
    if (unsigned.length === 0) {
      this.seal(round, assembled)
      return
    }
    ctx.reached('rollup-not-cosigned')
    this.dropDraft(round, unsigned, 'NOT_COSIGNED')
  }

  /** Undoes the draft and assembles what is left of it. */
  private dropDraft(round: CosignRound, without: readonly number[], why: TransferRefusal): void {
    const { number, batch } = round
    this.counts.dropped++
    this.ctx.tell(ShardMessages, this.shardKey, 'Drop', { number })
    this.refuse(batch, without, () => why)
    const left = batch.without(without)
    if (left.size > 0) this.assemble(left)
    else this.idle()
  }

  private seal(round: CosignRound, assembled: Assembled): void {
    const { number, batch } = round
    const { cosigned, absent } = round.result()
    const body = {
      number,
      cosigned: cosigned.map(({ runs, signature }) => ({ runs: columnBytes(runs), signature })),
      positions: columnBytes(absent.positions),
      maxFees: columnBytes(absent.maxFees),
      notAfters: columnBytes(absent.notAfters),
      signatures: absent.signatures,
    }
    if (absent.positions.length > 0) this.ctx.reached('rollup-absentees')
    this.ctx.ask(ShardMessages, this.shardKey, 'Seal', body, {
      within: SEAL_MS,
      ok: ({ code, hash, badGroups, badPositions }) => {
        if (code === '') this.done({ number, hash, txRoot: assembled.txRoot, batch })
        else if (code === 'BAD_SIGNATURES') this.blame(round, badGroups, bytesColumn(badPositions))
        else this.again(batch)
      },
      failed: () => {
        this.ctx.tell(ShardMessages, this.shardKey, 'Drop', { number })
        this.again(batch)
      },
    })
  }

  private blame(round: CosignRound, badGroups: readonly number[], bad: Uint32Array): void {
    const { cosigned } = round.result()
    const without = new Set<number>(bad)
    const now = this.ctx.now()
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

  private done(sealed: SealedBatch): void {
    const { from } = sealed.batch.taken
    for (const sender of from) this.pending.free(sender)
    this.counts.sealed++
    if (this.isAgain) this.ctx.reached('rollup-sealed-again')
    this.counts.transfers += from.length
    this.sealed.add(sealed)
    this.idle()
  }

  private idle(): void {
    this.isBusy = false
    this.isAgain = false
    this.look()
  }

  private refuseAll(batch: OpenBatch, why: TransferRefusal): void {
    this.refuse(batch, [...batch.taken.from.keys()], () => why)
    this.idle()
  }

  /** These will not be executed; their senders may submit again. */
  private refuse(
    batch: OpenBatch,
    positions: ArrayLike<number>,
    why: (i: number) => TransferRefusal,
  ): void {
    for (let i = 0; i < positions.length; i++) {
      this.pending.free(batch.taken.from[positions[i] as number] as number)
    }
    tellDropped(this.groups, batch, positions, why)
  }

  final(news: Final): void {
    const { final, superseded } = this.sealed.settle(news.number, news.claim)
    for (const one of superseded) this.supersede(one)
    for (const one of final) {
      this.counts.final++
      tellFinal(this.groups, one, news)
    }
    this.look()
  }

  /** Its senders may have submitted again by now. */
  private supersede({ batch }: SealedBatch): void {
    this.ctx.reached('rollup-superseded')
    tellDropped(this.groups, batch, [...batch.taken.from.keys()], () => 'SUPERSEDED')
  }

  /** The shard has undone what was sealed from a number on, and the draft. */
  undone(number: number): void {
    for (const { batch } of this.sealed.from(number)) {
      this.ctx.reached('rollup-queued-again')
      tellDropped(this.groups, batch, this.undoneOnes.add(batch), () => 'SUPERSEDED')
    }
    const { round } = this
    if (!round || round.number < number) {
      this.look()
      return
    }
    this.round = undefined
    this.ctx.cancel('cosign')
    this.again(round.batch)
  }
}
