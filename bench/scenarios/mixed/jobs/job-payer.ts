// Pays for jobs as their consumers and providers would, over one connection: a lock at the job's
// time, its settle once the lock is final; some locks are left until they can be given back.

import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { Rpc } from '../../../../apps/cli/chaos/rpc.ts'
import { GENESIS_KEYS_SEED } from '../../../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../../../compute/crypto/key-book.ts'
import { concatBytes } from '../../../../lib/bytes.ts'
import { prng } from '../../../../lib/prng.ts'
import { encodeSentOperation } from '../../../../protocol/rollup/sent-operation.ts'
import { connectRollup, type RollupConnection } from '../../../../sdk/rollup/connect.ts'
import type { OperatedFrame } from '../../../../sdk/rollup/wire/operated-frame.ts'
import type { ServerFrame } from '../../../../sdk/rollup/wire/server-frames.ts'
import type { JobLoad, JobSetup, JobTerms } from './job-messages.ts'
import { lockOf, priceOf, settleOf } from './job-operations.ts'
import { JobRecorder } from './job-recorder.ts'
import { JobRun } from './job-run.ts'
import { type JobLock, LockBook } from './lock-book.ts'
import { type Returning, Returns } from './returns.ts'

/** Due operations go out together so often: a gateway holds each frame until all of it is final. */
const TICK_MS = 40
/** How often the height is asked for. */
const HEIGHT_MS = 500
const REPORT_MS = 1000
/** Blocks from a lock to its deadline: for who is paid, and for who is not. */
const PAY_BLOCKS = 600
const LEFT_BLOCKS = 20
/** What was refused for the time being is sent again after so long. */
const AGAIN_MS = 50

interface Job extends Returning {
  readonly run: JobRun
  /** Milliseconds from the start of the run. */
  readonly atMs: number
  readonly payee: number
  readonly serial: number
  readonly isLeft: boolean
  /** When its lock was final; undefined before. */
  lockedMs?: number
  /** Counted as failed, although its lock is still to be given back. */
  isFailed?: boolean
}

interface Step {
  readonly job: Job
  readonly kind: 'lock' | 'settle'
}

export class JobPayer {
  private readonly setup: JobSetup
  private readonly book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
  private readonly locks: LockBook
  private readonly recorder = new JobRecorder()
  private readonly returns: Returns<Job>
  private readonly rpc: Rpc
  private connection!: RollupConnection
  private readonly open = new Map<number, readonly Step[]>()
  private waiting: Step[] = []
  private submission = 0
  private serial = 0
  private isOver = false
  private height = 0

  private constructor(setup: JobSetup) {
    this.setup = setup
    this.rpc = new Rpc(setup.rpc)
    this.locks = new LockBook(setup.accounts, setup.locks)
    this.returns = new Returns(this.rpc, (job, batch) => {
      this.recorder.refunded(batch)
      if (!job.isFailed) job.run.givenBack()
      this.give(job.lock)
    })
  }

  static async start(setup: JobSetup): Promise<JobPayer> {
    const payer = new JobPayer(setup)
    const socket = new WebSocket(`${setup.ws}/rollup`, { perMessageDeflate: false })
    payer.connection = await connectRollup(socket, {
      frame: (frame) => payer.receive(frame),
      closed: (reason) => {
        if (payer.isOver) return
        throw new Error(`the connection of the jobs closed: ${reason}`)
      },
    })
    return payer
  }

  private receive(frame: ServerFrame): void {
    if (frame.kind === 'operated') this.operated(frame)
    else if (frame.kind === 'error') throw new Error(`${frame.code}: ${frame.detail}`)
  }

  private operated({ submission, code, retryAfterMs, results }: OperatedFrame): void {
    const steps = this.open.get(submission) ?? []
    this.open.delete(submission)
    if (code !== '') {
      for (const step of steps) this.refused(step, code, Math.max(AGAIN_MS, retryAfterMs))
      return
    }
    for (const [i, step] of steps.entries()) {
      const { code: why, number } = results[i] ?? { code: '?', number: 0 }
      if (why === '') this.done(step, number)
      else if (why === 'PENDING') this.doubt(step.job)
      else this.refused(step, why, why === 'BUSY' ? AGAIN_MS : undefined)
    }
  }

