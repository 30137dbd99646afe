// The case against a claim, as a node can make it that executes the shard itself: the accounts at
// the root that stands, its own executions since then, all of them right, and what the accused says
// that the last of them did.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { AccountTable } from './account-table.ts'
import type { Body } from './body-layout.ts'
import type { Claim } from './claim.ts'
import { operationNodes } from './entry-counts.ts'
import type { Executed } from './execute-batch.ts'
import type { FraudCase } from './fraud-evidence.ts'
import type { PublishedBatch, PublishedCase, PublishedEnd } from './fraud-search.ts'
import type { InboxMessage } from './inbox-message.ts'
import { countOperations, writeOperationNodes } from './operations.ts'
import { OUTGOING_WORDS, outgoingRoot, readOutgoing } from './outgoing.ts'
import type { Parcel } from './parcel.ts'
import { slotIn } from './shard-place.ts'
import { ShardState } from './shard-state.ts'
import { LEAF_WORDS } from './trace.ts'
import { transferColumns, writeTransferLeaves } from './transfer-columns.ts'
import { MerkleTree } from './transfer-tree.ts'

/** What a claim of the case consumed. */
interface Consumed {
  readonly claim: Claim
  readonly inbox: readonly InboxMessage[]
  readonly parcels: readonly Parcel[]
}

/** A claim before the accused one, as it was executed. */
export interface RightClaim extends Consumed {
  readonly trace: Uint32Array
}

export interface Accused extends Consumed {
  readonly body: Pick<Body, 'transfers' | 'sections' | 'operations'>
  /** The state before it. */
  readonly before: ShardState
  /** What its batch does; undefined where it cannot be executed at all. */
  readonly own: Executed | undefined
  /** What stands behind its trace root. */
  readonly trace: Uint32Array
  /** What stands behind the root that it states, if that is known. */
  readonly after: PublishedEnd | undefined
}

/** Where the shard stood at the root: a state of its own, which nobody changes. */
export interface OpenedStart {
  readonly state: ShardState
  readonly number: number
  readonly hash: Hex
}

/** A state of its own with the same accounts and numbers. */
export function copyOfState(state: ShardState): ShardState {
  const { table } = state
  const copy = new ShardState(state, new AccountTable(table.buffer.slice(0), table.used))
  copy.entries = state.entries
  copy.supply = state.supply
  copy.inboxTo = state.inboxTo
  return copy
}

/** How many of the first entries two traces have in common. */
function commonEntries(a: Uint32Array, b: Uint32Array, entries: number): number {
  for (let at = 0; at < entries * LEAF_WORDS; at++) {
    if (a[at] !== b[at]) return Math.floor(at / LEAF_WORDS)
  }
  return entries
}

const NONE = new Uint32Array(0)
const NOTHING: PublishedBatch = {
  trace: NONE,
  transfers: NONE,
  operations: NONE,
  exits: NONE,
  outbox: new Map(),
  parcels: [],
}

function batchOf({ claim, body, before, own, trace, parcels }: Accused): PublishedBatch {
  const transfers = new Uint32Array(body.transfers * OUTGOING_WORDS)
  const nonceOf = (index: number) => {
    const slot = slotIn(before, index)
    return slot < 0 ? 0 : before.table.nonceOf(slot)
  }
  writeTransferLeaves(transferColumns(body), nonceOf, new Uint8Array(transfers.buffer))
  const operations = new Uint32Array(
    8 * operationNodes({ ...claim, ...countOperations(body.operations) }),
  )
  writeOperationNodes(body.operations, operations)
  const outbox = new Map(own?.outbox.map(({ shard, leaves }) => [shard, leaves]))
  return { trace, transfers, operations, exits: own?.exits ?? NONE, outbox, parcels }
}

function fraudOf(
  { state, number, hash }: OpenedStart,
  consumers: readonly Consumed[],
  claims: readonly Claim[],
  hashPairs: HashPairs,
): FraudCase {
  const messages = new Map<number, InboxMessage>()
  const parcels = new Map<string, { credits: number; amount: bigint; root: string }>()
  const tree = new MerkleTree(hashPairs)
  let at = state.inboxTo
  for (const { inbox, parcels: brought } of consumers) {
    for (const message of inbox) messages.set(at++, message)
    for (const { shard, number: of, leaves } of brought) {
      const credits = leaves.length / OUTGOING_WORDS
      const amount = credits === 0 ? 0n : readOutgoing(leaves, credits - 1).total
      const root = bytesToHex(outgoingRoot(leaves, tree))
      parcels.set(`${shard} ${of}`, { credits, amount, root })
    }
  }
  const { shard, shards, entries, inboxTo, supply } = state
  const stateRoot = state.root(hashPairs)
  return {
    place: { shard, shards },
    before: { shard, number, firstEntry: 1, entries, inboxTo, supply, stateRoot, hash },
    claims,
    message: (position) => messages.get(position),
    parcel: (source, of) => parcels.get(`${source} ${of}`),
  }
}

/**
 * `right` are the claims after the root and before the accused one, in order, `later` those that the
 * chain has ordered after it, up to the next stated root.
 */
export function openCase(
  start: OpenedStart,
  right: readonly RightClaim[],
  accused: Accused,
  later: readonly Claim[],
  hashPairs: HashPairs,
): PublishedCase {
  const claims = [...right.map(({ claim }) => claim), accused.claim, ...later]
  const { own, trace, claim } = accused
  const common = own ? commonEntries(own.trace, trace, claim.entries) : 0
  return {
    fraud: fraudOf(start, [...right, accused], claims, hashPairs),
    batches: [
      ...right.map(({ trace: done, parcels }) => ({ ...NOTHING, trace: done, parcels })),
      batchOf(accused),
    ],
    before: start.state.table,
    after: later.length === 0 ? accused.after : undefined,
    rightEntries: (at) => (at === right.length ? common : Number.POSITIVE_INFINITY),
  }
}
