// The generator's state between runs: all senders, the connections, and a record of every batch it
// heard of, for the auditor. It owns the keys of all senders: where they would sign one by one, it
// signs once with the sum of their secret keys, which gives the same bytes.

import { setTimeout as pause } from 'node:timers/promises'
import { TRANSFER_REFUSALS } from '../../../../actors/messages/rollup-sequencer.ts'
import { GENESIS_KEYS_SEED } from '../../../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../../../compute/crypto/key-book.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { encodeClientFrame } from '../../../../sdk/rollup/wire/client-frames.ts'
import { type RootRun, rootRuns } from '../../../../sdk/rollup/wire/root-runs.ts'
import type {
  DroppedFrame,
  FinalFrame,
  RootFrame,
  ServerFrame,
  VerdictFrame,
} from '../../../../sdk/rollup/wire/server-frames.ts'
import type { SentLoad } from '../../../harness/load-figures.ts'
import { everyPosition, signAbsent } from './absentees.ts'
import { AGAIN_MS, DOUBT_MS, DoubtIndex, readClaims } from './doubts.ts'
import type { GeneratorRecord, GeneratorSetup, HeardBatch } from './generator-messages.ts'
import { Links } from './links.ts'
import type { LoadRun } from './load-run.ts'
import { OpenSubmission } from './open-submission.ts'
import type { PreparedRun } from './prepare-run.ts'
import { cosignatureOf, faultOf, type RootChecker } from './root-check.ts'
import { SenderBook } from './sender-book.ts'

const REPORT_MS = 1000
const DRAIN_LOOK_MS = 50
const REFUSED_ROOTS_MAX = 20

export class RollupGenerator {
  readonly setup: GeneratorSetup
  readonly senders: SenderBook
  readonly book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
  private links!: Links
  private readonly open = new Map<number, OpenSubmission>()
  /** By group and batch: the last root, and what was said that it contains. */
  private readonly roots = new Map<string, { txRoot: Hex; runs: readonly RootRun[] }>()
  /** By shard and number. */
  private readonly batches = new Map<string, HeardBatch>()
  private readonly refusedRoots: string[] = []
  private counted = 0
  private submission = 0
  /** By group and shard: the last batch that it heard to be final. */
  private readonly lastFinal = new Map<string, number>()
  /** By shard, while transfers are in doubt: since when, which submission, and which claim. */
  private readonly doubts = new Map<number, { sinceMs: number; submission: number; from: number }>()
  private isSettling = false

  private constructor(setup: GeneratorSetup) {
    this.setup = setup
    this.senders = new SenderBook(setup.accounts, setup.spread?.shards, setup.reserved)
  }

  static async start(setup: GeneratorSetup): Promise<RollupGenerator> {
    const generator = new RollupGenerator(setup)
    generator.links = await Links.open(setup.ws, setup.groups, {
      frame: (group, frame) => generator.receive(group, frame),
      closed: (group) => generator.lost(group, Number.POSITIVE_INFINITY),
    })
    return generator
  }

  get genesisHash() {
    const { hello } = this.links
    if (!hello) throw new Error('there is no connection')
    return hello.genesisHash
  }

  private get isEach(): boolean {
    return this.setup.senders === 'checked'
  }

  private get checker(): RootChecker {
    const { book, genesisHash, senders, isEach } = this
    const find = (number: number) => this.open.get(number)
    return { book, genesisHash, nonces: senders.nonces, isEach, find }
  }

  private receive(group: number, frame: ServerFrame): void {
    if (frame.kind === 'root') this.root(group, frame)
    else if (frame.kind === 'final') this.final(group, frame)
    else if (frame.kind === 'dropped') this.dropped(frame)
    else if (frame.kind === 'verdict') this.verdict(frame)
    else if (frame.kind === 'lost') this.lost(group, frame.submission, frame.shard)
    else if (frame.kind === 'error' && frame.code !== 'NO_SUCH_ROOT') {
      // That one is of a root that was replaced before the answer to it came.
      throw new Error(`${frame.code}: ${frame.detail}`)
    }
  }

  private root(group: number, frame: RootFrame): void {
    const runs = rootRuns(frame.runs)
    const fault = faultOf(frame, runs, this.checker)
    if (fault) {
      if (this.refusedRoots.length < REFUSED_ROOTS_MAX) {
        this.refusedRoots.push(`batch ${frame.number}: ${fault}`)
      }
      return
    }
    const { shard, number, txRoot } = frame
    this.roots.set(`${group} ${shard} ${number}`, { txRoot, runs })
    const cosign = cosignatureOf(frame, runs, this.checker)
    this.links.send(group, cosign)
    const [first] = runs
    const run = first && this.open.get(first.submission)?.run
    run?.addBytes(encodeClientFrame(cosign).length)
  }

