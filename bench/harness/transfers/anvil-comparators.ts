// anvil beside ours, in the same session: ordinary transfers, whatever kind ours are.

import type { BenchOptions } from '../options.ts'
import type { Scenario } from '../target.ts'
import { anvilTarget } from './anvil-target.ts'

/** A block every 0.1 s, as ours: mining at once it carries much less, and forgets some. */
const BLOCK_SECONDS = 0.1
/** More accounts do not help it, and each is in its genesis. */
const ACCOUNTS_MAX = 2000

const few = (options: BenchOptions): BenchOptions => {
  return { ...options, accounts: Math.min(options.accounts, ACCOUNTS_MAX) }
}

export const ANVIL: Required<Scenario>['comparators'] = {
  anvil: (options, progress) => anvilTarget(few(options), progress, BLOCK_SECONDS),
  'anvil-at-once': (options, progress) => anvilTarget(few(options), progress),
}
