// Accepting a job: only with its money locked. Either the consumer has opened the escrow himself,
// or filled a lock of the rollup, or we open the escrow from his market deposit within his
// allowance. Not enough money: no job.

import { JOBS_OPEN_MAX, JOBS_OPENING_MAX } from '../../config/limits.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { jobIdOf, requestHash } from '../../protocol/job/job-id.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { readCanonicalRequest } from '../../protocol/job/read-request.ts'
import type { Escrow } from '../../protocol/market/escrow.ts'
import {
  decodeEscrow,
  encodeEscrowOf,
  encodeOpenEscrowFor,
} from '../../protocol/market/market-calls.ts'
import { allowanceSlot, depositSlot } from '../../protocol/market/market-storage.ts'
import { matchProviders } from '../../protocol/market/matching.ts'
import { MARKET_ADDRESS } from '../../protocol/params.ts'
import { ArchiveMessages } from '../messages/archive.ts'
import { assignOne } from './assign-jobs.ts'
import { archiveOf, type Desk, seconds } from './desk.ts'
import {
  create,
  type Draft,
  fingerprintOf,
  keyHex,
  no,
  type Reply,
  type Submission,
  type Submitted,
  yes,
} from './draft.ts'
import { tellState } from './job-moves.ts'
import type { JobRecord } from './job-record.ts'
import { beginSpan } from './job-trace.ts'
import { noProvider } from './quote.ts'
import { fromLock } from './submit-lock.ts'

const READ_WITHIN_MS = 5000
const ESCROW_WAIT_MS = 8000
const OPEN_WAIT_MS = 15_000
/** A job needs at least this much time from now to its deadline. */
const SECONDS_MIN = 5

export function submit(desk: Desk, submission: Submission, reply: Reply) {
  const read = readCanonicalRequest(submission.request)
  if (!read.ok) return reply(no(read.code, `${read.message} (${read.hint})`.slice(0, 512)))
  const hash = requestHash(submission.request)
  const jobId = jobIdOf(desk.props.chainId, submission.consumer, hash)
  const repeated = earlier(desk, submission, read.request)
  if (repeated !== undefined) return reply(repeated)
  const known = desk.book.get(jobId)
  if (known !== undefined) return reply(yes(known))
  const opening = desk.reading.size
  if (desk.book.open().length >= JOBS_OPEN_MAX || opening >= JOBS_OPENING_MAX) {
    return reply(no('TOO_MANY_JOBS', 'too many jobs are open; try again later'))
  }
  const draft = { jobId, hash, request: read.request, submission }
  // One submission at a time for a job, and for an idempotency key.
  if (submission.lock && submission.escrowTx) {
    return reply(no('INVALID_REQUEST', 'a job is paid by an escrow or by a lock, not by both'))
  }
  const names = [jobId, ...(submission.idempotencyKey === undefined ? [] : [keyHex(submission)])]
  if (names.some((name) => desk.reading.has(name))) {
    return reply(no('BUSY', 'this job is being submitted already'))
  }
  for (const name of names) desk.reading.add(name)
  // A deposit's escrow is waited for as a step of the job itself.
  const isOwn = submission.escrowTx !== undefined || submission.lock !== undefined
  const isFinal = isOwn ? desk.ctx.span('escrow final') : () => {}
  const answer = (submitted: Submitted) => {
    isFinal()
    for (const name of names) desk.reading.delete(name)
    reply(submitted)
  }
  const giveUpAt = desk.ctx.now() + ESCROW_WAIT_MS
  if (submission.lock) return fromLock(desk, draft, submission.lock, giveUpAt, answer)
  if (submission.escrowTx === undefined) return fromDeposit(desk, draft, answer)
  fromEscrow(desk, draft, submission.escrowTx, giveUpAt, answer)
}

/** The job that the same idempotency key made before. */
function earlier(desk: Desk, submission: Submission, request: JobRequest): Submitted | undefined {
  if (submission.idempotencyKey === undefined) return undefined
  const row = desk.ctx.store.get('keys', hexToBytes(keyHex(submission)))
  if (row === undefined) return undefined
  const { jobId, fingerprint } = JSON.parse(new TextDecoder().decode(row))
  if (fingerprint !== fingerprintOf(request)) {
    return no('IDEMPOTENCY_CONFLICT', 'this idempotency key was used for another request')
  }
  const job = desk.book.get(jobId)
  return job && yes(job)
}

function fromDeposit(desk: Desk, draft: Draft, reply: Reply) {
  const { request, submission } = draft
  const { best, explained } = matchProviders(desk.workers.candidates(), { request })
  if (best === undefined) {
    const { code, message } = noProvider(desk, request.model_id, explained)
    return reply(no(code, message))
  }
  const { consumer } = submission
  const slots = [depositSlot(consumer), allowanceSlot(consumer, desk.props.address)]
  readSlots(
    desk,
    slots,
    ([deposit = 0n, allowance = 0n]) => {
      const known = desk.book.get(draft.jobId)
      if (known !== undefined) return reply(yes(known))
      const reserved = desk.book
        .open()
        .filter((job) => job.phase === 'opening' && job.consumer === consumer)
        .reduce((sum, job) => sum + job.priceCap, 0n)
      const { priceWei } = best
      const free = (deposit < allowance ? deposit : allowance) - reserved
      if (free < priceWei)
        return reply(no('INSUFFICIENT_FUNDS', tooLittle(deposit, allowance, reserved, priceWei)))
      const deadline = seconds(desk) + request.requirements.deadline_seconds
      const terms = { modelRoot: best.model.modelRoot, priceCap: priceWei, deadline }
      const job = create(desk, draft, { ...terms, phase: 'opening' })
      const { jobId, requestHash, modelRoot, priceCap } = job
      const call = { jobId, requestHash, modelRoot, priceCap, consumer, deadline: BigInt(deadline) }
      job.escrowTx = desk.money.send(jobId, 'open', encodeOpenEscrowFor(call))
      desk.book.save(job)
      beginSpan(desk, job, 'escrow final')
      tellState(desk, job)
      whenOpen(desk, job, reply)
      desk.book.flush()
    },
    () => reply(no('UNAVAILABLE', 'the chain could not be read')),
  )
}

