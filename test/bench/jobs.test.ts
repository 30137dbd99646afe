// The jobs of the bench: what their generator counts, what the auditor finds wrong, and what a job
// is said to cost.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HdrHistogram } from '../../bench/harness/hdr-histogram.ts'
import { type JobOutcome, jobFigures, usdOf } from '../../bench/harness/job-figures.ts'
import { JobsAudit } from '../../bench/scenarios/mixed/audit-jobs.ts'
import type { JobRecord } from '../../bench/scenarios/mixed/jobs/job-messages.ts'
import {
  LOCKED,
  lockOf,
  priceOf,
  settleOf,
} from '../../bench/scenarios/mixed/jobs/job-operations.ts'
import { JobRecorder } from '../../bench/scenarios/mixed/jobs/job-recorder.ts'
import { JobRun } from '../../bench/scenarios/mixed/jobs/job-run.ts'
import { LockBook } from '../../bench/scenarios/mixed/jobs/lock-book.ts'
import { GENESIS_KEYS_SEED } from '../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../compute/crypto/key-book.ts'
import type { Hex } from '../../lib/hex.ts'
import { AccountTable } from '../../protocol/rollup/account-table.ts'
import type { Claim } from '../../protocol/rollup/claim.ts'
import type { Operations } from '../../protocol/rollup/operations.ts'
import { encodeSentOperation, type SentOperation } from '../../protocol/rollup/sent-operation.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import { NOBODY_ABSENT, writeBody } from '../../protocol/rollup/write-body.ts'

const GENESIS: Hex = `0x${'ab'.repeat(32)}`
const ACCOUNTS = 4
const CONFIG = {
  shards: 1,
  accounts: ACCOUNTS,
  locks: 2,
  balance: 5000n,
  owner: `0x${'00'.repeat(20)}` as Hex,
}
const book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
const locks = new LockBook(ACCOUNTS, 2)
const [first, second] = [locks.take(), locks.take()]
if (!first || !second) throw new Error('two locks')
const paidJob = { lock: first, payee: 1, deadline: 900, serial: 1 }
const leftJob = { lock: second, payee: 0, deadline: 90, serial: 2 }
const price = priceOf(1)

test('locks are taken in turn, and only free ones', () => {
  const few = new LockBook(10, 3)
  const taken = [few.take(), few.take(), few.take()]
  assert.equal(
    taken.map((lock) => [lock?.index, lock?.owner]),
    [
      [10, 0],
      [11, 1],
      [12, 2],
    ],
  )
  assert.is(few.take(), undefined)
  if (taken[1]) few.give(taken[1])
  few.retire()
  assert.equal([few.busyCount, few.retiredCount], [1, 1])
  assert.is(few.take(), taken[1])
  assert.is(few.take(), undefined)
})

test('every job of a run is paid, given back, failed or expired, once', () => {
  const run = new JobRun({ name: 'a', perSecond: 100, seconds: 1, expireMs: 0 })
  run.start()
  const offered = run.times.length
  assert.ok(offered > 60 && offered < 140)
  run.locked(0)
  run.paidOut(0, 0)
  run.givenBack()
  run.refused('BALANCE')
  const load = run.end()
  run.paidOut(0, 0)
  const counts = [load.paid, load.returned, load.failed, load.expired, load.inSchedule]
  assert.equal(counts, [1, 1, 1, offered - 3, 2])
  assert.equal(load.refusals, { BALANCE: 1 })
})

const histogramOf = (ms: number) => {
  const histogram = new HdrHistogram()
  histogram.record(ms * 1000)
  return histogram
}
const round = (over: Partial<JobOutcome> = {}): JobOutcome => ({
  offered: 100,
  paid: 88,
  returned: 10,
  failed: 1,
  expired: 1,
  inSchedule: 50,
  refusals: { BUSY: 1 },
  times: {
    lock: histogramOf(300),
    settle: histogramOf(400),
    job: histogramOf(700),
    lag: histogramOf(1),
  },
  cpuMs: 1050,
  cpuMsWithout: 1000,
  ...over,
})

test('a job costs what the rounds took beyond those without jobs', () => {
  const rounds = [round(), round({ cpuMs: 1100 }), round({ cpuMs: 1000 })]
  const figures = jobFigures(rounds, 30, 0.05)
  assert.equal(figures?.cpu_us_per_job, [1000, 2000, 0])
  assert.equal([figures?.cpu_us, figures?.paid, figures?.offered_per_s], [1000, 264, 10])
  // A millisecond of a core at 5 cents an hour.
  assert.is(figures?.usd_per_job, 1.39e-8)
  assert.is(usdOf(3600e6, 0.05), 0.05)
  assert.equal(figures?.refusals, { BUSY: 3 })
  assert.throws(() => jobFigures([round({ paid: 89 })], 10, 0.05), /are not the 100 jobs/)
  assert.is(jobFigures([], 10, 0.05), undefined)
})

