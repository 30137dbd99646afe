// aitbc validator exit: unbonds all that the operator has bonded, and says what happens when.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatAitbc } from '../screen/money.ts'
import type { Terminal } from '../terminal.ts'
import { sentText, stakingCall, validatorCommand } from '../validator-command.ts'
import { type ValidatorOptions, validatorDesk } from '../validator-desk.ts'

async function exit(options: ValidatorOptions, terminal: Terminal): Promise<void> {
  const desk = await validatorDesk(options, terminal)
  const { encodeUnbond } = await import('../../../protocol/staking/staking-calls.ts')
  const { status } = await desk.validator()
  const { bonded } = await desk.own()
  if (status === 'none' || bonded === 0n) {
    const why = status === 'none' ? 'is not registered' : 'has nothing bonded'
    const hint = 'see ./aitbc validator status'
    throw new CliError('REFUSED', 'there is nothing to unbond', `${desk.operator} ${why}`, hint)
  }
  const sent = await stakingCall(desk, encodeUnbond(desk.operator, bonded))
  const [{ epoch }, claims] = await Promise.all([desk.status(), desk.claims()])
  const maturesAt = Math.max(...claims.map((claim) => claim.maturesAt))
  const say = speaker(options, terminal)
  say.line(` unbonded  ${formatAitbc(bonded)} AITBC   ${sentText(sent)}`)
  say.line(
    ` votes     until epoch ${epoch + 1}: keep the node running until ${epoch + 2} has begun`,
  )
  say.line(` money     on ${new Date(maturesAt * 1000).toISOString()}: ./aitbc validator withdraw`)
  say.line('           until then it is slashed for what the key has signed: keep the key safe')
  say.document({
    operator: desk.operator,
    tx: sent.hash,
    block: sent.block,
    amount_wei: bonded,
    epoch,
    last_epoch: epoch + 1,
    matures_at: maturesAt,
  })
}

export function validatorExitCommand(terminal: Terminal): Command {
  return validatorCommand('exit', 'unbond all and leave the set').action(
    (options: ValidatorOptions) => exit(options, terminal),
  )
}
