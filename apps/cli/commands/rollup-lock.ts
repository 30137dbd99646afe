// aitbc rollup lock PAYEE AMOUNT: money for one job into a lock, for its provider alone until the
// deadline; then it comes back by itself.

import type { Command } from 'commander'
import { LOCK_BLOCKS_MAX } from '../../../protocol/params.ts'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { RollupDesk } from '../rollup-desk.ts'
import {
  countArgument,
  hashArgument,
  operandArgument,
  type RollupOptions,
  rollupCommand,
  unitsArgument,
} from '../rollup-options.ts'
import { operationLines } from '../screen/operation-lines.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'

interface LockOptions extends RollupOptions, VerifyOptions {
  readonly request: string
  readonly model: string
  readonly blocks: string
  readonly lock?: string
}

async function checkRegistered(desk: RollupDesk, payee: number): Promise<void> {
  const { rollupState } = await import('../rollup-desk.ts')
  if (await rollupState(desk.rpc, payee)) return
  const why = 'nobody is registered under it, or its registration is not executed yet'
  throw new CliError('UNKNOWN', `there is no account ${payee}`, why, 'ask the provider for it')
}

async function lockMoney(
  payeeText: string,
  amountText: string,
  options: LockOptions,
  terminal: Terminal,
): Promise<void> {
  const [payee, amount] = [operandArgument(payeeText, 'account'), unitsArgument(amountText)]
  const requestHash = hashArgument(options.request, '--request')
  const modelRoot = hashArgument(options.model, '--model')
  const blocks = countArgument(options.blocks, '--blocks', LOCK_BLOCKS_MAX)
  const named = options.lock === undefined ? undefined : operandArgument(options.lock, 'lock')
  const trusted = await readerTrust(options, terminal)
  const { jobIdOf } = await import('../../../protocol/job/job-id.ts')
  const { signLock } = await import('../../../protocol/rollup/sign-operation.ts')
  const { LOCK_SIGNED_BLOCKS } = await import('../../../sdk/rollup/lock-for-quote.ts')
  const { rollupDesk } = await import('../rollup-desk.ts')
  const { freeLock } = await import('../rollup-locks.ts')
  const { chainOf, executeOperation, keepOperation, spendSigner } = await import(
    '../rollup-operation.ts'
  )
  const { holdAccount, payingState } = await import('../rollup-payer.ts')
  const desk = await rollupDesk(options, terminal)
  const owner = await desk.index()
  await checkRegistered(desk, payee)
  const { chainId, genesisHash } = await chainOf(desk)
  const jobId = jobIdOf(BigInt(chainId), desk.owner, requestHash)
  const say = speaker(options, terminal)
  const held = await holdAccount(desk, owner, genesisHash)
  try {
    const { nonce, fee, height } = await payingState(desk, owner, amount)
    const { lock, use } = await freeLock(desk.rpc, owner, named)
    const deadline = height + blocks
    const terms = { owner, lock, payee, use, nonce, amount, deadline }
    const limits = { maxFee: fee, notAfter: Math.min(deadline, height + LOCK_SIGNED_BLOCKS) }
    const job = { jobId, requestHash, modelRoot }
    const sent = signLock(genesisHash, terms, job, limits, await spendSigner(desk))
    say.line(` signed    ${unitsText(amount)} AITBC into lock ${lock}; waiting until it is final …`)
    const { found, ms } = await executeOperation(desk, sent)
    const executed = await keepOperation(desk, found, trusted)
    for (const line of operationLines(executed)) say.line(line)
    say.line(` job       ${jobId}`)
    say.document({ ...executed, job_id: jobId, ms })
  } finally {
    held.release()
  }
}

export function rollupLockCommand(terminal: Terminal): Command {
  return withTrust(rollupCommand('lock', 'lock money in the rollup for a job and its provider'))
    .argument('<payee>', "index of the provider's account")
    .argument('<amount>', 'AITBC, the most that the job may cost')
    .requiredOption('--request <hash>', 'SHA-256 of the canonical request: request_hash')
    .requiredOption('--model <root>', 'digest of the model: model_root')
    .option('--blocks <count>', 'blocks of the base chain until it comes back', '6000')
    .option('--lock <index>', 'one of your locks (default: the first that is free)')
    .action((payee: string, amount: string, options: LockOptions) =>
      lockMoney(payee, amount, options, terminal),
    )
}
