// Accepting a job that a lock of the rollup pays: its money is in a final batch, for this job, of
// this consumer, for a provider who is here, and nobody has taken it out again.

import type { Hex } from '../../lib/hex.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { hashPairsNoble } from '../../protocol/crypto/hash-pairs.ts'
import type { JobRefusal } from '../../protocol/errors/job-refusals.ts'
import { matchProviders, type OfferedModel } from '../../protocol/market/matching.ts'
import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import { termsHash } from '../../protocol/rollup/operation-digests.ts'
import {
  type OperationReceipt,
  readShownOperation,
} from '../../protocol/rollup/operation-receipt.ts'
import { OPERATION_LOCK } from '../../protocol/rollup/operations.ts'
import type { Reply as ReplyOf } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { assignOne } from './assign-jobs.ts'
import { type Desk, seconds } from './desk.ts'
import { create, type Draft, no, type Reply, yes } from './draft.ts'
import { tellState } from './job-moves.ts'
import { beginSpan } from './job-trace.ts'
import { secondsUntil } from './lock-terms.ts'
import { askShard, shardAt } from './shard-asks.ts'

type Verbs = (typeof ShardMessages)['verbs']
type Lock = { readonly lock: number; readonly use: number }
type Wrong = readonly [code: JobRefusal, message: string]

const LOOK_MS = 150
/** A job needs at least this much time from now to its deadline. */
const SECONDS_MIN = 5

/** Looks until `giveUpAt` for the batch: nodes see it final one after the other. */
export function fromLock(
  desk: Desk,
  draft: Draft,
  named: Lock,
  giveUpAt: number,
  reply: Reply,
): void {
  const { lock, use } = named
  const shard = shardAt(desk, lock)
  const failed = () => reply(no('UNAVAILABLE', 'the rollup could not be read'))
  const absent = (isFrozen: boolean) => {
    if (isFrozen) {
      reply(no('SHARD_FROZEN', `the shard of lock ${lock} is frozen: it executes nothing any more`))
    } else if (desk.ctx.now() > giveUpAt) {
      reply(no('LOCK_NOT_FOUND', `no final batch has locked money in lock ${lock}, use ${use}`))
    } else {
      const again = () => fromLock(desk, draft, named, giveUpAt, reply)
      desk.ctx.after(`lock ${draft.jobId}`, LOOK_MS, again)
    }
  }
  const look = (isFrozen: boolean) => {
    const kind = OPERATION_LOCK
    askShard(
      desk,
      shard,
      'FindOperation',
      { lock, use, kind },
      {
        ok: (found) => {
          const receipt = found && readShownOperation(found, hashPairsNoble)
          if (!receipt) {
            desk.archive++
            absent(isFrozen)
          } else if (isFrozen) absent(true)
          else stillHeld(desk, draft, receipt, reply)
        },
        failed,
      },
    )
  }
  askShard(desk, shard, 'Head', null, { ok: ({ frozen }) => look(frozen), failed })
}

function stillHeld(desk: Desk, draft: Draft, receipt: OperationReceipt, reply: Reply): void {
  const failed = () => reply(no('UNAVAILABLE', 'the rollup could not be read'))
  const { lock, use, owner } = receipt.operation
  const withOwner = (account: ReplyOf<Verbs, 'Account'>) => {
    const known = desk.book.get(draft.jobId)
    if (known !== undefined) return reply(yes(known))
    const wrong =
      account?.owner === draft.submission.consumer
        ? undefined
        : (['WRONG_LOCK', `lock ${lock} belongs to account ${owner}, which is not yours`] as const)
    if (wrong) return reply(no(...wrong))
    accept(desk, draft, receipt, reply)
  }
  const withLock = (held: ReplyOf<Verbs, 'Lock'>) => {
    if (!held?.held || held.use !== use) {
      reply(no('LOCK_USED', `lock ${lock} was paid out or given back since use ${use}`))
    } else
      askShard(desk, shardAt(desk, owner), 'Account', { index: owner }, { ok: withOwner, failed })
  }
  askShard(desk, shardAt(desk, lock), 'Lock', { index: lock }, { ok: withLock, failed })
}

