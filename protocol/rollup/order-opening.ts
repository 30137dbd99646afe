// The first claim of a shard after a change of their number: it states the root of what the shard
// took over, and nothing else. Of two shards that come from one, the first says how the money is
// divided: the chain knows what both have together, and that cannot change.

import type { ReadWords, Words } from '../modules/storage-layout.ts'
import type { Claim } from './claim.ts'
import { placeBefore } from './reshard-layout.ts'
import type { ClaimRefusal } from './rollup-refusals.ts'
import { loadNumbering } from './rollup-storage.ts'
import {
  loadEnded,
  loadRoot,
  loadShard,
  NO_ROOT,
  type ShardRecord,
  saveRoot,
  saveShard,
} from './shard-record.ts'

/** Whether the shard stands at a change, before its first claim. */
export function isUnopened(words: ReadWords, shard: number): boolean {
  const { number, lastRoot } = loadShard(words, shard)
  return number > 0 && loadRoot(words, shard, lastRoot).root === NO_ROOT
}

/** The shard that has the money of both until it has opened; undefined where there is none. */
export function holderOf(words: ReadWords, shard: number): number | undefined {
  const { shards, before } = loadNumbering(words)
  const first = shard - before
  if (shards !== 2 * before || first < 0) return undefined
  return isUnopened(words, first) ? first : undefined
}

/** The root before the last change that has an account's record: of which shard, at which slot. */
export function rootBefore(words: ReadWords, index: number) {
  const { shard, slot } = placeBefore(index, loadNumbering(words).before)
  return { shard, slot, ended: loadEnded(words, shard) }
}

/** The shard that waits for what this one leaves to it. */
function heirOf(words: ReadWords, shard: number): number | undefined {
  const { shards, before } = loadNumbering(words)
  return shards === 2 * before && shard < before ? shard + before : undefined
}

/** Why the claim may not be the first one of its shard. */
export function checkOpening(
  words: ReadWords,
  claim: Claim,
  record: ShardRecord,
): ClaimRefusal | undefined {
  const { shard, entries, transfers, settles, refunds, locks, exits, consumed, outbox } = claim
  const acts = entries + transfers + settles + refunds + locks + exits
  const moves = acts + consumed.length + outbox.length
  const isAlone = moves === 0 && claim.inboxTo === record.inboxTo
  if (!isAlone || claim.stateRoot === undefined) return 'OPENING'
  if (claim.firstEntry !== record.entries + 1) return 'WRONG_ENTRIES'
  if (holderOf(words, shard) !== undefined) return 'OPENING'
  const isDivided = heirOf(words, shard) === undefined
  const isRight = isDivided ? claim.supply === record.supply : claim.supply <= record.supply
  return isRight ? undefined : 'WRONG_SUPPLY'
}

/** Divides what two shards have together; the claim was found right and is not recorded yet. */
export function divideSupply(words: Words, { shard, supply }: Claim, record: ShardRecord): void {
  const heir = heirOf(words, shard)
  if (heir === undefined) return
  const give = (to: number, units: bigint) => {
    const of = loadShard(words, to)
    saveShard(words, to, { ...of, supply: units })
    const { lastRoot } = of
    // A shard that goes back to where it began has this, and no more.
    saveRoot(words, to, lastRoot, { ...loadRoot(words, to, lastRoot), supply: units })
  }
  give(shard, supply)
  give(heir, loadShard(words, heir).supply + record.supply - supply)
}
