// Sequencers whose claims were proved false in a block. A call of one module cannot change
// another's storage, so the block's end takes from their bonds what the proof costs them.

import type { Hex } from '../../lib/hex.ts'
import type { SystemState } from '../modules/module.ts'
import {
  addressOf,
  fieldOf,
  packFields,
  type ReadWords,
  slotAfter,
  type Words,
} from '../modules/storage-layout.ts'
import { slash, tombstone } from '../staking/slash.ts'
import { payOutSlashed } from '../staking/slashed-money.ts'
import { parameter } from '../staking/staking-context.ts'
import { loadValidator } from '../staking/validator-record.ts'
import { VERDICTS, verdictSlot } from './rollup-storage.ts'

export interface Verdict {
  /** Operator of the claim's sequencer. */
  readonly operator: Hex
  /** Who has proved it. */
  readonly challenger: Hex
  /** Of the claim. */
  readonly epoch: number
}

export function addVerdict(words: Words, { operator, challenger, epoch }: Verdict): void {
  const count = Number(words.load(VERDICTS))
  const base = verdictSlot(count)
  words.save(base, BigInt(operator))
  const word = packFields([
    [BigInt(challenger), 160],
    [epoch, 48],
  ])
  words.save(slotAfter(base, 1), word)
  words.save(VERDICTS, BigInt(count + 1))
}

function loadVerdict(words: ReadWords, nth: number): Verdict {
  const base = verdictSlot(nth)
  const word = words.load(slotAfter(base, 1))
  return {
    operator: addressOf(words.load(base)),
    challenger: addressOf(word),
    epoch: Number(fieldOf(word, 160, 48)),
  }
}

/** What two contradictory votes cost, and the key for ever; who is out already has paid. */
function punish(staking: SystemState, timestamp: number, verdict: Verdict): void {
  const { operator, challenger, epoch } = verdict
  if (loadValidator(staking, operator)?.tombstoned !== false) return
  // No receipt can hold what happens outside of transactions.
  const context = { state: staking, timestamp, emit: () => undefined }
  const taken = slash(context, operator, { share: parameter(staking, 'slash_double_bp'), epoch })
  tombstone(context, operator)
  payOutSlashed(staking, taken, challenger)
}

/** At the end of a block. `timestamp` in seconds. */
export function punishLiars(rollup: SystemState, staking: SystemState, timestamp: number): void {
  const count = Number(rollup.load(VERDICTS))
  if (count === 0) return
  for (let nth = 0; nth < count; nth++) {
    punish(staking, timestamp, loadVerdict(rollup, nth))
    const base = verdictSlot(nth)
    rollup.save(base, 0n)
    rollup.save(slotAfter(base, 1), 0n)
  }
  rollup.save(VERDICTS, 0n)
}
