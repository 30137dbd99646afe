// aitbc rollup settle-frozen RECEIPT: the provider takes his price out of a lock of a shard that is
// frozen, on the base chain, before the lock's deadline.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { type RollupOptions, rollupCommand } from '../rollup-options.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'
import { readReceiptFile } from '../verify-file.ts'

async function settleFrozen(
  path: string,
  options: RollupOptions,
  terminal: Terminal,
): Promise<void> {
  const file = readReceiptFile(path, terminal)
  const { frozenLock, frozenSettle } = await import('../frozen-lock.ts')
  const { rollupDesk } = await import('../rollup-desk.ts')
  const { jobReceipt } = await import('../rollup-job-receipt.ts')
  const { rpcAsk } = await import('../rollup-locks.ts')
  const { checkPayee } = await import('../rollup-operation.ts')
  const desk = await rollupDesk(options, terminal)
  const job = await jobReceipt(file, await desk.chain.chainId())
  await checkPayee(desk, job.rollup.payee)
  const held = await frozenLock(rpcAsk(desk.rpc), job.rollup)
  const height = Number(await desk.ask('eth_blockNumber'))
  const sent = await desk.send(frozenSettle(held, job, height))
  const { rollup, price, receipt } = job
  const say = speaker(options, terminal)
  const rest = held.amount - price
  say.line(` paid      ${unitsText(price)} AITBC to ${desk.owner}   ${sentText(sent)}`)
  if (rest > 0n) say.line(` returned  ${unitsText(rest)} AITBC to the owner of lock ${rollup.lock}`)
  const facts = { ...rollup, amount: price, rest, tx: sent.hash, block: sent.block }
  say.document({ job_id: receipt.job_id, ...facts })
}

export function rollupSettleFrozenCommand(terminal: Terminal): Command {
  return rollupCommand('settle-frozen', 'take the price out of a lock of a frozen shard')
    .argument('<receipt>', 'signed receipt v2 that names lock, use and your account')
    .action((path: string, options: RollupOptions) => settleFrozen(path, options, terminal))
}
