// One batch is with its senders: who is asked, how long they are waited for, and when it is enough.

import { ROLLUP_COSIGN_LAST_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import { columnBytes } from './columns.ts'
import { type Answer, CosignRound } from './cosign-round.ts'
import { CosignWindow } from './cosign-window.ts'
import { endsOf, tellRoot } from './group-news.ts'
import type { Groups } from './groups.ts'
import type { OpenBatch } from './open-batch.ts'
import type { Assembled, ShardDesk } from './shard-desk.ts'

interface Waiting {
  readonly round: CosignRound
  readonly askedMs: number
  readonly done: (round: CosignRound) => void
}

export class Cosigning {
  private readonly ctx: Context
  private readonly shard: number
  private readonly desk: ShardDesk
  private readonly groups: Groups
  private readonly window = new CosignWindow()
  private current: Waiting | undefined

  constructor(ctx: Context, shard: number, desk: ShardDesk, groups: Groups) {
    this.ctx = ctx
    this.shard = shard
    this.desk = desk
    this.groups = groups
  }

  /** How long groups are waited for. */
  get ms(): number {
    return this.window.ms
  }

  /** Asks those whose transfers are in it; calls `done` or `failed`, once. */
  ask(
    batch: OpenBatch,
    assembled: Assembled,
    done: (round: CosignRound) => void,
    failed: () => void,
  ): void {
    const { ctx, groups } = this
    batch.times.asked = ctx.wallTime()
    const { number, txRoot } = assembled
    const runs = batch.runs()
    const now = ctx.now()
    const asked = [...runs.keys()].filter((group) => groups.isReachable(group, now))
    // Who did not answer lately is told, and not waited for unless something is lost without him.
    const awaited = asked.filter((group) => {
      if (groups.isAwaited(group, now)) return true
      return !groups.isDistrusted(group, now) && !batch.isSigned(runs.get(group) ?? [])
    })
    const round = new CosignRound(batch, number, txRoot, runs, awaited)
    if (asked.length === 0) {
      done(round)
      return
    }
    const positions = columnBytes(endsOf(runs, asked))
    const ok = (paths: Uint8Array) => {
      batch.times.asked = ctx.wallTime()
      tellRoot(groups, this.shard, { ...assembled, withinMs: this.ms }, runs, asked, paths)
      this.wait(round, done)
    }
    this.desk.proofs(number, positions, ok, failed)
  }

  private wait(round: CosignRound, done: (round: CosignRound) => void): void {
    const { ctx, ms } = this
    if (round.isComplete) {
      // Nobody was waited for: nothing is learnt of how long answers take.
      done(round)
      return
    }
    this.current = { round, askedMs: ctx.now(), done }
    const late = () => {
      for (const group of round.silent) this.groups.missed(group, ctx.now())
      this.end(round, done)
    }
    ctx.after('cosign', ms, () => {
      ctx.reached('rollup-cosign-late')
      // Without those who gave no ordinary signature the batch would have to be made anew.
      const more = ROLLUP_COSIGN_LAST_MS - ms
      if (round.result().unsigned.length > 0 && more > 0) ctx.after('cosign', more, late)
      else late()
    })
  }

  answer(group: number, number: number, txRoot: Hex, answer: Answer): void {
    const { current } = this
    if (current?.round.number !== number || current.round.txRoot !== txRoot) return
    const { round, askedMs, done } = current
    if (!round.answer(group, answer)) return
    if (answer.signature.length > 0) this.groups.cosigned(group)
    this.window.answered(this.ctx.now() - askedMs)
    if (!round.isComplete) return
    this.ctx.cancel('cosign')
    this.end(round, done)
  }

  /** Everybody has answered, or nobody else is waited for. */
  private end(round: CosignRound, done: (round: CosignRound) => void): void {
    this.current = undefined
    this.window.ended()
    done(round)
  }

  /** The draft from this number on was undone: returns the batch that was being co-signed. */
  undone(number: number): OpenBatch | undefined {
    const { round } = this.current ?? {}
    if (!round || round.number < number) return undefined
    this.current = undefined
    this.ctx.cancel('cosign')
    return round.batch
  }
}
