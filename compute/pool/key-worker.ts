// What a thread does that makes keys ahead of their use: whatever else there is to do comes first.

import { constants, setPriority } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { move } from 'piscina'
import type { KeyRun } from '../../protocol/rollup/signers.ts'
import { makeKeys } from '../crypto/make-keys.ts'

// Linux counts a thread as what elsewhere is a process; there it would be all of this one.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

export async function work(run: KeyRun): Promise<unknown> {
  const made = makeKeys(run)
  // The binding frees its keys between turns, and this thread blocks until its next task: without
  // a turn a million keys held 1 GB.
  await setImmediate()
  return move(made)
}
