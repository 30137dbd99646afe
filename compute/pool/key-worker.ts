// What a thread does that makes keys ahead of their use: whatever else there is to do comes first.

import { constants, setPriority } from 'node:os'
import { move } from 'piscina'
import type { KeyRun } from '../../protocol/rollup/signers.ts'
import { makeKeys } from '../crypto/make-keys.ts'

// Linux counts a thread as what elsewhere is a process; there it would be all of this one.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

export function work(run: KeyRun): unknown {
  return move(makeKeys(run))
}
