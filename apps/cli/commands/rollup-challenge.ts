// aitbc rollup challenge: hands in, with its bond, the challenge that a node has made of a claim
// which it has executed and found false.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { indexArgument, type RollupOptions, rollupCommand } from '../rollup-options.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'

interface ChallengeOptions extends RollupOptions {
  readonly shard: string
}

async function challenge(options: ChallengeOptions, terminal: Terminal): Promise<void> {
  const shard = indexArgument(options.shard, 'shard', 8)
  const { decodeArguments } = await import('../../../protocol/abi/codec.ts')
  const { ROLLUP_CHALLENGE_BOND_WEI } = await import('../../../protocol/params.ts')
  const { CHALLENGE } = await import('../../../protocol/rollup/rollup-abi.ts')
  const { encodeChallengeCall } = await import('../../../protocol/rollup/rollup-calls.ts')
  const { payerDesk } = await import('../payer-desk.ts')
  const { disputeOf } = await import('../rollup-refunds.ts')
  const desk = await payerDesk(options, terminal)
  const { challenge: bytes, ...dispute } = await disputeOf(desk.ask, shard)
  const call = encodeChallengeCall(bytes)
  // Nobody has to believe the node: the chain tries it out first, for nothing.
  const [isUpheld] = decodeArguments(
    CHALLENGE.outputs,
    await desk.view(call, ROLLUP_CHALLENGE_BOND_WEI),
  )
  if (!isUpheld) {
    const why = 'the bond would be lost: the chain does not find the claim false'
    throw new CliError('REFUSED', 'the challenge does not hold', why, 'ask another node with --rpc')
  }
  const sent = await desk.send(call, ROLLUP_CHALLENGE_BOND_WEI)
  const { batch, kind, sequencer } = dispute
  const say = speaker(options, terminal)
  say.line(` proved    claim ${batch} of shard ${shard} is false (${kind})   ${sentText(sent)}`)
  say.line(` slashed   ${sequencer}; the bond is back at ${desk.address}`)
  say.document({ shard, ...dispute, challenger: desk.address, tx: sent.hash, block: sent.block })
}

export function rollupChallengeCommand(terminal: Terminal): Command {
  return rollupCommand('challenge', 'prove a false claim on the base chain, with a bond')
    .option('--shard <number>', 'of which shard', '0')
    .action((options: ChallengeOptions) => challenge(options, terminal))
}
