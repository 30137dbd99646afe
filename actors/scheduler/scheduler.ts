// scheduler: the coordinator's job desk. Quotes, takes jobs whose money is locked, pushes them to
// providers, settles signed receipts, and gives money back by rule. Everything that matters is on
// disk before it is said, and the chain is the truth about money.

import type { Infer } from '../../lib/schema.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import { SchedulerMessages } from '../messages/scheduler.ts'
import { assignQueued } from './assign-jobs.ts'
import { ChangePolls } from './change-polls.ts'
import { tick } from './clock.ts'
import type { Desk, SchedulerProps } from './desk.ts'
import { EventLog, type JobEvent } from './event-log.ts'
import { followChain } from './follow-chain.ts'
import { JobBook } from './job-book.ts'
import { jobLines } from './job-lines.ts'
import { receiptData, stateData, tellState } from './job-moves.ts'
import { type JobRecord, viewOf } from './job-record.ts'
import { advanceLock } from './lock-money.ts'
import { MoneyDesk } from './money-desk.ts'
import { heartbeat, register } from './providers.ts'
import { quote } from './quote.ts'
import { cancelWanted, chunkArrived, failureArrived, resultArrived } from './results.ts'
import { submit } from './submit.ts'
import { WorkerDesk } from './worker-desk.ts'

const TICK_MS = 500

function openDesk(ctx: Context, props: SchedulerProps): Desk {
  const book = new JobBook(ctx)
  const boot = (book.meta('boots') ?? 0) + 1
  book.setMeta('boots', boot)
  const desk: Desk = {
    ctx,
    props,
    book,
    money: new MoneyDesk(ctx, props, book),
    workers: new WorkerDesk(),
    events: new EventLog(boot, () => ctx.now()),
    pushed: new Map(),
    opening: new Map(),
    spans: new Map(),
    reading: new Set(),
    asking: new Set(),
    lookedAt: new Map(),
    shards: { count: props.shards, askedAt: Number.NEGATIVE_INFINITY },
    sequencers: new Map(),
    advance: (job) => advanceLock(desk, job),
    head: { height: book.meta('height') ?? 0, timestamp: 0 },
    startedAt: ctx.now(),
    archive: 0,
  }
  return desk
}

type EventsReply = Infer<(typeof SchedulerMessages)['verbs']['EventsAfter']['reply']>

/** A job that ended before this start is told from its record. */
function toldAgain(desk: Desk, job: JobRecord, seq: number): EventsReply {
  const { errorCode: code, errorMessage: message } = job
  const told: [JobEvent['event'], unknown][] = []
  if (job.receipt !== undefined) told.push(['receipt', receiptData(job)])
  if (code !== undefined) told.push(['error', { code, message }])
  told.push(['state', stateData(job)])
  return desk.events.endOf(seq, told)
}

export const Scheduler = actor({
  messages: SchedulerMessages,
  restart: 'permanent',
  // A full disk is waited out: with the back-off these are more failures than fit the window.
  intensity: { failures: 20, withinMs: 10_000 },
  mailbox: { capacity: 16_384, overflow: 'reject' },
  setup(ctx, props: SchedulerProps) {
    const desk = openDesk(ctx, props)
    const { book, events, workers } = desk
    const changes = new ChangePolls(book, () => ctx.now())
    book.changed = () => changes.wake()
    for (const job of book.open()) tellState(desk, job)
    const everyTick = () => {
      tick(desk)
      changes.tick()
      ctx.after('tick', TICK_MS, everyTick)
    }
    ctx.after('tick', TICK_MS, everyTick)
    followChain(desk, () => ctx.unstash())
    book.flush()
    /** What may cost money waits until the account's nonce is known. */
    const whenReady = (run: () => void) => {
      if (!desk.money.ready) ctx.stash()
      else {
        run()
        if (workers.takeFreed()) assignQueued(desk)
        book.flush()
      }
    }
    return {
      Quote({ consumer, request, payment }, reply) {
        const done = ctx.span('quote')
        reply(quote(desk, consumer, request, payment))
        done()
      },
      Submit: (submission, reply) => whenReady(() => submit(desk, submission, reply)),
      Job({ jobId }, reply) {
        const job = book.get(jobId)
        reply(job && viewOf(job))
      },
      Cancel: ({ jobId, by }, reply) =>
        whenReady(() => {
          const verdict = cancelWanted(desk, jobId, by)
          book.afterCommit(() => reply(verdict))
        }),
      ChangesAfter: ({ seq, max }, reply) => changes.after(seq, max, reply),
      EventsAfter({ jobId, seq }, reply) {
        const job = book.get(jobId)
        if (job === undefined) return reply({ last: 'yes', events: [] })
        if (job.phase === 'ended' && !events.has(jobId)) return reply(toldAgain(desk, job, seq))
        events.after(jobId, seq, reply)
      },
      Providers: (_, reply) => reply(workers.views()),
      Overview: ({ max }, reply) => reply(jobLines(book, max)),
      Register(body, reply) {
        reply(register(desk, body))
        book.flush()
      },
      Heartbeat: (body) => heartbeat(desk, body),
      Chunk: (body) => chunkArrived(desk, body),
      Finished: (body, reply) => whenReady(() => resultArrived(desk, body, reply)),
      Failed: (body, reply) => whenReady(() => failureArrived(desk, body, reply)),
      inspect: () => ({
        height: desk.head.height,
        open: book.open().length,
        transactions: desk.money.size(),
        workers: workers.views().length,
        ready: desk.money.ready,
      }),
    }
  },
})