  private final(group: number, { shard, number, claim, txRoot }: FinalFrame): void {
    const key = `${group} ${shard} ${number}`
    const root = this.roots.get(key)
    this.roots.delete(key)
    // After a failover another's batch may be the one of this number.
    const runs = root?.txRoot === txRoot ? root.runs : []
    let [final, counted] = [0, 0]
    for (const { submission, offset, count } of runs) {
      const open = this.open.get(submission)
      if (!open) continue
      for (const part of open.openRuns(offset, count)) {
        final += part.count
        if (!open.run.isOver) {
          counted += part.count
          const batch = { shard, number }
          open.run.final(open.place, open.base + part.offset, part.count, batch)
        }
        for (let i = part.offset; i < part.offset + part.count; i++) this.end(submission, i, true)
      }
    }
    this.heard({ shard, number, claim, txRoot, final, counted })
    this.lastFinal.set(`${group} ${shard}`, number)
    const doubt = this.doubts.get(shard)
    if (doubt && runs.some(({ submission }) => submission > doubt.submission)) {
      void this.settle(shard, number)
    }
  }

  private heard(batch: HeardBatch): void {
    const { final, counted } = batch
    this.counted += counted
    const key = `${batch.shard} ${batch.number}`
    const known = this.batches.get(key)
    this.batches.set(key, {
      ...batch,
      final: final + (known?.final ?? 0),
      counted: counted + (known?.counted ?? 0),
    })
  }

  /** Whoever took what a group sent up to this submission is gone; of all shards without one. */
  private lost(group: number, submission: number, shard?: number): void {
    const own = [...this.open].filter(([number, open]) => {
      const isThere = shard === undefined || open.submission.shard === shard
      return open.group === group && number <= submission && isThere
    })
    this.doubted(own.map(([number]) => number))
  }

  private doubted(numbers: Iterable<number>): void {
    const sinceMs = performance.now()
    for (const number of numbers) {
      const open = this.open.get(number)
      if (!open) continue
      const { shard } = open.submission
      // Of batches up to that its group has heard; a sender has one transfer under way.
      open.doubtFrom ??= 1 + (this.lastFinal.get(`${open.group} ${shard}`) ?? 0)
      const from = Math.min(open.doubtFrom, this.doubts.get(shard)?.from ?? open.doubtFrom)
      this.doubts.set(shard, { sinceMs, submission: this.submission, from })
    }
  }

  /** Finds what is in doubt in the claims up to `to`, and sends the rest again. */
  private async settle(shard: number, to: number | undefined): Promise<void> {
    const doubt = this.doubts.get(shard)
    if (this.isSettling || !doubt) return
    this.isSettling = true
    this.doubts.delete(shard)
    const doubtful = [...this.open].filter(([, open]) => {
      return open.doubtFrom !== undefined && open.submission.shard === shard
    })
    const claims = await readClaims(this.setup.ws, shard, doubt.from, to)
    const index = new DoubtIndex(doubtful, this.setup.accounts)
    for (const read of claims) {
      let [final, counted] = [0, 0]
      for (const { number, open, offset, count } of index.executedIn(read)) {
        final += count
        if (!open.run.isOver) {
          counted += count
          open.run.final(open.place, open.base + offset, count)
        }
        for (let i = offset; i < offset + count; i++) this.end(number, i, true)
      }
      const { claim, hash } = read
      const { number, txRoot } = claim
      if (final > 0) this.heard({ shard, number, claim: hash, txRoot, final, counted })
    }
    for (const [number] of doubtful) this.again(number)
    this.isSettling = false
  }

  /** Sends what is left of a submission again, as others. */
  private again(number: number): void {
    const open = this.open.get(number)
    if (!open) return
    this.open.delete(number)
    const { book, genesisHash, senders } = this
    for (const { offset, count } of open.openRuns(0, open.submission.count)) {
      const part = open.submission.part(offset, count)
      const positions = open.absentOf(offset, count)
      const signing = this.isEach ? everyPosition(count) : positions
      const nonceOf = (index: number) => senders.nonces[index] as number
      const { absent } = signAbsent(part, signing, nonceOf, book, genesisHash)
      open.run.sentAgain += count
      const { run, place, base } = open
      const again = new OpenSubmission(part, run, place, base + offset, positions)
      again.isAgain = true
      this.dispatch(again, part.body(absent))
    }
  }

