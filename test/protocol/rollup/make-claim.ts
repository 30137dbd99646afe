// A batch for tests, executed on the state of a shard, and the claim that is true of it.

import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import type { Body } from '../../../protocol/rollup/body-layout.ts'
import type { UnsignedClaim } from '../../../protocol/rollup/claim.ts'
import {
  type Executed,
  executeBatch,
  executionPorts,
} from '../../../protocol/rollup/execute-batch.ts'
import type { InboxMessage } from '../../../protocol/rollup/inbox-message.ts'
import {
  operationsNotAfter,
  operationsNotBefore,
} from '../../../protocol/rollup/operation-checks.ts'
import { countOperations, type Operation } from '../../../protocol/rollup/operations.ts'
import { OUTGOING_WORDS } from '../../../protocol/rollup/outgoing.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import type { RollupHead } from '../../../protocol/rollup/rollup-head.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { NOBODY_ABSENT, writeBody } from '../../../protocol/rollup/write-body.ts'
import { operationParts } from './operation-parts.ts'

export interface TestTransfer {
  readonly from: number
  readonly to: number
  readonly amount: bigint
}

/** What a batch is made of; one transfer for each sender, sorted by sender. */
export interface BatchPlan {
  readonly transfers?: readonly TestTransfer[]
  /** Messages to consume; all that there are if not said. */
  readonly inboxTo?: number
  readonly fee?: number
  readonly feeAccount?: number
  readonly states?: boolean
  readonly sequencer?: number
  readonly parcels?: readonly Parcel[]
  readonly operations?: readonly Operation[]
}

export interface Batch {
  readonly claim: UnsignedClaim
  readonly executed: Executed
  readonly body: Body
}

const ports = executionPorts(hashPairsNoble)

function bodyOf(
  shard: number,
  number: number,
  transfers: readonly TestTransfer[],
  list: readonly Operation[],
): Uint8Array {
  const sorted = [...transfers].sort((a, b) => a.from - b.from)
  const column = (read: (one: TestTransfer) => number) => Uint32Array.from(sorted, read)
  const section = {
    kind: 'sparse' as const,
    from: column(({ from }) => from),
    to: column(({ to }) => to),
    amountLo: column(({ amount }) => Number(amount & 0xffff_ffffn)),
    amountHi: column(({ amount }) => Number(amount >> 32n)),
  }
  const signature = new Uint8Array(96).fill(sorted.length > 0 ? 1 : 0)
  const sections = sorted.length > 0 ? [section] : []
  const operations = operationParts(list)
  return writeBody({ shard, number, signature, sections, operations, absent: NOBODY_ABSENT })
}

/** Throws where the batch is refused; the state is then as before. */
export function makeClaim(
  shard: ShardState,
  on: {
    readonly head: RollupHead
    readonly inbox: readonly InboxMessage[]
    readonly epoch: number
  },
  plan: BatchPlan,
): Batch {
  const { transfers = [], fee = 0, feeAccount = 0, states = true, sequencer = 0 } = plan
  const { head, inbox, epoch } = on
  const { parcels = [], operations = [] } = plan
  const bytes = bodyOf(shard.shard, head.number + 1, transfers, operations)
  const read = readBody(bytes)
  if (!read.ok) throw new Error(read.code)
  const { body } = read
  const firstEntry = head.entries + 1
  const batch = { fee, feeAccount, firstEntry, inbox, parcels, body }
  const result = executeBatch(shard, batch, ports)
  if (!result.ok) throw new Error(`${result.code} ${result.detail}`)
  const { executed } = result
  const claim: UnsignedClaim = {
    shard: shard.shard,
    number: head.number + 1,
    epoch,
    parent: head.hash,
    sequencer,
    bodyHash: `0x${'b0'.repeat(32)}`,
    bodyBytes: bytes.length,
    transfers: transfers.length,
    ...countOperations(body.operations),
    notAfter: operationsNotAfter(body.operations),
    notBefore: operationsNotBefore(body.operations),
    firstEntry,
    entries: executed.entries,
    fee,
    feeAccount,
    txRoot: executed.txRoot,
    opRoot: executed.opRoot,
    traceRoot: executed.traceRoot,
    exits: executed.exits.length / 8,
    exitRoot: executed.exitRoot,
    inboxTo: executed.inboxTo,
    consumed: parcels.map(({ shard: source, number }) => ({ shard: source, number })),
    outbox: executed.outbox.map(({ leaves, ...one }) => ({
      ...one,
      credits: leaves.length / OUTGOING_WORDS,
    })),
    supply: executed.supply,
    stateRoot: states ? shard.root(hashPairsNoble) : undefined,
  }
  return { claim, executed, body }
}
