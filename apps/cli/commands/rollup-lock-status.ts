// aitbc rollup lock-status [LOCK]: what a lock holds, for whom and until when, and what became of
// what it held before.

import type { Command } from 'commander'
import type { Hex } from '../../../lib/hex.ts'
import type { LockState } from '../../../sdk/rollup/operations.ts'
import { type Speaker, speaker } from '../base-command.ts'
import { operandArgument, type RollupOptions, rollupCommand } from '../rollup-options.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'

async function shown(rpc: string, lock: LockState, height: number, say: Speaker): Promise<object> {
  const { isHeld } = await import('../rollup-locks.ts')
  const { whatBecame } = await import('../rollup-job-receipt.ts')
  const { lock: index, owner, use, amount } = lock
  const before = use === 0 ? null : await whatBecame(rpc, index, use - 1)
  say.line(` lock      ${index}, of account ${owner}, use ${use}`)
  const state = !isHeld(lock) ? 'free' : height > lock.deadline ? 'expired' : 'held'
  if (isHeld(lock)) {
    const { payee, deadline } = lock
    const until =
      state === 'held' ? `block ${deadline}, ${deadline - height} from now` : `block ${deadline}`
    say.line(` holds     ${unitsText(amount)} AITBC for account ${payee} until ${until}`)
    if (state === 'expired') say.line('           it goes back with the next batch')
  } else {
    say.line(' holds     nothing')
  }
  if (before !== null) say.line(` before    ${before}`)
  return { ...lock, payee: lock.payee ?? null, deadline: lock.deadline ?? null, state, before }
}

export function rollupLockStatusCommand(terminal: Terminal): Command {
  return rollupCommand('lock-status', 'show locks of the rollup')
    .argument('[lock]', 'index of a lock (default: all your own; then the keys are opened)')
    .action(async (text: string | undefined, options: RollupOptions) => {
      const named = text === undefined ? undefined : operandArgument(text, 'lock')
      const { rollupDesk, rpcOf } = await import('../rollup-desk.ts')
      const { lockOf, locksOf } = await import('../rollup-locks.ts')
      const { rpcRequest } = await import('../rpc-request.ts')
      const rpc = rpcOf(options, terminal)
      const own = async () => locksOf(rpc, await (await rollupDesk(options, terminal)).index())
      const locks = named === undefined ? await own() : [await lockOf(rpc, named)]
      const height = Number(await rpcRequest<Hex>(rpc, 'eth_blockNumber', []))
      const say = speaker(options, terminal)
      const list: object[] = []
      for (const lock of locks) list.push(await shown(rpc, lock, height, say))
      if (list.length === 0) say.line(' the account has no locks')
      say.document({ height, locks: list })
    })
}
