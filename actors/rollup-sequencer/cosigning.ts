// One batch is with its senders: who is asked, how long they are waited for, and when it is enough.

import { ROLLUP_COSIGN_LAST_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { SIGNATURE_BYTES } from '../../protocol/rollup/body-layout.ts'
import type { Context } from '../../runtime/context.ts'
import { bytesColumn, columnBytes } from './columns.ts'
import { type Answer, CosignRound } from './cosign-round.ts'
import { CosignWindow } from './cosign-window.ts'
import { endsOf, tellRoot } from './group-news.ts'
import type { Groups } from './groups.ts'
import type { OpenBatch } from './open-batch.ts'
import type { Assembled, ShardDesk } from './shard-desk.ts'

/** Of the signatures that a group gives, one for each sender. */
const BAD_SHARE_MAX = 0.5

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
      round.close()
      if (round.isComplete) this.end(round, done)
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
    const isEach = answer.signature.length > SIGNATURE_BYTES
    const runs = isEach ? current.round.checkEach(group, answer) : undefined
    if (isEach && !runs) return
    if (!isEach && !current.round.answer(group, answer)) return
    if (!isEach && answer.signature.length > 0) this.groups.cosigned(group)
    this.window.answered(this.ctx.now() - current.askedMs)
    if (runs) this.check(current, group, runs, answer)
    else this.look(current)
  }

  /** Each sender's own signature: whose does not hold goes with what he signed before. */
  private check(current: Waiting, group: number, runs: Uint32Array, answer: Answer): void {
    const { round } = current
    const { absent, signature: signatures } = answer
    const checked = (signature: Uint8Array, bad: Uint32Array) => {
      if (this.current !== current) return
      if (bad.length > 0) this.ctx.reached('rollup-bad-cosigner')
      // So much rubbish is an answer that is worth no waiting.
      const isRubbish = bad.length * SIGNATURE_BYTES > signatures.length * BAD_SHARE_MAX
      if (isRubbish) this.groups.missed(group, this.ctx.now())
      else if (signature.length > 0) this.groups.cosigned(group)
      round.answer(group, { signature, absent, bad })
      this.look(current)
    }
    this.desk.cosigners(
      { number: round.number, runs: columnBytes(runs), signatures },
      ({ signature, bad }) => checked(signature, bytesColumn(bad)),
      () => checked(new Uint8Array(0), new Uint32Array(0)),
    )
  }

  private look({ round, done }: Waiting): void {
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
