// Locks of a shard that is frozen: its money leaves by the rollup module on the base chain, to the
// provider by a settle until the deadline, to the consumer after it (decision 0205).

import { AbiError } from '../../protocol/abi/codec.ts'
import { type AbiEvent, decodeLog } from '../../protocol/abi/event.ts'
import type { Log } from '../../protocol/modules/module.ts'
import { ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import { LEFT, LOCK_SETTLED } from '../../protocol/rollup/rollup-abi.ts'
import type { Desk } from './desk.ts'
import { endJob } from './job-moves.ts'
import { isLocked, type LockedJob, settleHash } from './lock-terms.ts'

const isEvent = (log: Log, event: AbiEvent) =>
  log.address === ROLLUP_ADDRESS && log.topics[0] === event.topic

function jobOfLock(desk: Desk, lock: number, use?: number): LockedJob | undefined {
  return desk.book
    .open()
    .filter(isLocked)
    .find(({ rollup }) => rollup.lock === lock && (use === undefined || rollup.use === use))
}

/** Whether the log moved the money of one of our jobs. */
export function lockLeft(desk: Desk, log: Log, height: number): boolean {
  const isSettled = isEvent(log, LOCK_SETTLED)
  if (!isSettled && !isEvent(log, LEFT)) return false
  try {
    return isSettled ? settled(desk, log, height) : left(desk, log, height)
  } catch (error) {
    if (error instanceof AbiError) return false
    throw error
  }
}

function settled(desk: Desk, log: Log, height: number): boolean {
  const { indexed, data } = decodeLog(LOCK_SETTLED, log)
  const [use, amount, rest, hash] = data
  const job = jobOfLock(desk, Number(indexed[0]), Number(use))
  if (!job) return false
  const isOurs = hash === settleHash(job)
  if (!isOurs) {
    job.errorCode = 'SHARD_FROZEN'
    job.errorMessage = 'the provider settled the lock of a frozen shard for something else'
  }
  const ending = { paid: amount * ROLLUP_UNIT_WEI, refunded: rest * ROLLUP_UNIT_WEI, height }
  endJob(desk, job, isOurs ? 'settle' : 'fail', ending)
  return true
}

function left(desk: Desk, log: Log, height: number): boolean {
  const { indexed } = decodeLog(LEFT, log)
  const job = jobOfLock(desk, Number(indexed[0]))
  if (!job || height <= job.rollup.deadline) return false
  endFrozen(desk, job, height)
  return true
}

/** After the deadline the money is the consumer's, and he takes it by himself. */
export function endFrozen(desk: Desk, job: LockedJob, height?: number): void {
  job.errorCode = 'SHARD_FROZEN'
  job.errorMessage =
    'the shard of the lock was frozen; after the deadline its owner takes the money'
  const ending = { paid: 0n, refunded: job.priceCap }
  endJob(desk, job, 'expire', height === undefined ? ending : { ...ending, height })
}
