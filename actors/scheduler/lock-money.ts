// The money of jobs that a lock of the rollup pays. What a provider signed (his price, or that he
// gives it back) is on disk before it is handed in, and is handed in until a final batch has it, or
// the lock's deadline has given it back. The rollup is the truth about it.

import { LOCK_ASKS_MAX, LOCK_LOOK_MS, LOCK_OPERATE_MS } from '../../config/shard-limits.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { hashPairsNoble } from '../../protocol/crypto/hash-pairs.ts'
import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import {
  type OperationReceipt,
  readShownOperation,
} from '../../protocol/rollup/operation-receipt.ts'
import { OPERATION_KINDS, type OperationKind } from '../../protocol/rollup/operation-terms.ts'
import { GpuWorkerMessages } from '../messages/gpu-worker.ts'
import { RollupSequencerMessages } from '../messages/rollup-sequencer.ts'
import { shardKey } from '../messages/shard.ts'
import { archiveOf, type Desk } from './desk.ts'
import { endFrozen } from './frozen-locks.ts'
import { endJob, isPartial } from './job-moves.ts'
import type { JobRecord } from './job-record.ts'
import { asJob } from './job-trace.ts'
import { heldLock, isLocked, isReleaseOf, type LockedJob, settleHash } from './lock-terms.ts'
import { askShard, shardAt } from './shard-asks.ts'

const RELEASE_WITHIN_MS = 5000
const GRACE_MS = 5000
/** How often one hand-in follows the word of who sequences the shard. */
const HOPS_MAX = 3
/** What the signer can never be paid by. */
const BAD = new Set(['UNDECODABLE', 'BAD_SIGNATURE', 'NOT_REGISTERED'])

/** Takes one step of a job whose money is to move; what follows comes by itself or with a tick. */
export function advanceLock(desk: Desk, job: JobRecord): void {
  if (!isLocked(job) || !['settling', 'failing'].includes(job.phase)) return
  const { asking } = desk
  if (asking.has(job.jobId) || asking.size >= LOCK_ASKS_MAX) return
  asking.add(job.jobId)
  const done = () => {
    asking.delete(job.jobId)
    desk.book.flush()
  }
  asJob(desk, job, () => {
    if (job.operation !== undefined) handIn(desk, job, done)
    else askRelease(desk, job, done)
  })
}

function handIn(desk: Desk, job: LockedJob, done: () => void, to?: string, hops = 0): void {
  const shard = shardAt(desk, job.rollup.lock)
  const node = to ?? desk.sequencers.get(shard) ?? archiveOf(desk)
  const body = { operations: hexToBytes(job.operation ?? '0x'), withinMs: LOCK_OPERATE_MS }
  desk.ctx.ask(RollupSequencerMessages, shardKey(node, shard), 'Operate', body, {
    within: LOCK_OPERATE_MS + GRACE_MS,
    ok: ({ code, sequencer, results }) => {
      const known = desk.props.nodes.includes(sequencer) ? sequencer : undefined
      if (code === 'NOT_SEQUENCER' && known && hops < HOPS_MAX) {
        desk.sequencers.set(shard, known)
        handIn(desk, job, done, known, hops + 1)
        return
      }
      const result = results[0]?.code ?? code
      if (BAD.has(result)) refused(desk, job, result)
      // A shard that takes nothing now will later, unless it is frozen.
      const isLater = result === 'PENDING' || code !== '' || BAD.has(result)
      if (isLater && desk.head.height <= job.rollup.deadline) done()
      else look(desk, job, done)
    },
    failed: () => {
      desk.sequencers.delete(shard)
      desk.archive++
      look(desk, job, done)
    },
  })
}

/** What was signed is worth nothing: the job has no result, and its money goes back. */
function refused(desk: Desk, job: LockedJob, code: string): void {
  const { jobId, worker } = job
  desk.ctx.log('warn', 'operation-refused', { jobId, worker, code, phase: job.phase })
  desk.ctx.reached('scheduler-operation-refused')
  delete job.operation
  if (job.phase === 'settling') {
    job.phase = 'failing'
    job.errorCode = code
    job.errorMessage = 'the rollup does not take what the provider signed for his price'
    delete job.receipt
    delete job.receiptHash
    delete job.output
  }
  desk.book.save(job)
}

