// aitbc rollup refund LOCK: shows money of a lock back at its owner. Nobody has to do it:
// sequencers give it back after the deadline. So this waits for them.

import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Hex } from '../../../lib/hex.ts'
import type { HeldLock } from '../../../protocol/rollup/sign-operation.ts'
import type { LockState } from '../../../sdk/rollup/operations.ts'
import { dataDirectory, type Speaker, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { type LightBase, lightCommand } from '../light-options.ts'
import { indexArgument, operandArgument, ROLLUP_WAIT_MS } from '../rollup-options.ts'
import { rpcRequest } from '../rpc-request.ts'
import { operationLines } from '../screen/operation-lines.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'
import { waitFor } from '../wait-for.ts'

const POLL_MS = 500
const SAY_MS = 10_000

interface RefundOptions extends LightBase, VerifyOptions {
  readonly use?: string
}

/** Resolves when the deadline has passed or the lock holds it no more, while the chain grows. */
async function isOver(rpc: string, { lock, use, deadline }: HeldLock, say: Speaker): Promise<void> {
  const { isHeld, lockOf } = await import('../rollup-locks.ts')
  let last = 0
  let [grownAt, saidAt] = [performance.now(), 0]
  for (;;) {
    const height = Number(await rpcRequest<Hex>(rpc, 'eth_blockNumber', []))
    const now = performance.now()
    const state = await lockOf(rpc, lock)
    if (height > deadline || !isHeld(state) || state.use !== use) return
    if (height > last) [last, grownAt] = [height, now]
    if (now - grownAt > ROLLUP_WAIT_MS) {
      const why = `it is at block ${height} for ${ROLLUP_WAIT_MS / 1000} s`
      throw new CliError('TIMEOUT', 'the chain does not grow', why, 'check ./aitbc status')
    }
    if (saidAt === 0 || now - saidAt > SAY_MS) {
      say.line(` waiting   ${deadline + 1 - height} blocks until it goes back …`)
      saidAt = now
    }
    await pause(POLL_MS)
  }
}

/** The use that is meant: what the lock holds, else what it held last. Throws CliError REFUSED. */
function useOf(lock: LockState, text: string | undefined): number {
  const last = lock.payee === undefined ? lock.use - 1 : lock.use
  const use = text === undefined ? last : indexArgument(text, 'use')
  if (use >= 0 && use <= last) return use
  const why = `no money was locked in it ${use < 0 ? 'yet' : `for use ${use}`}`
  const hint = `see ./aitbc rollup lock-status ${lock.lock}`
  throw new CliError('REFUSED', `nothing comes back from lock ${lock.lock}`, why, hint)
}

async function refund(text: string, options: RefundOptions, terminal: Terminal): Promise<void> {
  const index = operandArgument(text, 'lock')
  const trusted = await readerTrust(options, terminal)
  const { rpcOf } = await import('../rollup-desk.ts')
  const { isHeld, lockOf } = await import('../rollup-locks.ts')
  const { findFinal, keepOperation } = await import('../rollup-operation.ts')
  const rpc = rpcOf(options, terminal)
  const say = speaker(options, terminal)
  const lock = await lockOf(rpc, index)
  const use = useOf(lock, options.use)
  if (isHeld(lock) && lock.use === use) await isOver(rpc, lock, say)
  const find = async () => {
    const found = await findFinal(rpc, { kind: 'refund', lock: index, use })
    if (found) return found
    const settled = await findFinal(rpc, { kind: 'settle', lock: index, use })
    if (!settled) return undefined
    const { payee, amount } = settled.operation
    const why = `account ${payee} was paid ${unitsText(amount)} AITBC out of it before the deadline`
    const hint = `see ./aitbc rollup receipt ${index} ${use} --operation settle`
    throw new CliError('REFUSED', 'nothing comes back', why, hint)
  }
  const found = await waitFor(find, {
    limitMs: ROLLUP_WAIT_MS,
    message: `no recent batch gave back lock ${index}, use ${use}`,
    hint: `see ./aitbc rollup lock-status ${index}, or ask another node with --rpc`,
  })
  const place = { rpc, data: dataDirectory(options, terminal) }
  const executed = await keepOperation(place, found, trusted)
  for (const line of operationLines(executed)) say.line(line)
  say.document(executed)
}

export function rollupRefundCommand(terminal: Terminal): Command {
  return withTrust(lightCommand('refund', 'wait until money of a lock is back, and show it'))
    .argument('<lock>', 'index of the lock')
    .option('--use <number>', 'an earlier use of it (default: the last one)')
    .action((lock: string, options: RefundOptions) => refund(lock, options, terminal))
}