/** The weights that the lock was made for, among those that are offered. */
function modelOf(
  { jobId, hash: requestHash }: Draft,
  { hash }: OperationReceipt,
  offered: readonly OfferedModel[],
): Hex | undefined {
  return offered.find(({ modelRoot }) => {
    return bytesToHex(termsHash({ jobId, requestHash, modelRoot })) === hash
  })?.modelRoot
}

type Judged = { readonly modelRoot: Hex } | { readonly wrong: Wrong }

/** Who is not here now may come: that is no fault of the lock. */
function judge(desk: Desk, draft: Draft, receipt: OperationReceipt): Judged {
  const { lock, payee } = receipt.operation
  const { model_id: modelId } = draft.request
  const wrong = (code: JobRefusal, message: string): Judged => ({ wrong: [code, message] })
  const own = desk.workers.candidates().filter(({ account }) => account === payee)
  if (own.length === 0) {
    return wrong('NO_PROVIDER', `lock ${lock} is for account ${payee}, which is no provider's here`)
  }
  const offered = own.flatMap(({ models }) => models).filter((one) => one.modelId === modelId)
  if (offered.length === 0) {
    return wrong('NO_PROVIDER', `the provider of account ${payee} does not offer ${modelId} now`)
  }
  const modelRoot = modelOf(draft, receipt, offered)
  if (modelRoot === undefined) {
    return wrong('WRONG_LOCK', `lock ${lock} was made for another job, or for other weights`)
  }
  const no = whyNot(desk, draft, receipt, modelRoot)
  return no ? { wrong: no } : { modelRoot }
}

function whyNot(
  desk: Desk,
  { request }: Draft,
  { operation }: OperationReceipt,
  modelRoot: Hex,
): Wrong | undefined {
  const { lock, payee, amount, deadline } = operation
  const candidates = desk.workers.candidates()
  if (secondsUntil(deadline, desk.head.height) < SECONDS_MIN) {
    return ['WRONG_LOCK', `the deadline of lock ${lock}, block ${deadline}, is too near`]
  }
  const wanted = { request, modelRoot, rollup: { payee } }
  const priceCap = amount * ROLLUP_UNIT_WEI
  const { best, explained } = matchProviders(candidates, { ...wanted, priceCap })
  if (best) return undefined
  const own = explained.find(({ reason }) => reason === 'price_too_low')
  if (own) return ['WRONG_LOCK', `lock ${lock} holds too little: the provider ${own.detail}`]
  // He is here, but not now: the job waits for him.
  const away = explained.some(({ reason }) => reason === 'no_capacity')
  return away ? undefined : ['NO_PROVIDER', `the provider of account ${payee} does not fit`]
}

function accept(desk: Desk, draft: Draft, receipt: OperationReceipt, reply: Reply): void {
  const judged = judge(desk, draft, receipt)
  if ('wrong' in judged) {
    reply(no(...judged.wrong))
    return
  }
  const { modelRoot } = judged
  const { lock, use, owner, payee, amount, deadline } = receipt.operation
  const most = secondsUntil(deadline, desk.head.height)
  const lasts = Math.min(draft.request.requirements.deadline_seconds, most)
  const job = create(desk, draft, {
    modelRoot,
    priceCap: amount * ROLLUP_UNIT_WEI,
    deadline: seconds(desk) + lasts,
    phase: 'queued',
    rollup: { lock, use, owner, payee, deadline },
  })
  desk.book.save(job)
  desk.ctx.reached('scheduler-job-by-lock')
  tellState(desk, job)
  beginSpan(desk, job, 'match')
  assignOne(desk, job)
  desk.book.afterCommit(() => reply(yes(job)))
  desk.book.flush()
}
