// Executes a batch on a shard's state, whole or not at all: messages of the inbox, parcels from
// other shards, the body's transfers and operations, and the fees; and commits to what was done.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import type { ExecutionRefusal } from '../errors/execution-refusals.ts'
import { BatchRun } from './batch-run.ts'
import type { Body } from './body-layout.ts'
import { type BatchCounts, entriesOf, feesOf, operationNodes } from './entry-counts.ts'
import { executeOperations, type RefusedOperation } from './execute-operations.ts'
import { executeTransfers } from './execute-transfers.ts'
import type { InboxMessage } from './inbox-message.ts'
import {
  countOperations,
  type Operations,
  withoutOperations,
  writeOperationNodes,
} from './operations.ts'
import { outgoingRoot } from './outgoing.ts'
import { creditsOf, type Parcel } from './parcel.ts'
import type { ShardState } from './shard-state.ts'
import { LEAF_WORDS, traceRoot } from './trace.ts'
import { transferColumns } from './transfer-columns.ts'
import { MerkleTree } from './transfer-tree.ts'
import type { Undo } from './undo-log.ts'

export interface BatchToExecute {
  /** Units for each transfer and each lock, and who gets them. */
  readonly fee: number
  readonly feeAccount: number
  readonly firstEntry: number
  /** Messages that the batch consumes, the next ones of the shard's inbox. */
  readonly inbox: readonly InboxMessage[]
  readonly parcels: readonly Parcel[]
  readonly body: Pick<Body, 'shard' | 'transfers' | 'sections' | 'operations'>
  /** Gets the operations that cannot be executed, which are then left out; else they refuse it. */
  readonly leftOut?: RefusedOperation[]
}

export interface ExecutionPorts {
  readonly hashPairs: HashPairs
  /** Its buffers are used again from batch to batch. */
  readonly tree: MerkleTree
  /** Words for the trace, if the caller has some that no undo refers to any more. */
  readonly trace?: Uint32Array
}

export function executionPorts(hashPairs: HashPairs): ExecutionPorts {
  return { hashPairs, tree: new MerkleTree(hashPairs) }
}

/** Credits for one other shard. */
export interface OutboxOf {
  readonly shard: number
  readonly root: Hex
  /** Units. */
  readonly amount: bigint
  /** Leaves of outgoing.ts. */
  readonly leaves: Uint32Array
}

/** What the batch's claim has to say, and what is kept. */
export interface Executed {
  readonly entries: number
  readonly traceRoot: Hex
  readonly txRoot: Hex
  readonly opRoot: Hex
  /** All of the body's, but those that were left out. */
  readonly operations: Operations
  /** Leaves of outgoing.ts. */
  readonly exits: Uint32Array
  readonly exitRoot: Hex
  /** In rising order of the shard. */
  readonly outbox: readonly OutboxOf[]
  /** Units. */
  readonly fees: bigint
  readonly supply: bigint
  readonly inboxTo: number
  readonly undo: Undo
  /** `entries` leaves of trace.ts. */
  readonly trace: Uint32Array
}

/**
 * `position`: of the entry within the batch, from 0; of the transfer or the operation where one is
 * to blame.
 */
export type Execution =
  | { readonly ok: true; readonly executed: Executed }
  | {
      readonly ok: false
      readonly code: ExecutionRefusal
      readonly detail: string
      readonly position: number
    }

type Refused = Extract<Execution, { ok: false }>

function refusal(code: ExecutionRefusal, position: number, what: string): Refused {
  return { ok: false, code, position, detail: `${what} ${position}` }
}

function countsOf(
  { body, fee }: Pick<BatchToExecute, 'body' | 'fee'>,
  operations: Operations,
): BatchCounts {
  return { transfers: body.transfers, fee, ...countOperations(operations) }
}

/** Root over leaf and hash of each; a zero node without any. */
function operationsRoot(operations: Operations, counts: BatchCounts, tree: MerkleTree): Hex {
  const nodes = tree.reserve(operationNodes(counts))
  const words = new Uint32Array(nodes.buffer, nodes.byteOffset, nodes.byteLength / 4)
  writeOperationNodes(operations, words)
  return bytesToHex(tree.build())
}

