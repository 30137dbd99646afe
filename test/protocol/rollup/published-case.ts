// What a challenger has of some claims: the batches that stand behind them, and the accounts at the
// roots before and after, as the sequencer claims them.

import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { AccountTable } from '../../../protocol/rollup/account-table.ts'
import { encodeChallenge } from '../../../protocol/rollup/challenge.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { operationNodes } from '../../../protocol/rollup/entry-counts.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import type { StandingRoot } from '../../../protocol/rollup/fraud-evidence.ts'
import { encodeFraudProof, type FraudProof } from '../../../protocol/rollup/fraud-proof.ts'
import type { PublishedCase } from '../../../protocol/rollup/fraud-search.ts'
import { writeOperationNodes } from '../../../protocol/rollup/operations.ts'
import type { RollupHead } from '../../../protocol/rollup/rollup-head.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { encodeMeta } from '../../../protocol/rollup/state-root.ts'
import { LEAF_WORDS } from '../../../protocol/rollup/trace.ts'
import type { Batch } from './make-claim.ts'

export const copyOf = ({ table }: ShardState) => {
  return new AccountTable(table.buffer.slice(0) as ArrayBuffer, table.used)
}

/** Where a shard stands whose last claim states its root. */
export function standingAt(head: RollupHead): StandingRoot {
  const { number, hash, entries, inboxTo, supply, root: stateRoot } = head
  return { shard: 0, number, hash, firstEntry: 1, entries, inboxTo, supply, stateRoot }
}

/** Of batches without messages. */
function transferLeaves({ claim, executed }: Batch): Uint32Array {
  const leaves = new Uint32Array(claim.transfers * 8)
  for (let i = 0; i < claim.transfers; i++) {
    const w = (offset: number) => executed.trace[i * LEAF_WORDS + offset] as number
    leaves.set([w(2), w(10), w(3), 0, w(4), w(5), 0, 0], 8 * i)
  }
  return leaves
}

function operationNodesOf({ claim, executed }: Batch): Uint32Array {
  const nodes = new Uint32Array(8 * operationNodes(claim))
  writeOperationNodes(executed.operations, nodes)
  return nodes
}

/** `after`: undefined where the last claim states no root. */
export function publishedCase(
  before: { readonly root: StandingRoot; readonly table: AccountTable },
  batches: readonly Batch[],
  claims: readonly Claim[],
  after: ShardState | undefined,
): PublishedCase {
  const place = { shard: 0, shards: 1 }
  return {
    fraud: { place, before: before.root, claims, message: () => undefined },
    batches: batches.map((batch) => ({
      trace: batch.executed.trace,
      transfers: transferLeaves(batch),
      operations: operationNodesOf(batch),
      exits: batch.executed.exits,
      outbox: new Map(),
      parcels: [],
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
