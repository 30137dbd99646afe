// What the actors of a shard read in the state of a block: where the shard stands after it, what
// its inbox holds, whose keys its accounts have.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { StateView } from '../state/state-view.ts'
import { genesisParent } from './claim.ts'
import { inboxMessage } from './inbox.ts'
import type { InboxMessage } from './inbox-message.ts'
import { type AccountKeys, ownerOf, registeredKeys } from './registry.ts'
import {
  accountCount,
  loadConfig,
  type RollupConfig,
  rollupWords,
  shardCount,
} from './rollup-storage.ts'
import { isSettled } from './root-history.ts'
import type { LastClaim } from './sequencing.ts'
import { loadRoot, loadShard } from './shard-record.ts'

export interface RollupHead extends LastClaim {
  /** Of the shard's last claim; 0 before the first. */
  readonly number: number
  /** What the next claim names as its parent. */
  readonly hash: Hex
  /** Entries of all batches, and what the genesis counts as. */
  readonly entries: number
  /** Units. */
  readonly supply: bigint
  readonly inboxTo: number
  /** Messages ever; those from `inboxFrom` on can still be read. */
  readonly inboxCount: number
  readonly inboxFrom: number
  /** The last claim that stated a root; 0 is the genesis. */
  readonly rootNumber: number
  readonly root: Hex
  readonly frozen: boolean
}

/** `view`: the state after a block. The shard must be one of the network's. */
export function rollupHeadAfter(view: StateView, shard: number, genesisHash: Hex): RollupHead {
  const words = rollupWords(view)
  assert(shard < shardCount(words), 'no such shard')
  const record = loadShard(words, shard)
  const { number: rootNumber, root } = loadRoot(words, shard, record.lastRoot)
  const { number, entries, supply, inboxTo, inboxCount, inboxFrom, frozen } = record
  const { sequencer, timestampMs } = record
  const hash = number === 0 ? genesisParent(genesisHash, shard) : record.hash
  const claim = { number, hash, entries, supply, sequencer, timestampMs }
  return { ...claim, inboxTo, inboxCount, inboxFrom, rootNumber, root, frozen }
}

/**
 * The last claim that states a root which can be challenged no more: it and all before it stay.
 * `seconds`: of the block after which the state is.
 */
export function settledClaim(view: StateView, shard: number, seconds: number): number {
  const words = rollupWords(view)
  const { firstRoot, lastRoot } = loadShard(words, shard)
  // Roots were stated one after the other.
  let low = firstRoot
  let high = lastRoot
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (isSettled(loadRoot(words, shard, middle), seconds)) low = middle
    else high = middle - 1
  }
  return loadRoot(words, shard, low).number
}

/** What the genesis fixed, and how many accounts there are now, those of the genesis included. */
export function rollupConfigAfter(view: StateView): RollupConfig & { readonly count: number } {
  const words = rollupWords(view)
  return { ...loadConfig(words), count: accountCount(words) }
}

/** Undefined where there is no such account; keys undefined where they follow from the index. */
export function rollupAccount(
  view: StateView,
  index: number,
): { readonly owner: Hex; readonly keys: AccountKeys | undefined } | undefined {
  const words = rollupWords(view)
  const owner = ownerOf(words, index)
  return owner === undefined ? undefined : { owner, keys: registeredKeys(words, index) }
}

/** Messages `from` … `to` − 1 of a shard; undefined if one of them is not there, or gone. */
export function inboxMessages(
  view: StateView,
  shard: number,
  from: number,
  to: number,
): InboxMessage[] | undefined {
  const words = rollupWords(view)
  const messages: InboxMessage[] = []
  for (let at = from; at < to; at++) {
    const message = inboxMessage(words, shard, at)
    if (!message) return undefined
    messages.push(message)
  }
  return messages
}