  private later(number: number): void {
    setTimeout(() => this.again(number), AGAIN_MS)
  }

  /** False if it was over before. */
  private end(number: number, offset: number, isExecuted: boolean): boolean {
    const open = this.open.get(number)
    if (!open?.end(offset)) return false
    this.senders.end(open.submission.first + offset, isExecuted)
    if (open.left === 0) this.open.delete(number)
    return true
  }

  private refuse(number: number, offset: number, why: string): void {
    const run = this.open.get(number)?.run
    if (this.end(number, offset, false) && run && !run.isOver) run.refused(why, 1)
  }

  private dropped({ transfers }: DroppedFrame): void {
    const again = new Set<number>()
    for (let i = 0; i + 3 <= transfers.length; i += 3) {
      const [submission, offset, which] = transfers.subarray(i, i + 3)
      const why = TRANSFER_REFUSALS[which as number] ?? '?'
      // It may be in a claim that another one has made in its place.
      if (why === 'SUPERSEDED') again.add(submission as number)
      else this.refuse(submission as number, offset as number, why)
    }
    this.doubted(again)
  }

  private verdict({ submission, code, refused, refusals }: VerdictFrame): void {
    const open = this.open.get(submission)
    if (!open || open.doubtFrom !== undefined) return
    if (code === 'NOT_SEQUENCER' || code === 'UNAVAILABLE') {
      this.later(submission)
      return
    }
    const isPending = code === '' && open.isAgain && refused.length === open.submission.count
    if (isPending) {
      this.later(submission)
      return
    }
    if (code === '') {
      for (let i = 0; i < refused.length; i++) {
        const why = TRANSFER_REFUSALS[refusals[i] as number] ?? '?'
        this.refuse(submission, refused[i] as number, why)
      }
      return
    }
    for (let i = 0; i < open.submission.count; i++) this.refuse(submission, i, code)
  }

  /** Sends everything at its time; until all is settled, or `expireMs` after the last. */
  async run({ run, next }: PreparedRun, report: (text: string) => void): Promise<SentLoad> {
    run.start()
    const end = run.dueMs(run.submissions - 1) + run.terms.expireMs
    let [place, reported] = [0, 0]
    let ready = next(place)
    while (run.now < end && !(place === run.submissions && run.isSettled)) {
      while (ready && run.dueMs(place) <= run.now) {
        this.send(run, place, ready)
        place++
        ready = place < run.submissions ? next(place) : undefined
      }
      if (run.now - reported > REPORT_MS) {
        reported = run.now
        report(run.line)
      }
      const wait = ready ? run.dueMs(place) - run.now : DRAIN_LOOK_MS
      await pause(Math.max(0, Math.min(DRAIN_LOOK_MS, wait)))
    }
    if (place < run.submissions) throw new Error('the schedule was not sent to its end')
    return run.end()
  }

  private send(run: LoadRun, place: number, ready: NonNullable<ReturnType<PreparedRun['next']>>) {
    const { submission, absent, body } = ready
    const { first, count } = submission
    run.sent(place, body.length)
    if (!this.senders.begin(first, count)) {
      run.refused('SENDERS_BUSY', count)
      return
    }
    this.dispatch(new OpenSubmission(submission, run, place, 0, absent), body)
  }

  private dispatch(open: OpenSubmission, body: Uint8Array): void {
    const number = ++this.submission
    this.open.set(number, open)
    const group = this.links.pick(number)
    if (group === undefined) {
      this.later(number)
      return
    }
    open.group = group
    this.links.send(group, {
      kind: 'submit',
      shard: open.submission.shard,
      submission: number,
      body,
    })
  }

  /** Until nothing is under way; false when that did not come about. */
  async drain(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs
    while (this.senders.pendingCount > 0 && performance.now() < end) {
      // Nobody sends any more whose transfers could come after those in doubt.
      for (const [shard, { sinceMs }] of this.doubts) {
        if (performance.now() - sinceMs > DOUBT_MS) void this.settle(shard, undefined)
      }
      await pause(DRAIN_LOOK_MS)
    }
    return this.senders.pendingCount === 0
  }

  record(): GeneratorRecord {
    const batches = [...this.batches.values()].sort((a, b) => a.number - b.number)
    return { batches, counted: this.counted, refusedRoots: this.refusedRoots }
  }
}
