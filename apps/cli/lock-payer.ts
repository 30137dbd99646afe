// Pays a job by a lock of the consumer's account in the rollup.

import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import { lockForQuote } from '../../sdk/rollup/lock-for-quote.ts'
import { CliError } from './cli-error.ts'
import type { JobQuote } from './job-desk.ts'
import type { JobPayer, LockedMoney } from './job-payer.ts'
import type { RollupDesk } from './rollup-desk.ts'
import { rollupDesk } from './rollup-desk.ts'
import { freeLock } from './rollup-locks.ts'
import { chainOf, executeOperation, spendSigner } from './rollup-operation.ts'
import type { RollupOptions } from './rollup-options.ts'
import { holdAccount, payingState } from './rollup-payer.ts'
import * as lines from './screen/run-lines.ts'
import type { Terminal } from './terminal.ts'

/** A coordinator that is started again finds the lock as it is. */
const PATIENCE_MS = 60_000

async function lockPrice(desk: RollupDesk, owner: number, quote: JobQuote): Promise<LockedMoney> {
  const { priceWei, lock: wanted } = quote
  if (!wanted) {
    const why = 'it named no account of a provider'
    const hint = 'its provider registers one: ./aitbc rollup register'
    throw new CliError('REFUSED', 'the coordinator quoted no price in the rollup', why, hint)
  }
  const { genesisHash } = await chainOf(desk)
  const held = await holdAccount(desk, owner, genesisHash)
  try {
    const { nonce, fee, height } = await payingState(desk, owner, priceWei / ROLLUP_UNIT_WEI)
    const { lock, use } = await freeLock(desk.rpc, owner, undefined)
    const payer = { owner, lock, use, nonce }
    const limits = { maxFee: fee, height }
    const sent = lockForQuote(genesisHash, quote, payer, limits, await spendSigner(desk))
    const { found, ms } = await executeOperation(desk, sent)
    const { deadline } = found.operation
    return {
      money: { rollup_lock: { lock, use } },
      line: lines.lockLine({ wei: priceWei, lock, use, payee: wanted.payee, ms }),
      patienceMs: PATIENCE_MS,
      giveBack: async () => lines.lockedUntilBlockLine(priceWei, lock, deadline),
    }
  } finally {
    held.release()
  }
}

/** Rejects with CliError where the account is not registered, or has no locks. */
export async function lockPayer(options: RollupOptions, terminal: Terminal): Promise<JobPayer> {
  const desk = await rollupDesk(options, terminal)
  const owner = await desk.index()
  return { payment: 'rollup', lock: (quote) => lockPrice(desk, owner, quote) }
}
