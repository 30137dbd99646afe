// aitbc rollup exit [AMOUNT]: money from the rollup back to its owner on the base chain. Without an
// amount it fetches what earlier exits have left there, and all of the account out of a shard that
// is frozen. With --forced no sequencer is asked.

import type { Command } from 'commander'
import { type Speaker, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { RollupDesk, RollupExit } from '../rollup-desk.ts'
import { type RollupOptions, rollupCommand, unitsArgument } from '../rollup-options.ts'
import { transferLines } from '../screen/transfer-lines.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'

interface ExitOptions extends RollupOptions, VerifyOptions {
  readonly forced?: boolean
}

interface Leaving {
  readonly desk: RollupDesk
  readonly index: number
  readonly say: Speaker
}

async function fetchExits({ desk, say }: Leaving, unpaid: readonly RollupExit[]) {
  const { payExit } = await import('../rollup-claims.ts')
  const paid: object[] = []
  for (const one of unpaid) {
    const sent = await payExit(desk, one)
    say.line(` fetched   ${unitsText(one.amount)} AITBC for ${desk.owner}   ${sentText(sent)}`)
    paid.push({ ...one, tx: sent.hash, block: sent.block })
  }
  return paid
}

/** All that the account has in the frozen shard, after what its exits have left. */
async function leaveFrozen(leaving: Leaving): Promise<void> {
  const { desk, index, say } = leaving
  const { nothingToFetch, unpaidExits } = await import('../rollup-claims.ts')
  const { frozenAccount } = await import('../rollup-leave.ts')
  const { rpcAsk } = await import('../rollup-locks.ts')
  const paid = await fetchExits(leaving, await unpaidExits(desk, index))
  const found = await frozenAccount(rpcAsk(desk.rpc), index)
  if (!found && paid.length === 0) throw await nothingToFetch(desk, index)
  const sent = found && (await desk.send(found.call))
  if (found && sent) {
    const what = `${unitsText(found.amount)} AITBC of the frozen shard for ${desk.owner}`
    say.line(` left      ${what}   ${sentText(sent)}`)
  }
  const left = found && sent && { amount: found.amount, tx: sent.hash, block: sent.block }
  say.document({ owner: desk.owner, transfer: null, paid, left: left ?? null })
}

async function exit(text: string | undefined, options: ExitOptions, terminal: Terminal) {
  const amount = text === undefined ? undefined : unitsArgument(text)
  const trusted = await readerTrust(options, terminal)
  const { EXIT_INDEX } = await import('../../../protocol/params.ts')
  const { rollupDesk } = await import('../rollup-desk.ts')
  const { exitListed, nothingToFetch, unpaidExits } = await import('../rollup-claims.ts')
  const { forceExit, freezeShard } = await import('../rollup-leave.ts')
  const { rpcAsk } = await import('../rollup-locks.ts')
  const { executeTransfer } = await import('../rollup-transfer.ts')
  const { shardStands } = await import('../shard-stands.ts')
  const desk = await rollupDesk(options, terminal)
  const index = await desk.index()
  const leaving = { desk, index, say: speaker(options, terminal) }
  let stands = await shardStands(rpcAsk(desk.rpc), index)
  if (options.forced && amount === undefined && !stands.isFrozen) {
    await freezeShard(desk, index)
    stands = await shardStands(rpcAsk(desk.rpc), index)
  }
  if (stands.isFrozen) {
    if (amount === undefined) return await leaveFrozen(leaving)
    const why = 'it pays all that an account has at once'
    throw new CliError('REFUSED', 'the shard is frozen', why, 'give no amount')
  }
  const forced = options.forced && amount ? await forceExit(desk, index, amount) : undefined
  const executed =
    amount === undefined || forced
      ? undefined
      : await executeTransfer(desk, { to: EXIT_INDEX, amount }, trusted)
  if (forced) leaving.say.line(` ordered   on the base chain   ${sentText(forced.message)}`)
  if (executed) for (const line of transferLines(executed)) leaving.say.line(line)
  if (executed) await exitListed(desk, index, executed.batch)
  const unpaid = await unpaidExits(desk, index)
  if (unpaid.length === 0) throw await nothingToFetch(desk, index)
  const paid = await fetchExits(leaving, unpaid)
  leaving.say.document({ owner: desk.owner, transfer: executed ?? null, paid, left: null })
}

export function rollupExitCommand(terminal: Terminal): Command {
  return withTrust(rollupCommand('exit', 'take money out of the rollup, to its owner'))
    .argument('[amount]', 'AITBC; without it, what earlier exits have left is fetched')
    .option(
      '--forced',
      'by the base chain alone; without an amount it freezes a shard that lets messages wait',
    )
    .action((text: string | undefined, options: ExitOptions) => exit(text, options, terminal))
}
