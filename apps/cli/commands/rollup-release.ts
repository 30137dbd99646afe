// aitbc rollup release LOCK: the provider takes nothing, and the money goes back to the consumer
// before the deadline.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { operandArgument, type RollupOptions, rollupCommand } from '../rollup-options.ts'
import { operationLines } from '../screen/operation-lines.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'

async function release(
  text: string,
  options: RollupOptions & VerifyOptions,
  terminal: Terminal,
): Promise<void> {
  const index = operandArgument(text, 'lock')
  const trusted = await readerTrust(options, terminal)
  const { signRelease } = await import('../../../protocol/rollup/sign-operation.ts')
  const { rollupDesk } = await import('../rollup-desk.ts')
  const { isHeld, lockOf } = await import('../rollup-locks.ts')
  const { chainOf, checkPayee, executeOperation, keepOperation, spendSigner } = await import(
    '../rollup-operation.ts'
  )
  const desk = await rollupDesk(options, terminal)
  const { genesisHash } = await chainOf(desk)
  const held = await lockOf(desk.rpc, index)
  if (!isHeld(held)) {
    const hint = `see ./aitbc rollup lock-status ${index}`
    throw new CliError('REFUSED', 'there is nothing to release', `lock ${index} is free`, hint)
  }
  await checkPayee(desk, held.payee)
  const say = speaker(options, terminal)
  const sent = signRelease(genesisHash, held, await spendSigner(desk))
  say.line(` signed    ${unitsText(held.amount)} AITBC back; waiting until it is final …`)
  const { found, ms } = await executeOperation(desk, sent)
  const executed = await keepOperation(desk, found, trusted)
  for (const line of operationLines(executed)) say.line(line)
  say.document({ ...executed, ms })
}

export function rollupReleaseCommand(terminal: Terminal): Command {
  return withTrust(rollupCommand('release', 'give money of a lock back without being paid'))
    .argument('<lock>', 'index of the lock that holds money for you')
    .action((lock: string, options: RollupOptions & VerifyOptions) =>
      release(lock, options, terminal),
    )
}