type Done = Pick<Executed, 'txRoot' | 'opRoot' | 'operations' | 'fees'>

function execute(run: BatchRun, batch: BatchToExecute, ports: ExecutionPorts): Refused | Done {
  for (let i = 0; i < batch.inbox.length; i++) {
    const code = run.message(batch.inbox[i] as InboxMessage)
    if (code) return refusal(code, i, 'message')
  }
  for (let i = 0; i < batch.parcels.length; i++) {
    const code = run.parcel(batch.parcels[i] as Parcel)
    if (code) return refusal(code, i, 'parcel')
  }
  const { fee, feeAccount, body } = batch
  const leaves = ports.tree.reserve(body.transfers)
  const words = new Uint32Array(leaves.buffer, leaves.byteOffset, leaves.byteLength / 4)
  const stopped = executeTransfers(run, transferColumns(body), fee, words)
  if (stopped) return refusal(stopped.code, stopped.position, 'transfer')
  const txRoot = bytesToHex(ports.tree.build())
  const { leftOut } = batch
  const refused = executeOperations(run, body.operations, fee, leftOut)
  if (refused) return refusal(refused.code, refused.position, 'operation')
  const gone = new Set(leftOut?.map(({ position }) => position))
  const operations = withoutOperations(body.operations, gone)
  const counts = countsOf(batch, operations)
  const opRoot = operationsRoot(operations, counts, ports.tree)
  const fees = feesOf(counts)
  if (fees > 0n && !run.fees(feeAccount, fees)) {
    return refusal('FEE_ACCOUNT_UNKNOWN', body.transfers, 'fee after transfer')
  }
  return { txRoot, opRoot, operations, fees }
}

function outboxOf(run: BatchRun, tree: MerkleTree): OutboxOf[] {
  const lists = [...run.outbox].sort(([a], [b]) => a - b)
  return lists.map(([shard, list]) => {
    const leaves = list.leaves()
    return { shard, root: bytesToHex(outgoingRoot(leaves, tree)), amount: list.total, leaves }
  })
}

/**
 * Whole, or refused with code and position and the state as before. A body that `readBody` accepted
 * is expected; whether its claim says what comes out here is for the caller to compare.
 */
export function executeBatch(
  state: ShardState,
  batch: BatchToExecute,
  ports: ExecutionPorts,
): Execution {
  if (batch.body.shard !== state.shard) return refusal('WRONG_SHARD', 0, 'batch')
  if (batch.firstEntry !== state.entries + 1) return refusal('WRONG_FIRST_ENTRY', 0, 'entry')
  const { body, inbox, parcels } = batch
  const counts = countsOf(batch, body.operations)
  const most = entriesOf(inbox.length, creditsOf(parcels), counts)
  const trace = roomFor(most * LEAF_WORDS, ports.trace)
  const run = new BatchRun(state, trace)
  const done = execute(run, batch, ports)
  if ('ok' in done) {
    run.undo()
    return done
  }
  const { tree, hashPairs } = ports
  const root = bytesToHex(traceRoot(trace, run.count, tree, hashPairs))
  const exits = run.exits.leaves()
  const exitRoot = bytesToHex(outgoingRoot(exits, tree))
  const outbox = outboxOf(run, tree)
  const left = outbox.reduce((sum, one) => sum + one.amount, run.exits.total)
  const undo: Undo = {
    trace,
    count: run.count,
    entriesBefore: state.entries,
    entriesAfter: state.entries + run.count,
    supplyBefore: state.supply,
    inboxToBefore: state.inboxTo,
    usedBefore: run.usedBefore,
  }
  state.entries += run.count
  state.supply += run.arrived - left
  state.inboxTo += inbox.length
  const { supply, inboxTo } = state
  const executed = {
    ...done,
    entries: run.count,
    traceRoot: root,
    exits,
    exitRoot,
    outbox,
    supply,
    inboxTo,
    undo,
    trace,
  }
  return { ok: true, executed }
}

function roomFor(words: number, given: Uint32Array | undefined): Uint32Array {
  return given && given.length >= words ? given.subarray(0, words) : new Uint32Array(words)
}
