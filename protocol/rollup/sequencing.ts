// Who may make a shard's next claim: the validator of the last one at any time, the next in order a
// second later, the one after it two seconds later. A sequencer that died is replaced without a
// vote, and an idle shard takes a claim from anybody.

import type { Hex } from '../../lib/hex.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import { FAILOVER_MS } from '../params.ts'

/** What the last claim says about who may make the next. */
export interface LastClaim {
  /** Operator of its sequencer; any other address before the first claim. */
  readonly sequencer: Hex
  /** Time of its block. */
  readonly timestampMs: number
}

type Rules = Pick<EpochRules, 'seed' | 'set'>

/** Who is first where the last sequencer is not in the set: drawn by the epoch, one each shard. */
export function firstSequencer({ seed, set }: Rules, shard: number): number {
  const count = BigInt(set.validators.length)
  return Number((BigInt(seed) + BigInt(shard)) % count)
}

/** How many are before a validator in the order that begins with the last claim's sequencer. */
export function turnOf(rules: Rules, last: LastClaim, shard: number, sequencer: number): number {
  const { validators } = rules.set
  const before = validators.findIndex(({ address }) => address === last.sequencer)
  const first = before >= 0 ? before : firstSequencer(rules, shard)
  return (sequencer - first + validators.length) % validators.length
}

/** Milliseconds from which on the validator with this index in the set may make the claim. */
export function eligibleFrom(
  rules: Rules,
  last: LastClaim,
  shard: number,
  sequencer: number,
): number {
  return last.timestampMs + turnOf(rules, last, shard, sequencer) * FAILOVER_MS
}

/** Whether a block of this time may order a claim of this validator. False if there is none such. */
export function eligible(
  rules: Rules,
  last: LastClaim,
  shard: number,
  sequencer: number,
  timestampMs: number,
): boolean {
  if (!rules.set.validators[sequencer]) return false
  return timestampMs >= eligibleFrom(rules, last, shard, sequencer)
}
