// A shard's history as its sequencer publishes it; and its commitments made anew over what somebody
// has changed in that, so that only the content is false.

import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { AccountTable } from '../../../protocol/rollup/account-table.ts'
import {
  type Claim,
  claimHash,
  genesisParent,
  type UnsignedClaim,
} from '../../../protocol/rollup/claim.ts'
import { firstTransfer } from '../../../protocol/rollup/entry-counts.ts'
import {
  type Executed,
  executeBatch,
  executionPorts,
} from '../../../protocol/rollup/execute-batch.ts'
import type { FraudCase } from '../../../protocol/rollup/fraud-evidence.ts'
import type { PublishedBatch, PublishedCase } from '../../../protocol/rollup/fraud-search.ts'
import type { InboxMessage } from '../../../protocol/rollup/inbox-message.ts'
import {
  operationsNotAfter,
  operationsNotBefore,
} from '../../../protocol/rollup/operation-checks.ts'
import {
  countOperations,
  type Operations,
  writeOperationNodes,
} from '../../../protocol/rollup/operations.ts'
import { OUTGOING_WORDS, outgoingRoot } from '../../../protocol/rollup/outgoing.ts'
import { PageTree } from '../../../protocol/rollup/page-tree.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import type { ShardPlace } from '../../../protocol/rollup/shard-place.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { encodeMeta, stateRootOf } from '../../../protocol/rollup/state-root.ts'
import { LEAF_WORDS, traceRoot } from '../../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import type { Mutable } from './fraud-lies.ts'
import { PlainShard } from './plain-shard.ts'
import { type RandomBatch, randomBatch, runPlain, toExecute } from './shard-run.ts'

const GENESIS: Hex = `0x${'22'.repeat(32)}`
const ports = executionPorts(hashPairsNative)
const tree = new MerkleTree(hashPairsNative)

export type World = Omit<PublishedCase, 'batches' | 'after'> & {
  readonly batches: (Mutable<PublishedBatch> & { outbox: Map<number, Uint32Array> })[]
  readonly claims: Mutable<Claim>[]
  readonly messages: readonly InboxMessage[]
  readonly after: { table: AccountTable; meta: Uint8Array }
}

/** Leaves of the transfer tree, from the trace. */
function transferLeaves(facts: UnsignedClaim, trace: Uint32Array): Uint32Array {
  const leaves = new Uint32Array(facts.transfers * 8)
  for (let i = 0; i < facts.transfers; i++) {
    const at = (firstTransfer(facts) + i) * LEAF_WORDS
    const w = (offset: number) => trace[at + offset] as number
    leaves.set([w(2), w(10), w(3), 0, w(4), w(5), 0, 0], 8 * i)
  }
  return leaves
}

function operationNodesOf(operations: Operations): Uint32Array {
  const { settles, refunds, locks } = countOperations(operations)
  const nodes = new Uint32Array(16 * (settles + refunds + locks))
  writeOperationNodes(operations, nodes)
  return nodes
}

const copyOf = (table: AccountTable) => new AccountTable(table.buffer.slice(0), table.used)

export interface NextBatch extends RandomBatch {
  /** What the chain has as sent, as the claim says that it consumes it. */
  readonly parcels?: readonly Parcel[]
  /** What the sequencer executes instead. */
  readonly falseParcels?: readonly Parcel[]
  readonly states: boolean
}

/** Batches of one shard, executed one after the other, and what is published of them. */
export class History {
  readonly state: ShardState
  private readonly place: ShardPlace
  private readonly claims: Claim[] = []
  private readonly batches: World['batches'] = []
  private readonly messages: InboxMessage[] = []
  private readonly sent = new Map<string, ReturnType<NonNullable<FraudCase['parcel']>>>()
  private past = 0
  private before: AccountTable

  constructor(place: ShardPlace) {
    this.place = place
    this.state = new ShardState(place)
    this.before = copyOf(this.state.table)
  }

  /** What comes now is what a challenger looks at. */
  begin(): void {
    this.past = this.claims.length
    this.before = copyOf(this.state.table)
  }

