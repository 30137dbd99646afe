// The generator's state between runs: all senders, the connections, and a record of every batch it
// heard of, for the auditor. It owns the keys of all senders: where they would sign one by one, it
// signs once with the sum of their secret keys, which gives the same bytes.

import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { TRANSFER_REFUSALS } from '../../../../actors/messages/rollup-sequencer.ts'
import { GENESIS_KEYS_SEED } from '../../../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../../../compute/crypto/key-book.ts'
import { connectRollup, type RollupConnection } from '../../../../sdk/rollup/connect.ts'
import { encodeClientFrame } from '../../../../sdk/rollup/wire/client-frames.ts'
import type {
  DroppedFrame,
  FinalFrame,
  RootFrame,
  ServerFrame,
  VerdictFrame,
} from '../../../../sdk/rollup/wire/server-frames.ts'
import type { GeneratorRecord, GeneratorSetup, HeardBatch, SentLoad } from './generator-messages.ts'
import type { LoadRun } from './load-run.ts'
import { OpenSubmission } from './open-submission.ts'
import type { PreparedRun } from './prepare-run.ts'
import { cosignatureOf, faultOf, type RootChecker, type Run, runsOf } from './root-check.ts'
import { SenderBook } from './sender-book.ts'

const REPORT_MS = 1000
const DRAIN_LOOK_MS = 50
const REFUSED_ROOTS_MAX = 20

export class RollupGenerator {
  readonly setup: GeneratorSetup
  readonly senders: SenderBook
  readonly book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
  private connections: RollupConnection[] = []
  private readonly open = new Map<number, OpenSubmission>()
  /** By group and batch: what the last root said that it contains. */
  private readonly roots = new Map<string, readonly Run[]>()
  /** By shard and number. */
  private readonly batches = new Map<string, HeardBatch>()
  private readonly refusedRoots: string[] = []
  private counted = 0
  private submission = 0
  /** Why submissions may have been executed unheard; empty while none may. */
  private lost = ''

  private constructor(setup: GeneratorSetup) {
    this.setup = setup
    this.senders = new SenderBook(setup.accounts, setup.spread?.shards)
  }

  static async start(setup: GeneratorSetup): Promise<RollupGenerator> {
    const generator = new RollupGenerator(setup)
    for (let group = 0; group < setup.groups; group++) {
      const socket = new WebSocket(`${setup.ws}/rollup`, { perMessageDeflate: false })
      const connection = await connectRollup(socket, {
        frame: (frame) => generator.receive(group, frame),
        closed: (reason) => {
          generator.lost = `a connection was closed: ${reason}`
        },
      })
      generator.connections.push(connection)
    }
    return generator
  }

  get genesisHash() {
    const [first] = this.connections
    if (!first) throw new Error('there is no connection')
    return first.hello.genesisHash
  }

  private get checker(): RootChecker {
    const { book, genesisHash, senders } = this
    return { book, genesisHash, nonces: senders.nonces, find: (number) => this.open.get(number) }
  }

  private receive(group: number, frame: ServerFrame): void {
    if (frame.kind === 'root') this.root(group, frame)
    else if (frame.kind === 'final') this.final(group, frame)
    else if (frame.kind === 'dropped') this.dropped(frame)
    else if (frame.kind === 'verdict') this.verdict(frame)
    else if (frame.kind === 'lost') {
      this.lost = `the sequencer was lost after submission ${frame.submission}`
    } else if (frame.kind === 'error' && frame.code !== 'NO_SUCH_ROOT') {
      // That one is of a root that was replaced before the answer to it came.
      throw new Error(`${frame.code}: ${frame.detail}`)
    }
  }

  private root(group: number, frame: RootFrame): void {
    const runs = runsOf(frame.runs)
    const fault = faultOf(frame, runs, this.checker)
    if (fault) {
      if (this.refusedRoots.length < REFUSED_ROOTS_MAX) {
        this.refusedRoots.push(`batch ${frame.number}: ${fault}`)
      }
      return
    }
    this.roots.set(`${group} ${frame.shard} ${frame.number}`, runs)
    const cosign = cosignatureOf(frame, runs, this.checker)
    this.connections[group]?.send(cosign)
    const [first] = runs
    const run = first && this.open.get(first.submission)?.run
    run?.addBytes(encodeClientFrame(cosign).length)
  }

  private final(group: number, { shard, number, claim, txRoot }: FinalFrame): void {
    const key = `${group} ${shard} ${number}`
    const runs = this.roots.get(key) ?? []
    this.roots.delete(key)
    let [final, counted] = [0, 0]
    for (const { submission, offset, count } of runs) {
      const open = this.open.get(submission)
      if (!open) continue
      for (const part of open.openRuns(offset, count)) {
        final += part.count
        if (!open.run.isOver) {
          counted += part.count
          open.run.final(open.place, part.offset, part.count)
        }
        for (let i = part.offset; i < part.offset + part.count; i++) this.end(submission, i, true)
      }
    }
    this.counted += counted
    const known = this.batches.get(`${shard} ${number}`)
    this.batches.set(`${shard} ${number}`, {
      shard,
      number,
      claim,
      txRoot,
      final: final + (known?.final ?? 0),
      counted: counted + (known?.counted ?? 0),
    })
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
    for (let i = 0; i + 3 <= transfers.length; i += 3) {
      const [submission, offset, why] = [transfers[i], transfers[i + 1], transfers[i + 2]]
      this.refuse(submission as number, offset as number, TRANSFER_REFUSALS[why as number] ?? '?')
    }
  }

  private verdict({ submission, code, refused, refusals }: VerdictFrame): void {
    if (code === '') {
      for (let i = 0; i < refused.length; i++) {
        const why = TRANSFER_REFUSALS[refusals[i] as number] ?? '?'
        this.refuse(submission, refused[i] as number, why)
      }
      return
    }
    const count = this.open.get(submission)?.submission.count ?? 0
    for (let i = 0; i < count; i++) this.refuse(submission, i, code)
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
    const number = ++this.submission
    const group = number % this.connections.length
    this.open.set(number, new OpenSubmission(submission, run, place, group, absent))
    this.connections[group]?.send({
      kind: 'submit',
      shard: submission.shard,
      submission: number,
      body,
    })
  }

  /** Until nothing is under way; false when that did not come about. */
  async drain(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs
    while (this.senders.pendingCount > 0 && performance.now() < end) {
      if (this.lost) throw new Error(this.lost)
      await pause(DRAIN_LOOK_MS)
    }
    return this.senders.pendingCount === 0
  }

  record(): GeneratorRecord {
    const batches = [...this.batches.values()].sort((a, b) => a.number - b.number)
    return { batches, counted: this.counted, refusedRoots: this.refusedRoots }
  }
}
