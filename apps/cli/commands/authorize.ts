// aitbc authorize ALLOWANCE: lets the coordinator (or another operator) lock up to this much of an
// account's market deposit for jobs. Zero takes the permission back.

import type { Command } from 'commander'
import { amountArgument } from '../amount-argument.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { namedAccount } from '../named-account.ts'
import { runningCluster } from '../running-cluster.ts'
import { formatMs } from '../screen/duration.ts'
import { formatAitbc } from '../screen/money.ts'
import type { Terminal } from '../terminal.ts'

interface AuthorizeOptions extends BaseOptions {
  readonly account: string
  readonly operator: string
}

function operatorProblem(text: string): CliError {
  const why = 'an operator is an account of ./aitbc accounts, or 0x and 40 hex digits'
  return new CliError(
    'BAD_VALUE',
    `"${text}" is no operator`,
    why,
    'leave it out for the coordinator',
  )
}

export function authorizeCommand(terminal: Terminal): Command {
  return baseCommand('authorize', 'let an operator lock money from the market deposit')
    .argument('<allowance>', 'AITBC; 0 takes the permission back')
    .option('--account <name>', 'whose deposit', 'consumer')
    .option('--operator <who>', 'account name or address', 'coordinator')
    .action(async (text: string, options: AuthorizeOptions) => {
      const wei = text === '0' ? 0n : amountArgument(text)
      const isAddress = /^0x[0-9a-fA-F]{40}$/.test(options.operator)
      if (!isAddress && options.operator.startsWith('0x')) throw operatorProblem(options.operator)
      const cluster = runningCluster(dataDirectory(options, terminal))
      const account = namedAccount(cluster, options.account)
      const operator = isAddress
        ? (options.operator.toLowerCase() as `0x${string}`)
        : namedAccount(cluster, options.operator).address
      const { chainClient } = await import('../chain-client.ts')
      const { encodeAuthorize } = await import('../../../protocol/market/market-calls.ts')
      const { MARKET_ADDRESS } = await import('../../../protocol/params.ts')
      const { bytesToHex } = await import('../../../lib/hex.ts')
      const chain = chainClient(cluster.endpoints.rpc, account.privateKey)
      const data = bytesToHex(encodeAuthorize(operator, wei))
      const sent = await chain.send({ to: MARKET_ADDRESS, data, value: 0n })
      const say = speaker(options, terminal)
      const final = `block ${sent.block} final in ${formatMs(sent.ms)}`
      say.line(` allowed   ${formatAitbc(wei)} AITBC to ${operator}   tx ${sent.hash}  ${final}`)
      say.document({ tx: sent.hash, block: sent.block, operator, allowance_wei: wei })
    })
}