  /** Throws where it cannot be executed. */
  add(batch: NextBatch): Executed {
    const { state } = this
    const { parcels = [], falseParcels = parcels } = batch
    const given = { ...toExecute(state, batch), parcels: falseParcels }
    const { firstEntry } = given
    const result = executeBatch(state, given, ports)
    if (!result.ok) throw new Error(result.code)
    const { executed } = result
    this.messages.push(...batch.inbox)
    const facts = this.factsOf(batch, parcels, executed, firstEntry)
    this.claims.push({ ...facts, signature: new Uint8Array(96) })
    for (const { shard, number, leaves } of parcels) {
      const credits = leaves.length / OUTGOING_WORDS
      const root = bytesToHex(outgoingRoot(leaves, tree))
      const amount = BigInt(leaves.at(-2) ?? 0) + (BigInt(leaves.at(-1) ?? 0) << 32n)
      this.sent.set(`${shard} ${number}`, { credits, amount, root })
    }
    this.batches.push({
      trace: executed.trace,
      transfers: transferLeaves(facts, executed.trace),
      operations: operationNodesOf(given.body.operations),
      exits: executed.exits,
      outbox: new Map(executed.outbox.map(({ shard, leaves }) => [shard, leaves])),
      parcels,
    })
    return executed
  }

  private factsOf(
    batch: NextBatch,
    parcels: readonly Parcel[],
    executed: Executed,
    firstEntry: number,
  ): UnsignedClaim {
    const { entries, traceRoot: root, txRoot, opRoot, exitRoot, inboxTo, supply } = executed
    const { operations } = executed
    const number = this.claims.length + 1
    const last = this.claims.at(-1)
    const { shard } = this.place
    return {
      ...{ shard, number, epoch: 1, sequencer: number % 3, bodyHash: txRoot, bodyBytes: 1 },
      ...{ firstEntry, entries, fee: batch.fee, feeAccount: batch.feeAccount },
      ...countOperations(operations),
      notAfter: operationsNotAfter(operations),
      notBefore: operationsNotBefore(operations),
      ...{ txRoot, opRoot, traceRoot: root, exits: executed.exits.length / 8, exitRoot, inboxTo },
      consumed: parcels.map((one) => ({ shard: one.shard, number: one.number })),
      outbox: executed.outbox.map(({ leaves, ...one }) => ({ ...one, credits: leaves.length / 8 })),
      ...{ supply, transfers: batch.transfers.length },
      parent: last ? claimHash(last) : genesisParent(GENESIS, shard),
      stateRoot: batch.states ? this.state.root(hashPairsNative) : undefined,
    }
  }

  /** The claims since `begin`. */
  world(): World {
    const { messages, sent, state, place } = this
    const claims: Mutable<Claim>[] = this.claims.slice(this.past)
    const last = this.claims[this.past - 1]
    const fraud = {
      place,
      before: last && { ...last, hash: claimHash(last) },
      claims,
      message: (position: number) => messages[position],
      parcel: (shard: number, number: number) => sent.get(`${shard} ${number}`),
    }
    const after = { table: copyOf(state.table), meta: encodeMeta(state.meta) }
    const batches = this.batches.slice(this.past)
    return { fraud, batches, before: this.before, after, claims, messages }
  }
}

/** One shard alone: `count` claims, the last of which states a root, as does the one before them. */
export function honestWorld(
  seed: string,
  past: number,
  count: number,
  tamper: (state: ShardState, batch: RandomBatch, number: number) => RandomBatch = (_, it) => it,
): World {
  const random = prng(seed)
  const plain = new PlainShard()
  const history = new History({ shard: 0, shards: 1 })
  for (let number = 1; number <= past + count; number++) {
    if (number === past + 1) history.begin()
    const drawn = randomBatch(random, plain)
    const batch = tamper(history.state, drawn, number)
    history.add({ ...batch, states: number === past || number === past + count })
    runPlain(plain, drawn)
  }
  return history.world()
}

/** Every commitment as its content now is, every parent as the claim before now is. */
export function recommit(world: World): void {
  for (const [i, claim] of world.claims.entries()) {
    const batch = world.batches[i] as World['batches'][number]
    claim.traceRoot = bytesToHex(traceRoot(batch.trace, claim.entries, tree, hashPairsNative))
    claim.txRoot = bytesToHex(outgoingRoot(batch.transfers, tree))
    claim.opRoot = bytesToHex(outgoingRoot(batch.operations, tree))
    claim.exitRoot = bytesToHex(outgoingRoot(batch.exits, tree))
    claim.outbox = claim.outbox.map((one) => {
      const leaves = batch.outbox.get(one.shard) as Uint32Array
      const root = bytesToHex(outgoingRoot(leaves, tree))
      return { ...one, credits: leaves.length / OUTGOING_WORDS, root }
    })
    if (i === world.claims.length - 1) {
      const { table, meta } = world.after
      table.stale.fill(3)
      const root = new PageTree(table).root(hashPairsNative)
      claim.stateRoot = bytesToHex(stateRootOf(root, meta))
    }
    const before = world.claims[i - 1]
    if (before) claim.parent = claimHash(before)
  }
}
