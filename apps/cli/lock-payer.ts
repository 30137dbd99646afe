// Pays a job by a lock of the consumer's account in the rollup.

import { join } from 'node:path'
import { bytesToHex } from '../../lib/hex.ts'
import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import { termsHash } from '../../protocol/rollup/operation-digests.ts'
import type { OperationReceipt } from '../../protocol/rollup/operation-receipt.ts'
import { lockForQuote } from '../../sdk/rollup/lock-for-quote.ts'
import { CliError } from './cli-error.ts'
import type { JobQuote, JobRequest } from './job-desk.ts'
import type { JobPayer, LockedMoney } from './job-payer.ts'
import { type RollupDesk, rollupDesk } from './rollup-desk.ts'
import { freeLock } from './rollup-locks.ts'
import { chainOf, executeOperation, findFinal, spendSigner } from './rollup-operation.ts'
import type { RollupOptions } from './rollup-options.ts'
import { holdAccount, payingState } from './rollup-payer.ts'
import * as lines from './screen/run-lines.ts'
import type { Terminal } from './terminal.ts'
import { type HeldRun, UnfinishedRuns } from './unfinished-runs.ts'

/** A coordinator that is started again finds the lock as it is. */
const PATIENCE_MS = 60_000

function moneyOf(run: HeldRun, { operation }: OperationReceipt, ms: number): LockedMoney {
  const { quote, lock, use } = run
  const { payee, deadline } = operation
  const { priceWei: wei } = quote
  return {
    money: { rollup_lock: { lock, use } },
    line: lines.lockLine({ wei, lock, use, payee, ms }),
    patienceMs: PATIENCE_MS,
    giveBack: async () => lines.lockedUntilBlockLine(wei, lock, deadline),
    end: (isOver) => run.end(isOver),
  }
}

async function lockPrice(
  desk: RollupDesk,
  runs: UnfinishedRuns,
  request: JobRequest,
  quote: JobQuote,
): Promise<LockedMoney> {
  const { priceWei, lock: wanted } = quote
  if (!wanted) {
    const why = 'it named no account of a provider'
    const hint = 'its provider registers one: ./aitbc rollup register'
    throw new CliError('REFUSED', 'the coordinator quoted no price in the rollup', why, hint)
  }
  const owner = await desk.index()
  const { genesisHash } = await chainOf(desk)
  const held = await holdAccount(desk, owner, genesisHash)
  try {
    const { nonce, fee, height } = await payingState(desk, owner, priceWei / ROLLUP_UNIT_WEI)
    const { lock, use } = await freeLock(desk.rpc, owner, undefined)
    const payer = { owner, lock, use, nonce }
    const limits = { maxFee: fee, height }
    const sent = lockForQuote(genesisHash, quote, payer, limits, await spendSigner(desk))
    const run = runs.begin({ request, quote, lock, use })
    try {
      const { found, ms } = await executeOperation(desk, sent)
      return moneyOf(run, found, ms)
    } catch (error) {
      run.end(error instanceof CliError && error.code === 'REFUSED')
      throw error
    }
  } finally {
    held.release()
  }
}

/** Money that was locked for the same request by a command that was cut off, if it was. */
async function unfinished(desk: RollupDesk, runs: UnfinishedRuns, request: JobRequest) {
  const run = runs.find(request)
  if (!run) return undefined
  const { lock, use, quote } = run
  try {
    const found = await findFinal(desk.rpc, { kind: 'lock', lock, use })
    if (found?.hash === bytesToHex(termsHash(quote))) {
      return { quote, locked: moneyOf(run, found, 0) }
    }
    run.end(true)
    return undefined
  } catch (error) {
    run.end(false)
    throw error
  }
}

/** Rejects with CliError where the account is not registered. */
export async function lockPayer(options: RollupOptions, terminal: Terminal): Promise<JobPayer> {
  const desk = await rollupDesk(options, terminal)
  await desk.index()
  const runs = new UnfinishedRuns(join(desk.secrets.signedFolder, 'unfinished'))
  return {
    payment: 'rollup',
    lock: (request, quote) => lockPrice(desk, runs, request, quote),
    unfinished: (request) => unfinished(desk, runs, request),
  }
}
