// aitbc rollup settle RECEIPT: the provider takes his price out of the lock that his signed receipt
// names; the rest goes back. Given again it only writes the files once more.

import { join } from 'node:path'
import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { RollupDesk } from '../rollup-desk.ts'
import type { JobReceipt } from '../rollup-job-receipt.ts'
import type { FoundOperation } from '../rollup-operation.ts'
import { type RollupOptions, rollupCommand } from '../rollup-options.ts'
import { operationLines } from '../screen/operation-lines.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { readerTrust, readReceiptFile, type VerifyOptions, withTrust } from '../verify-file.ts'

/** Undefined while nothing has settled this use of the lock. Rejects where something else has. */
async function settledBefore(
  { rpc }: RollupDesk,
  { rollup: { lock, use }, hash }: JobReceipt,
): Promise<FoundOperation | undefined> {
  const { findFinal } = await import('../rollup-operation.ts')
  const found = await findFinal(rpc, { kind: 'settle', lock, use })
  if (!found || found.hash === hash) return found && { found, ms: 0 }
  const why = `use ${use} was settled for something else in the place of this receipt`
  const hint = `see ./aitbc rollup lock-status ${lock}`
  throw new CliError('REFUSED', `lock ${lock} is settled already`, why, hint)
}

async function settle(
  path: string,
  options: RollupOptions & VerifyOptions,
  terminal: Terminal,
): Promise<void> {
  const file = readReceiptFile(path, terminal)
  const trusted = await readerTrust(options, terminal)
  const { signSettle } = await import('../../../protocol/rollup/sign-operation.ts')
  const { rollupDesk } = await import('../rollup-desk.ts')
  const { checkLockPays, heldFor, jobReceipt } = await import('../rollup-job-receipt.ts')
  const { rpcAsk } = await import('../rollup-locks.ts')
  const { chainOf, checkPayee, executeOperation, keepOperation, laterOr, spendSigner } =
    await import('../rollup-operation.ts')
  const { writeJobReceipt } = await import('../rollup-receipt.ts')
  const desk = await rollupDesk(options, terminal)
  const { chainId, genesisHash } = await chainOf(desk)
  const job = await jobReceipt(file, chainId)
  const { receipt, rollup, price } = job
  await checkPayee(desk, rollup.payee)
  const say = speaker(options, terminal)
  const settleNow = async () => {
    const held = await heldFor(desk.rpc, rollup)
    await checkLockPays(desk.rpc, held, job)
    const sent = signSettle(genesisHash, held, receipt, await spendSigner(desk))
    const what = `${unitsText(price)} AITBC out of lock ${rollup.lock}`
    say.line(` signed    ${what}; waiting until it is final …`)
    return executeOperation(desk, sent)
  }
  const { found, ms } = (await settledBefore(desk, job)) ?? (await settleNow())
  const executed = await keepOperation(desk, found, trusted)
  for (const line of operationLines(executed)) say.line(line)
  const target = join(desk.data, 'receipts', `${receipt.job_id}.json`)
  const written = writeJobReceipt(rpcAsk(desk.rpc), receipt, found, trusted, target)
  const bundle = (await laterOr(written.then(() => target))) ?? null
  say.line(bundle === null ? ' receipt   later: the same command' : ` receipt   ${bundle}`)
  if (bundle !== null) say.line(` check     ./aitbc receipt verify ${bundle}`)
  say.document({ ...executed, job_id: receipt.job_id, ms, bundle })
}

export function rollupSettleCommand(terminal: Terminal): Command {
  return withTrust(rollupCommand('settle', 'take the price of a job out of its lock'))
    .argument('<receipt>', 'signed receipt v2 that names lock, use and your account')
    .action((path: string, options: RollupOptions & VerifyOptions) =>
      settle(path, options, terminal),
    )
}
