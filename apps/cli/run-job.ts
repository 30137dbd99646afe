// One paid job from quote to verified receipt, with a line for each thing as it becomes known.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from '../../lib/hex.ts'
import type { Speaker } from './base-command.ts'
import { CliError } from './cli-error.ts'
import type { JobDesk, JobOutcome, JobQuote, JobRequest } from './job-desk.ts'
import type { JobPayer, LockedMoney } from './job-payer.ts'
import * as lines from './screen/run-lines.ts'
import { trustAnchor } from './trust-anchor.ts'
import { verifyReceiptText } from './verify-receipt-text.ts'

export interface RunJob {
  readonly request: JobRequest
  readonly payer: JobPayer
  readonly desk: JobDesk
  /** Data folder: receipts are kept in it. */
  readonly data: string
  readonly say: Speaker
}

export interface RunDocument {
  readonly job_id: Hex
  readonly status: string
  readonly model_id: string
  readonly output: unknown
  readonly price_wei: string
  readonly paid_wei: string
  readonly refunded_wei: string
  /** One of the two is null. */
  readonly escrow_tx: Hex | null
  readonly rollup_lock: { readonly lock: number; readonly use: number } | null
  readonly settle_tx: Hex | null
  readonly receipt_file: string | null
  readonly error_code?: string
  readonly error_message?: string
}

const RETRY_MS = 1000

/** Asks a coordinator that does not answer again, where the money has to wait in any case. */
async function submit({ desk, say }: RunJob, quote: JobQuote, locked: LockedMoney): Promise<void> {
  const until = performance.now() + locked.patienceMs
  for (;;) {
    try {
      await desk.submit(quote, locked.money)
      return
    } catch (refused) {
      const isAway = refused instanceof CliError && refused.code === 'UNREACHABLE'
      if (!isAway || performance.now() > until) {
        say.line(await locked.giveBack())
        throw refused
      }
      await new Promise((done) => setTimeout(done, RETRY_MS))
    }
  }
}

/** Shows the provider and the tokens until the job has ended. */
async function follow({ desk, say }: RunJob, jobId: Hex): Promise<void> {
  const started = performance.now()
  let pieces = 0
  let open = false
  for await (const { event, data } of desk.events(jobId)) {
    if (event === 'state' && data.state === 'assigned') {
      const provider = String(data.provider ?? '')
      const worker = data.worker === undefined ? undefined : String(data.worker)
      say.line(lines.assignedLine(provider, worker, Number(data.attempts ?? 1)))
    } else if (event === 'token') {
      if (!open) say.text(' ▍')
      open = true
      pieces++
      say.text(String(data.text ?? ''))
    }
  }
  if (open) say.text('\n')
  if (pieces > 0) say.line(lines.streamedLine(pieces, 'pieces', performance.now() - started))
}

/** Writes the bundle to its file and checks it as a stranger would. */
async function keepReceipt({ desk, data, say }: RunJob, jobId: Hex): Promise<string> {
  const text = await desk.bundle(jobId)
  const folder = join(data, 'receipts')
  const file = join(folder, `${jobId}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, text)
  const started = performance.now()
  const verdict = verifyReceiptText(text, trustAnchor(data))
  if (!verdict.valid) {
    const hint = `the file stays at ${file}; do not trust it`
    throw new CliError('REFUSED', 'the receipt does not verify', verdict.reason, hint)
  }
  say.line(
    lines.receiptLine({
      id: verdict.receiptId ?? jobId,
      checks: verdict.checks.length,
      verifyMs: performance.now() - started,
      level: verdict.level ?? 'signed',
    }),
  )
  return file
}

/** Throws CliError; a job that failed is a document with its status, not an exception. */
export async function runJob(run: RunJob): Promise<RunDocument> {
  const { request, payer, desk, say } = run
  const before = await payer.unfinished(request)
  const quote = before?.quote ?? (await desk.quote(request, payer.payment))
  say.line(before ? lines.againLine(quote.jobId) : lines.quoteLine(quote))
  const locked = before?.locked ?? (await payer.lock(request, quote))
  say.line(locked.line)
  let isOver = false
  try {
    await submit(run, quote, locked)
    await follow(run, quote.jobId)
    const outcome = await desk.job(quote.jobId)
    const file = outcome.status === 'completed' ? await keepReceipt(run, quote.jobId) : null
    isOver = true
    return documentOf(run, quote, locked, outcome, file)
  } catch (error) {
    isOver = error instanceof CliError && error.code === 'REFUSED'
    throw error
  } finally {
    locked.end(isOver)
  }
}

function documentOf(
  { say }: RunJob,
  quote: JobQuote,
  { money }: LockedMoney,
  outcome: JobOutcome,
  file: string | null,
): RunDocument {
  const { paidWei, refundedWei, settleTx, settleBlock } = outcome
  say.line(lines.settledLine({ paidWei, refundedWei, block: settleBlock, tx: settleTx }))
  if (file) say.line(lines.fileLine(file))
  return {
    job_id: quote.jobId,
    status: outcome.status,
    model_id: outcome.modelId,
    output: outcome.output,
    price_wei: quote.priceWei.toString(),
    paid_wei: paidWei.toString(),
    refunded_wei: refundedWei.toString(),
    escrow_tx: 'escrow_tx' in money ? money.escrow_tx : null,
    rollup_lock: 'rollup_lock' in money ? money.rollup_lock : null,
    settle_tx: settleTx ?? null,
    receipt_file: file,
    ...(outcome.errorCode === undefined ? {} : { error_code: outcome.errorCode }),
    ...(outcome.errorMessage === undefined ? {} : { error_message: outcome.errorMessage }),
  }
}
