// aitbc validator join: registers the keys of a node and bonds money for it. The node votes when
// the set of an epoch contains its key, two epochs later at the earliest.

import type { Command } from 'commander'
import { amountArgument } from '../amount-argument.ts'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatAitbc } from '../screen/money.ts'
import type { Terminal } from '../terminal.ts'
import { sentText, stakingCall, validatorCommand } from '../validator-command.ts'
import { type ValidatorDesk, type ValidatorOptions, validatorDesk } from '../validator-desk.ts'

interface JoinOptions extends ValidatorOptions {
  readonly amount?: string
  readonly commission: string
}

/** Basis points of per cent with at most two decimals. */
function commissionOf(text: string): number {
  if (/^(?:100|[0-9]{1,2})(?:\.[0-9]{1,2})?$/.test(text) && Number(text) <= 100) {
    return Math.round(Number(text) * 100)
  }
  const why = 'it is per cent of the rewards, from 0 to 100'
  throw new CliError('BAD_VALUE', `"${text}" is no commission`, why, 'give for example 5')
}

async function refuseUnfit(desk: ValidatorDesk, amount: bigint): Promise<void> {
  const { status, jailedUntil } = await desk.validator()
  if (status === 'tombstoned') {
    const why = 'the key signed twice: it, and this account, are out for ever'
    throw new CliError('REFUSED', 'the validator cannot join', why, 'make new keys, new account')
  }
  if (status === 'jailed') {
    const until = new Date(jailedUntil * 1000).toISOString()
    const hint = './aitbc validator unjail, after that time'
    throw new CliError('REFUSED', 'the validator is in jail', `until ${until}`, hint)
  }
  const minimum = await desk.parameter('stake_minimum_wei')
  const { bonded } = await desk.validator()
  if (bonded + amount < minimum) {
    const why = `${formatAitbc(bonded + amount)} AITBC would be bonded, below the minimum`
    const hint = `bond ${formatAitbc(minimum - bonded)} AITBC or more`
    throw new CliError('BAD_VALUE', 'the bond is too small', why, hint)
  }
  const balance = await desk.chain.balance(desk.operator)
  if (balance <= amount) {
    const why = `${desk.operator} has ${formatAitbc(balance)} AITBC: less than bond and fee`
    throw new CliError('REFUSED', 'the account has too little', why, 'send money to it first')
  }
}

async function join(options: JoinOptions, terminal: Terminal): Promise<void> {
  const commission = commissionOf(options.commission)
  const desk = await validatorDesk(options, terminal)
  const { encodeBond, encodeRegister, makeRegistration } = await import(
    '../../../protocol/staking/staking-calls.ts'
  )
  const { blsNative } = await import('../../../compute/crypto/bls-native.ts')
  const [{ genesisHash }, chainId, before] = await Promise.all([
    desk.status(),
    desk.chain.chainId(),
    desk.validator(),
  ])
  const minimum = await desk.parameter('stake_minimum_wei')
  const missing = before.bonded < minimum ? minimum - before.bonded : 0n
  const amount = options.amount === undefined ? missing : amountArgument(options.amount)
  await refuseUnfit(desk, amount)
  const { operator, vrfPublicKey, secrets } = desk
  const chain = { chainId: BigInt(chainId), genesisHash }
  const terms = { operator, vrfPublicKey, commission }
  const isNew = before.status === 'none'
  if (!isNew && amount === 0n) {
    const why = `${operator} has ${formatAitbc(before.bonded)} AITBC bonded already`
    throw new CliError('REFUSED', 'there is nothing to do', why, 'give --amount to bond more')
  }
  const call = isNew
    ? encodeRegister(makeRegistration(blsNative, chain, secrets.consensus, terms))
    : encodeBond()
  const sent = await stakingCall(desk, call, amount)
  const { epoch } = await desk.status()
  const say = speaker(options, terminal)
  say.line(` ${isNew ? 'joined' : 'bonded'}    ${formatAitbc(amount)} AITBC   ${sentText(sent)}`)
  say.line(
    ` votes     from epoch ${epoch + 2} at the earliest (now ${epoch}): keep the node running`,
  )
  say.line(' watch     ./aitbc validator status')
  say.document({
    operator,
    tx: sent.hash,
    block: sent.block,
    amount_wei: amount,
    epoch,
    earliest_epoch: epoch + 2,
  })
}

export function validatorJoinCommand(terminal: Terminal): Command {
  return validatorCommand('join', "register a node's keys and bond money for it")
    .option('--amount <aitbc>', 'to bond (default: what the minimum still needs)')
    .option('--commission <percent>', 'of the rewards, before delegators share', '0')
    .action((options: JoinOptions) => join(options, terminal))
}