function operationsOf(sent: readonly SentOperation[]): Operations {
  const part = (kind: string, cut: (bytes: Uint8Array) => number[]) => {
    const words = sent
      .filter(({ terms }) => terms.kind === kind)
      .flatMap((one) => [...new Uint32Array(Uint8Array.from(cut(encodeSentOperation(one))).buffer)])
    return Uint32Array.from(words)
  }
  return {
    settles: part('settle', (bytes) => [...bytes.slice(0, 64), ...bytes.slice(72)]),
    refunds: part('refund', (bytes) => [...bytes.slice(0, 32)]),
    locks: part('lock', (bytes) => [...bytes]),
  }
}

const lockedBoth = [lockOf(paidJob, GENESIS, book), lockOf(leftJob, GENESIS, book)]
const settled = settleOf(paidJob, GENESIS, book)
const { index, owner, use } = second
const refunded: SentOperation = {
  ...settled,
  terms: {
    kind: 'refund',
    owner,
    lock: index,
    payee: 0,
    use,
    nonce: 0,
    amount: LOCKED,
    deadline: 90,
  },
}

function stateOf(money: readonly bigint[]): ShardState {
  const table = AccountTable.create(ACCOUNTS + 2)
  for (const [slot, units] of money.entries()) table.put(slot, Number(units), 0, 0, 1, 0)
  table.used = money.length
  return { table } as unknown as ShardState
}
const MONEY = [5000n - price, 5000n + price, 5000n, 5000n, 0n, 0n]

function heardOf(over: (recorder: JobRecorder) => void = () => {}): JobRecord {
  const recorder = new JobRecorder()
  recorder.locked(1)
  recorder.locked(1)
  recorder.settled(2, price)
  recorder.refunded(3)
  over(recorder)
  return recorder.record()
}

function faultsOf(
  batches: readonly (readonly SentOperation[])[],
  record: JobRecord,
  money = MONEY,
): string[] {
  const audit = new JobsAudit(record, CONFIG)
  const faults = batches.flatMap((sent, i) => {
    const operations = operationsOf(sent)
    const count = (kind: string) => sent.filter(({ terms }) => terms.kind === kind).length
    const counts = { settles: count('settle'), refunds: count('refund'), locks: count('lock') }
    const plain = { shard: 0, number: i + 1, signature: new Uint8Array(96), sections: [] }
    const body = writeBody({ ...plain, absent: NOBODY_ABSENT, operations })
    return audit.batch({ number: i + 1, ...counts } as Claim, body)
  })
  return [...faults, ...audit.end(stateOf(money)).faults]
}

const BATCHES = [lockedBoth, [settled], [refunded]]

test('what was locked, paid and given back is found in the claims, with its money', () => {
  assert.equal(faultsOf(BATCHES, heardOf()), [])
})

test('the auditor finds what was counted and is not there, and the other way round', () => {
  const more = heardOf((recorder) => recorder.settled(3, 1n))
  assert.match(faultsOf(BATCHES, more).join(), /0 settles, 1 were counted.*units were counted/)
  const elsewhere = heardOf((recorder) => recorder.locked(9))
  assert.match(faultsOf(BATCHES, elsewhere).join(), /batch 9 had jobs and is not there/)
  const fewer = new JobRecorder()
  fewer.locked(1)
  assert.match(faultsOf(BATCHES, fewer.record()).join(), /3 operations that nobody counted/)
  // Two of which nobody heard may be there, when the generator says so.
  const doubtful = heardOf((recorder) => recorder.doubted())
  assert.equal(faultsOf(BATCHES, doubtful), [])
})

test('the auditor finds a lock that is filled twice, emptied twice, or too far', () => {
  const twice = [lockedBoth, lockedBoth.slice(0, 1)]
  assert.match(faultsOf(twice, heardOf()).join(), /filled while it is held/)
  const again = [lockedBoth, [settled], [settled]]
  assert.match(faultsOf(again, heardOf()).join(), /settle of lock 4 is not of what it holds/)
  const terms = { ...settled.terms, amount: LOCKED + 1n }
  const tooMuch = [lockedBoth, [{ ...settled, terms }]]
  assert.match(faultsOf(tooMuch, heardOf()).join(), /is not of what it holds/)
  const made = [...MONEY.slice(0, 5), 1n]
  assert.match(faultsOf(BATCHES, heardOf(), made).join(), /20001 units in accounts and locks/)
})

test.run()