  /** Its lock holds nothing any more. */
  private give(lock: JobLock): void {
    lock.use++
    this.locks.give(lock)
  }

  /** In a final batch. */
  private done({ job, kind }: Step, number: number): void {
    const { run, lock, atMs } = job
    if (kind === 'settle') {
      run.paidOut(atMs, job.lockedMs as number)
      this.recorder.settled(number, priceOf(job.serial))
      this.give(lock)
      return
    }
    lock.nonce++
    job.lockedMs = run.now
    run.locked(atMs)
    this.recorder.locked(number)
    if (job.isLeft) this.returns.add(job)
    else this.waiting.push({ job, kind: 'settle' })
  }

  /** `againMs`: when the same may be taken; undefined if time does not help. */
  private refused(step: Step, why: string, againMs?: number): void {
    const { job, kind } = step
    if (againMs !== undefined && this.height < job.deadline) {
      setTimeout(() => this.waiting.push(step), againMs)
      return
    }
    job.run.refused(why)
    if (kind === 'lock') {
      this.locks.give(job.lock)
      return
    }
    // What it holds goes back after the deadline.
    job.isFailed = true
    this.returns.add(job)
  }

  /** It may have been executed, and nobody will say so. */
  private doubt(job: Job): void {
    this.recorder.doubted()
    job.run.refused('NOT_HEARD_OF')
    this.locks.retire()
  }

  private begin(run: JobRun, atMs: number, isLeft: boolean): void {
    run.sent(atMs)
    const lock = this.locks.take()
    if (!lock) {
      run.refused('NO_LOCK_FREE')
      return
    }
    const serial = ++this.serial
    const deadline = this.height + (isLeft ? LEFT_BLOCKS : PAY_BLOCKS)
    // Anybody: half round the consumers from the one who pays.
    const payee = (lock.owner + (this.setup.locks >> 1)) % this.setup.locks
    this.waiting.push({ job: { run, lock, atMs, payee, deadline, serial, isLeft }, kind: 'lock' })
  }

  private flush(): void {
    if (this.waiting.length === 0) return
    const steps = this.waiting
    this.waiting = []
    const { genesisHash } = this.connection.hello
    const signed = steps.map(({ job, kind }) => {
      const make = kind === 'lock' ? lockOf : settleOf
      return encodeSentOperation(make(job, genesisHash, this.book))
    })
    const submission = ++this.submission
    this.open.set(submission, steps)
    const operations = concatBytes(...signed)
    this.connection.send({ kind: 'operate', shard: 0, submission, operations })
  }

  private async lookUp(): Promise<void> {
    this.height = Number(await this.rpc.call('eth_blockNumber'))
  }

  /** Every job at its time; until all are over, or `expireMs` after the last. */
  async run(terms: JobTerms, report: (text: string) => void): Promise<JobLoad> {
    const run = new JobRun(terms)
    const random = prng(`${terms.name} left`)
    await this.lookUp()
    run.start()
    const end = terms.seconds * 1000 + terms.expireMs
    let [place, reported, asked] = [0, 0, 0]
    while (run.now < end && !(place === run.times.length && run.isSettled)) {
      for (; (run.times[place] ?? end) <= run.now; place++) {
        this.begin(run, run.times[place] as number, random.unit() * 100 < this.setup.left)
      }
      this.flush()
      this.returns.look(this.height)
      if (run.now - asked > HEIGHT_MS) {
        asked = run.now
        void this.lookUp()
      }
      if (run.now - reported > REPORT_MS) {
        reported = run.now
        report(run.line)
      }
      await pause(TICK_MS)
    }
    return run.end()
  }

  /** Until every lock that is known is free; false when that did not come about. */
  async drain(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs
    while (this.locks.busyCount > 0 && performance.now() < end) {
      this.flush()
      await this.lookUp()
      this.returns.look(this.height)
      await pause(AGAIN_MS)
    }
    return this.locks.busyCount === 0
  }

  record() {
    return this.recorder.record()
  }

  stop(): void {
    this.isOver = true
    this.connection.close()
  }
}
