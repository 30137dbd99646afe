// aitbc rollup register: makes the keys of a rollup account where there are none, and registers
// them for the account on the base chain whose key lies in the same folder.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { withCost } from '../keys-place.ts'
import {
  countArgument,
  ROLLUP_WAIT_MS,
  type RollupOptions,
  rollupCommand,
  unitsArgument,
} from '../rollup-options.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'

interface RegisterOptions extends RollupOptions {
  readonly amount?: string
  readonly locks?: string
}

async function register(options: RegisterOptions, terminal: Terminal): Promise<void> {
  const units = options.amount === undefined ? 0n : unitsArgument(options.amount)
  const { LOCKS_PER_ACCOUNT_MAX, ROLLUP_UNIT_WEI } = await import('../../../protocol/params.ts')
  const wanted =
    options.locks === undefined ? 0 : countArgument(options.locks, '--locks', LOCKS_PER_ACCOUNT_MAX)
  const { rollupDesk, rollupState } = await import('../rollup-desk.ts')
  const { madeLocks } = await import('../rollup-locks.ts')
  const { waitFor } = await import('../wait-for.ts')
  const desk = await rollupDesk(options, terminal, true)
  const known = await desk.registered()
  if (known !== undefined) {
    const why = `these keys are account ${known} already`
    const hint = 'money goes into it by ./aitbc rollup deposit'
    throw new CliError('REFUSED', 'there is nothing to do', why, hint)
  }
  const { blsNative } = await import('../../../compute/crypto/bls-native.ts')
  const { ed25519Keys } = await import('../../../compute/crypto/ed25519-native.ts')
  const { bytesToHex } = await import('../../../lib/hex.ts')
  const calls = await import('../../../protocol/rollup/rollup-calls.ts')
  const { spend, cosign } = desk.secrets
  const spendKey = bytesToHex(ed25519Keys(spend).publicKey)
  const made = calls.makeAccountRegistration(blsNative, cosign, spendKey)
  const call =
    wanted === 0 ? calls.encodeRegisterAccount(made) : calls.encodeRegisterWithLocks(made, wanted)
  const sent = await desk.send(call, units * ROLLUP_UNIT_WEI)
  const index = await desk.index()
  await waitFor(() => rollupState(desk.rpc, index), {
    limitMs: ROLLUP_WAIT_MS,
    message: `account ${index} is registered, but not usable`,
    hint: './aitbc rollup balance shows when it is',
  })
  const locks = wanted === 0 ? [] : await madeLocks(desk, index, wanted)
  const say = speaker(options, terminal)
  say.line(` account   ${index} of the rollup, owned by ${desk.owner}   ${sentText(sent)}`)
  if (units > 0n) say.line(` balance   ${unitsText(units)} AITBC`)
  if (locks.length > 0) say.line(` locks     ${locks[0]} to ${locks.at(-1)}`)
  say.line(' next      ./aitbc rollup send INDEX AMOUNT')
  say.document({ index, owner: desk.owner, tx: sent.hash, block: sent.block, units, locks })
}

export function rollupRegisterCommand(terminal: Terminal): Command {
  return withCost(rollupCommand('register', 'register an account of the rollup'))
    .option('--amount <aitbc>', 'its first balance')
    .option('--locks <count>', 'that pay for jobs, 15 at most; none can be added later')
    .action((options: RegisterOptions) => register(options, terminal))
}
