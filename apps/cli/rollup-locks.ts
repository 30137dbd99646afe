// The locks of an account, which are registered with it, at the indices behind its own.

import { decodeArguments } from '../../protocol/abi/codec.ts'
import { LOCKS_PER_ACCOUNT_MAX } from '../../protocol/params.ts'
import { LOCK_OWNER } from '../../protocol/rollup/rollup-abi.ts'
import { encodeLockOwner } from '../../protocol/rollup/rollup-calls.ts'
import type { HeldLock } from '../../protocol/rollup/sign-operation.ts'
import type { Ask } from '../../sdk/light/light-rpc.ts'
import { type LockState, lockState } from '../../sdk/rollup/operations.ts'
import { CliError } from './cli-error.ts'
import { fromNode } from './light-options.ts'
import type { RollupDesk } from './rollup-desk.ts'
import { ROLLUP_WAIT_MS } from './rollup-options.ts'
import { rpcRequest } from './rpc-request.ts'
import { unitsText } from './screen/units.ts'
import { waitFor } from './wait-for.ts'

/** What the SDK asks with here: a node's failures are CliErrors. */
export const rpcAsk =
  (rpc: string): Ask =>
  (method, params) =>
    rpcRequest(rpc, method, params)

/** Rejects with CliError UNKNOWN. */
export async function lockOf(rpc: string, index: number): Promise<LockState> {
  const found = await fromNode(lockState(rpcAsk(rpc), index))
  if (found) return found
  const why = 'no shard has a lock of this index'
  const hint = './aitbc rollup lock-status lists your own'
  throw new CliError('UNKNOWN', `there is no lock ${index}`, why, hint)
}

export function isHeld(lock: LockState): lock is HeldLock {
  return lock.payee !== undefined
}

/** Until each lock of a new account is usable: their indices, fewer than wanted at a cohort's end. */
export async function madeLocks(
  desk: RollupDesk,
  index: number,
  wanted: number,
): Promise<number[]> {
  const locks: number[] = []
  while (locks.length < wanted) {
    const next = index + locks.length + 1
    const output = await desk.view(encodeLockOwner(next))
    const [isLock, owner] = decodeArguments(LOCK_OWNER.outputs, output)
    if (!isLock || Number(owner) !== index) break
    locks.push(next)
  }
  const last = locks.at(-1)
  if (last === undefined) return locks
  await waitFor(() => fromNode(lockState(rpcAsk(desk.rpc), last)), {
    limitMs: ROLLUP_WAIT_MS,
    message: `lock ${last} is registered, but not usable`,
    hint: './aitbc rollup lock-status shows when it is',
  })
  return locks
}

/** Those that were registered with the account. */
export async function locksOf(rpc: string, account: number): Promise<LockState[]> {
  const locks: LockState[] = []
  while (locks.length < LOCKS_PER_ACCOUNT_MAX) {
    const next = account + locks.length + 1
    const found = await fromNode(lockState(rpcAsk(rpc), next))
    if (found?.owner !== account) break
    locks.push(found)
  }
  return locks
}

function checkFree(lock: LockState, account: number): void {
  if (lock.owner !== account) {
    const why = `it belongs to account ${lock.owner}, not to ${account}`
    const hint = './aitbc rollup lock-status lists your own'
    throw new CliError('REFUSED', `lock ${lock.lock} is not yours`, why, hint)
  }
  if (!isHeld(lock)) return
  const { payee, amount, deadline } = lock
  const why = `it holds ${unitsText(amount)} AITBC for account ${payee} until block ${deadline}`
  const hint = 'leave --lock away for one that is free'
  throw new CliError('REFUSED', `lock ${lock.lock} is not free`, why, hint)
}

/** The one that is named, or the first that is free. Rejects with CliError. */
export async function freeLock(
  rpc: string,
  account: number,
  named: number | undefined,
): Promise<LockState> {
  if (named !== undefined) {
    const lock = await lockOf(rpc, named)
    checkFree(lock, account)
    return lock
  }
  const locks = await locksOf(rpc, account)
  const free = locks.find((lock) => !isHeld(lock))
  if (free) return free
  if (locks.length === 0) {
    const why = `account ${account} was registered without locks`
    const hint = './aitbc rollup register --locks 4, with other keys: locks cannot be added later'
    throw new CliError('REFUSED', 'there is no lock', why, hint)
  }
  const why = `all ${locks.length} of account ${account} hold money`
  const hint = 'wait: ./aitbc rollup lock-status says until when'
  throw new CliError('REFUSED', 'no lock is free', why, hint)
}
