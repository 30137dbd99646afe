// aitbc validator unjail, claim, withdraw, delegate: one transaction each.

import type { Command } from 'commander'
import { type Hex, isHex } from '../../../lib/hex.ts'
import * as calls from '../../../protocol/staking/staking-calls.ts'
import { amountArgument } from '../amount-argument.ts'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'
import { sentText, stakingCall, validatorCommand } from '../validator-command.ts'
import { type ValidatorDesk, type ValidatorOptions, validatorDesk } from '../validator-desk.ts'

interface Call {
  readonly data: Uint8Array
  readonly value?: bigint
}

async function send(
  options: ValidatorOptions,
  terminal: Terminal,
  what: string,
  make: (desk: ValidatorDesk) => Call,
): Promise<void> {
  const desk = await validatorDesk(options, terminal)
  const { data, value = 0n } = make(desk)
  const sent = await stakingCall(desk, data, value)
  const say = speaker(options, terminal)
  say.line(` ${what.padEnd(9)} ${sentText(sent)}`)
  say.document({ operator: desk.operator, tx: sent.hash, block: sent.block })
}

export function validatorUnjailCommand(terminal: Terminal): Command {
  return validatorCommand('unjail', 'leave jail, when its time is over').action(
    (options: ValidatorOptions) =>
      send(options, terminal, 'unjailed', () => ({ data: calls.encodeUnjail() })),
  )
}

export function validatorClaimCommand(terminal: Terminal): Command {
  return validatorCommand('claim', 'take the rewards').action((options: ValidatorOptions) =>
    send(options, terminal, 'claimed', ({ operator }) => ({
      data: calls.encodeClaimRewards(operator),
    })),
  )
}

export function validatorWithdrawCommand(terminal: Terminal): Command {
  return validatorCommand('withdraw', 'take what has finished unbonding').action(
    (options: ValidatorOptions) =>
      send(options, terminal, 'withdrawn', () => ({ data: calls.encodeWithdraw() })),
  )
}

export function validatorDelegateCommand(terminal: Terminal): Command {
  return validatorCommand('delegate', "bond this account's money for another validator")
    .argument('<validator>', 'account of its operator')
    .argument('<amount>', 'AITBC')
    .action((validator: string, text: string, options: ValidatorOptions) => {
      const value = amountArgument(text)
      if (!isHex(validator, 20)) {
        const why = 'an account is 0x and 40 hex digits'
        throw new CliError('BAD_VALUE', `"${validator}" is no account`, why, 'check it')
      }
      const data = calls.encodeDelegate(validator.toLowerCase() as Hex)
      return send(options, terminal, 'delegated', () => ({ data, value }))
    })
}