function tooLittle(deposit: bigint, allowance: bigint, reserved: bigint, price: bigint): string {
  const spoken = reserved === 0n ? '' : `, of which ${reserved} wei are being locked`
  return deposit < price + reserved
    ? `this job needs ${price} wei; the market deposit holds ${deposit} wei${spoken}`
    : `this job needs ${price} wei; the coordinator may lock ${allowance} wei${spoken} (authorize)`
}

/** Answers when the escrow is final or refused, at the latest after OPEN_WAIT_MS. */
function whenOpen(desk: Desk, job: JobRecord, reply: Reply): void {
  let answered = false
  const answer = () => {
    if (answered) return
    answered = true
    const now = desk.book.get(job.jobId) ?? job
    const failed = now.phase === 'ended' && now.escrowHeight === undefined
    reply(failed ? no('INSUFFICIENT_FUNDS', now.errorMessage ?? '') : yes(now))
  }
  desk.opening.set(job.jobId, [...(desk.opening.get(job.jobId) ?? []), answer])
  desk.ctx.after(`open ${job.jobId}`, OPEN_WAIT_MS, answer)
}

/** Reads slots of the market's storage one after the other. */
function readSlots(
  desk: Desk,
  slots: readonly Hex[],
  ok: (words: bigint[]) => void,
  failed: () => void,
  words: bigint[] = [],
): void {
  const slot = slots[words.length]
  if (slot === undefined) {
    ok(words)
    return
  }
  const body = { address: MARKET_ADDRESS, slot }
  desk.ctx.ask(ArchiveMessages, archiveOf(desk), 'Storage', body, {
    within: READ_WITHIN_MS,
    ok: (word) => readSlots(desk, slots, ok, failed, [...words, word]),
    failed,
  })
}

/** The escrow of a job as the chain has it; state `none` when there is none. */
export function readEscrow(
  desk: Desk,
  jobId: Hex,
  ok: (escrow: Omit<Escrow, 'fromDeposit'>) => void,
  failed: () => void,
): void {
  const data = encodeEscrowOf(jobId)
  const from = desk.props.address
  const body = { from, to: MARKET_ADDRESS, value: 0n, data, gas: 1_000_000, gasPrice: 0n }
  desk.ctx.ask(ArchiveMessages, archiveOf(desk), 'Call', body, {
    within: READ_WITHIN_MS,
    ok: (result) => {
      if (result.ok) ok(decodeEscrow(result.output))
      else failed()
    },
    failed,
  })
}

function fromEscrow(desk: Desk, draft: Draft, escrowTx: Hex, giveUpAt: number, reply: Reply): void {
  const failed = () => reply(no('UNAVAILABLE', 'the chain could not be read'))
  readEscrow(
    desk,
    draft.jobId,
    (escrow) => {
      const known = desk.book.get(draft.jobId)
      if (known !== undefined) return reply(yes(known))
      if (escrow.state === 'none') {
        if (desk.ctx.now() > giveUpAt) {
          return reply(no('ESCROW_NOT_FOUND', 'no final block opens an escrow for this job'))
        }
        const again = () => fromEscrow(desk, draft, escrowTx, giveUpAt, reply)
        return desk.ctx.after(`escrow ${draft.jobId}`, 150, again)
      }
      const wrong = wrongEscrow(desk, draft, escrow)
      if (wrong !== undefined) return reply(no('WRONG_ESCROW', wrong))
      const body = { hash: escrowTx }
      desk.ctx.ask(ArchiveMessages, archiveOf(desk), 'TransactionAt', body, {
        within: READ_WITHIN_MS,
        ok: (at) => {
          if (at === undefined)
            return reply(no('WRONG_ESCROW', 'escrow_tx is not a final transaction'))
          const known = desk.book.get(draft.jobId)
          if (known !== undefined) return reply(yes(known))
          const { modelRoot, priceCap } = escrow
          const deadline = Number(escrow.deadline)
          const job = create(desk, draft, { modelRoot, priceCap, deadline, phase: 'queued' })
          job.escrowTx = escrowTx
          job.escrowHeight = at.height
          desk.book.save(job)
          tellState(desk, job)
          beginSpan(desk, job, 'match')
          assignOne(desk, job)
          desk.book.afterCommit(() => reply(yes(job)))
          desk.book.flush()
        },
        failed,
      })
    },
    failed,
  )
}

function wrongEscrow(
  desk: Desk,
  draft: Draft,
  escrow: Omit<Escrow, 'fromDeposit'>,
): string | undefined {
  if (escrow.consumer !== draft.submission.consumer) return 'the escrow is of another consumer'
  if (escrow.coordinator !== desk.props.address) return 'the escrow names another coordinator'
  if (escrow.requestHash !== draft.hash) return 'the escrow is for another request'
  if (escrow.state !== 'pending') return `the escrow is ${escrow.state}`
  if (Number(escrow.deadline) < seconds(desk) + SECONDS_MIN) return 'the deadline is too near'
  return undefined
}
