// What a challenger has of some claims: the batches that stand behind them, and the accounts at the
// roots before and after, as the sequencer claims them.

import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { AccountTable } from '../../../protocol/rollup/account-table.ts'
import { encodeChallenge } from '../../../protocol/rollup/challenge.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { firstTransfer, operationNodes } from '../../../protocol/rollup/entry-counts.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import type { FraudCase, StandingRoot } from '../../../protocol/rollup/fraud-evidence.ts'
import { encodeFraudProof, type FraudProof } from '../../../protocol/rollup/fraud-proof.ts'
import type { PublishedCase } from '../../../protocol/rollup/fraud-search.ts'
import { writeOperationNodes } from '../../../protocol/rollup/operations.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import type { RollupHead } from '../../../protocol/rollup/rollup-head.ts'
import type { ShardPlace } from '../../../protocol/rollup/shard-place.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { encodeMeta } from '../../../protocol/rollup/state-root.ts'
import { LEAF_WORDS } from '../../../protocol/rollup/trace.ts'
import type { Batch } from './make-claim.ts'

export const copyOf = ({ table }: ShardState) => {
  return new AccountTable(table.buffer.slice(0) as ArrayBuffer, table.used)
}

/** Where a shard stands whose last claim states its root. */
export function standingAt(head: RollupHead, shard = 0): StandingRoot {
  const { number, hash, entries, inboxTo, supply, root: stateRoot } = head
  return { shard, number, hash, firstEntry: 1, entries, inboxTo, supply, stateRoot }
}

function transferLeaves({ claim, executed }: Batch): Uint32Array {
  const leaves = new Uint32Array(claim.transfers * 8)
  for (let i = 0; i < claim.transfers; i++) {
    const at = (firstTransfer(claim) + i) * LEAF_WORDS
    const w = (offset: number) => executed.trace[at + offset] as number
    leaves.set([w(2), w(10), w(3), 0, w(4), w(5), 0, 0], 8 * i)
  }
  return leaves
}

function operationNodesOf({ claim, executed }: Batch): Uint32Array {
  const nodes = new Uint32Array(8 * operationNodes(claim))
  writeOperationNodes(executed.operations, nodes)
  return nodes
}

/** What the batches got from other shards, as the chain has it. */
export interface Arrived {
  readonly place: ShardPlace
  /** For each batch. */
  readonly parcels: readonly (readonly Parcel[])[]
  readonly parcel: FraudCase['parcel']
}

const ALONE: Arrived = { place: { shard: 0, shards: 1 }, parcels: [], parcel: undefined }

/** Of batches without messages. `after`: undefined where the last claim states no root. */
export function publishedCase(
  before: { readonly root: StandingRoot; readonly table: AccountTable },
  batches: readonly Batch[],
  claims: readonly Claim[],
  after: ShardState | undefined,
  { place, parcels, parcel }: Arrived = ALONE,
): PublishedCase {
  return {
    fraud: {
      place,
      before: before.root,
      claims,
      message: () => undefined,
      ...(parcel && { parcel }),
    },
    batches: batches.map((batch, i) => ({
      trace: batch.executed.trace,
      transfers: transferLeaves(batch),
      operations: operationNodesOf(batch),
      exits: batch.executed.exits,
      outbox: new Map(batch.executed.outbox.map(({ shard, leaves }) => [shard, leaves])),
      parcels: parcels[i] ?? [],
    })),
    before: before.table,
    after: after && { table: after.table, meta: encodeMeta(after.meta) },
  }
}

/** The calldata of a challenge with the first false word that there is. */
export function challengeOf(published: PublishedCase): { bytes: Uint8Array; kind: string } {
  const found = findFraud(published, hashPairsNoble)
  if (!found) throw new Error('nothing is false')
  return { bytes: challengeWith(published.fraud.claims, found), kind: found.kind }
}

export function challengeWith(claims: readonly Claim[], proof: FraudProof): Uint8Array {
  return encodeChallenge({ claims, proof: encodeFraudProof(proof) })
}
