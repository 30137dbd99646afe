// aitbc deposit AMOUNT: moves money from an account into its deposit in the market, from which a
// coordinator that the owner has authorised may pay for jobs.

import type { Command } from 'commander'
import { amountArgument } from '../amount-argument.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { namedAccount } from '../named-account.ts'
import { runningCluster } from '../running-cluster.ts'
import { formatMs } from '../screen/duration.ts'
import { formatAitbc } from '../screen/money.ts'
import type { Terminal } from '../terminal.ts'

interface DepositOptions extends BaseOptions {
  readonly account: string
}

export function depositCommand(terminal: Terminal): Command {
  return baseCommand('deposit', 'put money into the market deposit of an account')
    .argument('<amount>', 'AITBC, for example 1.5')
    .option('--account <name>', 'whose money', 'consumer')
    .action(async (text: string, options: DepositOptions) => {
      const wei = amountArgument(text)
      const cluster = runningCluster(dataDirectory(options, terminal))
      const account = namedAccount(cluster, options.account)
      const { chainClient } = await import('../chain-client.ts')
      const { encodeDeposit } = await import('../../../protocol/market/market-calls.ts')
      const { MARKET_ADDRESS } = await import('../../../protocol/params.ts')
      const { bytesToHex } = await import('../../../lib/hex.ts')
      const chain = chainClient(cluster.endpoints.rpc, account.privateKey)
      const data = bytesToHex(encodeDeposit())
      const sent = await chain.send({ to: MARKET_ADDRESS, data, value: wei })
      const deposit = await chain.depositOf(account.address)
      const say = speaker(options, terminal)
      const final = `block ${sent.block} final in ${formatMs(sent.ms)}`
      say.line(` deposit   ${formatAitbc(wei)} AITBC   tx ${sent.hash}  ${final}`)
      say.line(` now       ${formatAitbc(deposit)} AITBC in the market deposit of ${account.name}`)
      say.document({ tx: sent.hash, block: sent.block, amount_wei: wei, deposit_wei: deposit })
    })
}
