// What a request would cost, who would do it, and why others would not. Quotes are not stored: the
// text they return says everything.

import type { Hex } from '../../lib/hex.ts'
import type { Infer } from '../../lib/schema.ts'
import type { JobRefusal } from '../../protocol/errors/job-refusals.ts'
import { jobIdOf, requestHash } from '../../protocol/job/job-id.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { readRequestText } from '../../protocol/job/read-request.ts'
import { ZERO_ADDRESS, ZERO_HASH } from '../../protocol/market/escrow.ts'
import { type Explained, type Match, matchProviders } from '../../protocol/market/matching.ts'
import { MARKET_ADDRESS } from '../../protocol/params.ts'
import type { SchedulerMessages } from '../messages/scheduler.ts'
import { type Desk, seconds } from './desk.ts'
import { lockDeadline } from './lock-terms.ts'

type QuoteReply = Infer<(typeof SchedulerMessages)['verbs']['Quote']['reply']>

const EXPLAIN_CHARS_MAX = 60_000

type Payment = Infer<(typeof SchedulerMessages)['verbs']['Quote']['body']>['payment']

export function quote(desk: Desk, consumer: Hex, text: string, payment: Payment): QuoteReply {
  const read = readRequestText(text, randomSalt(desk))
  if (!read.ok) return refusal(desk, read.code, `${read.message} (${read.hint})`)
  const { request } = read
  const hash = requestHash(read.text)
  const named = {
    request: read.text,
    jobId: jobIdOf(desk.props.chainId, consumer, hash),
    requestHash: hash,
    modelId: request.model_id,
    deadlineSeconds: seconds(desk) + request.requirements.deadline_seconds,
  }
  const { best, explained } = matchProviders(
    desk.workers.candidates(),
    payment === 'rollup' ? { request, rollup: {} } : { request },
  )
  const explain = explainText(explained)
  if (best === undefined) {
    const { code, message } = noProvider(desk, request.model_id, explained)
    return { ...refusal(desk, code, message), ...named, explain }
  }
  return {
    ...refusal(desk, '', ''),
    ...named,
    modelRoot: best.model.modelRoot,
    priceWei: best.priceWei,
    lock: payment === 'rollup' ? lockFor(desk, best, request) : undefined,
    explain,
    matching: explained.filter((provider) => provider.matches).length,
  }
}

function lockFor(desk: Desk, { account }: Match, { requirements }: JobRequest): QuoteReply['lock'] {
  const deadline = lockDeadline(desk.head.height, requirements.deadline_seconds)
  return account === undefined ? undefined : { payee: account, deadline }
}

/** Why no provider fits at all, in words that say what would help. */
export function noProvider(
  desk: Desk,
  modelId: string,
  explained: readonly Explained[],
): { code: JobRefusal; message: string } {
  const cheapest = explained
    .filter(({ reason }) => reason === 'price_too_low')
    .sort((a, b) => ((a.priceWei ?? 0n) < (b.priceWei ?? 0n) ? -1 : 1))[0]
  if (cheapest !== undefined) return { code: 'PRICE_TOO_LOW', message: cheapest.detail }
  if (explained.some(({ reason }) => reason === 'requirements' || reason === 'no_capacity')) {
    const details = explained.map(({ worker, detail }) => `${worker} ${detail}`)
    return { code: 'NO_PROVIDER', message: `no provider fits: ${details.join('; ').slice(0, 400)}` }
  }
  const known = new Set<string>()
  for (const { models } of desk.workers.candidates()) {
    for (const model of models) known.add(model.modelId)
  }
  const list =
    known.size === 0 ? 'no model is offered right now' : `offered: ${[...known].join(', ')}`
  return {
    code: 'MODEL_UNAVAILABLE',
    message: `no provider offers ${modelId}; ${list}`.slice(0, 512),
  }
}

function refusal(desk: Desk, code: string, message: string): QuoteReply {
  return {
    code,
    message: message.slice(0, 512),
    request: '',
    jobId: ZERO_HASH,
    requestHash: ZERO_HASH,
    modelId: '',
    modelRoot: ZERO_HASH,
    priceWei: 0n,
    deadlineSeconds: 0,
    coordinator: desk.props.address ?? ZERO_ADDRESS,
    market: MARKET_ADDRESS,
    lock: undefined,
    explain: '[]',
    matching: 0,
  }
}

function explainText(explained: readonly Explained[]): string {
  const rows = explained.map(({ worker, address, matches, reason, detail, priceWei }) => {
    return { worker, address, matches, reason, detail, price_wei: priceWei?.toString() ?? null }
  })
  let text = JSON.stringify(rows)
  while (text.length > EXPLAIN_CHARS_MAX) {
    rows.length = Math.floor(rows.length / 2)
    text = JSON.stringify(rows)
  }
  return text
}

function randomSalt(desk: Desk): Hex {
  let salt = '0x'
  for (let i = 0; i < 32; i++) salt += desk.ctx.random(256).toString(16).padStart(2, '0')
  return salt as Hex
}