/** Whoever the lock is for gives it back at once; without him its deadline does. */
function askRelease(desk: Desk, job: LockedJob, done: () => void): void {
  const { payee } = job.rollup
  const workers = [...desk.workers.workers.values()]
  const worker = workers.find(({ account, online }) => online && account === payee)
  const isDue = desk.ctx.now() - (desk.lookedAt.get(job.jobId) ?? 0) >= LOCK_LOOK_MS
  if (!isDue) {
    done()
    return
  }
  desk.lookedAt.set(job.jobId, desk.ctx.now())
  if (!worker || desk.head.height > job.rollup.deadline) {
    look(desk, job, done)
    return
  }
  const { jobId } = job
  const body = { jobId, lock: heldLock(job) }
  desk.ctx.ask(GpuWorkerMessages, worker.worker, 'Release', body, {
    within: RELEASE_WITHIN_MS,
    ok: ({ code, operation }) => {
      if (code === 'BUSY') {
        desk.ctx.tell(GpuWorkerMessages, worker.worker, 'Cancel', { jobId, attempt: job.attempts })
      }
      if (code !== '' || !isReleaseOf(operation, job)) {
        look(desk, job, done)
        return
      }
      job.operation = bytesToHex(operation)
      desk.book.save(job)
      desk.book.afterCommit(() => handIn(desk, job, done))
      desk.book.flush()
    },
    failed: () => look(desk, job, done),
  })
}

/** Whether a final batch has paid the lock out or given it back. */
function look(desk: Desk, job: LockedJob, done: () => void): void {
  const { lock, use } = job.rollup
  const find = (kind: OperationKind, otherwise: () => void) => {
    const body = { lock, use, kind: OPERATION_KINDS[kind] }
    askShard(desk, shardAt(desk, lock), 'FindOperation', body, {
      ok: (found) => {
        const receipt = found && readShownOperation(found, hashPairsNoble)
        if (receipt && job.phase !== 'ended') ended(desk, job, receipt, found)
        else otherwise()
        if (receipt) done()
      },
      failed: done,
    })
  }
  find('settle', () =>
    find('refund', () => {
      if (desk.head.height <= job.rollup.deadline || job.phase === 'ended') done()
      else lookFrozen(desk, job, done)
    }),
  )
}

/** After the deadline, and no batch known that gave the money back. */
function lookFrozen(desk: Desk, job: LockedJob, done: () => void): void {
  askShard(desk, shardAt(desk, job.rollup.lock), 'Head', null, {
    ok: ({ frozen }) => {
      if (frozen && job.phase !== 'ended') endFrozen(desk, job)
      // Another node may know: each looks only so far back.
      desk.archive++
      done()
    },
    failed: done,
  })
}

function ended(
  desk: Desk,
  job: LockedJob,
  { operation, hash }: OperationReceipt,
  { number, position, height }: { number: number; position: number; height: number },
): void {
  const paid = operation.kind === 'settle' ? operation.amount * ROLLUP_UNIT_WEI : 0n
  const isOurs = operation.kind === 'settle' && hash === settleHash(job)
  job.rollup.ended = { batch: number, position }
  delete job.operation
  desk.lookedAt.delete(job.jobId)
  const ending = { paid, refunded: job.priceCap - paid, height }
  if (isOurs) {
    const partial = job.receipt !== undefined && isPartial(job.receipt)
    endJob(desk, job, partial ? 'settle-partial' : 'settle', ending)
    return
  }
  if (paid > 0n) {
    job.errorCode = 'PAID_OTHERWISE'
    job.errorMessage = 'the provider took money out of the lock for another receipt'
  }
  const isExpired = operation.kind === 'refund' || job.errorCode === 'EXPIRED'
  if (isExpired) {
    job.errorCode ??= 'EXPIRED'
    job.errorMessage ??= 'the deadline passed before a result was settled'
  }
  const how = isExpired ? 'expire' : 'fail'
  endJob(desk, job, job.cancelRequested ? 'call-off' : how, ending)
}
