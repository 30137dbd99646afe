// A shard's history as its sequencer publishes it, and the same with one lie in it: a word changed
// in what stands behind a commitment, the commitment made anew, so that only the content is false.

import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { type Prng, prng } from '../../../lib/prng.ts'
import { AccountTable } from '../../../protocol/rollup/account-table.ts'
import {
  type Claim,
  claimHash,
  genesisParent,
  NO_LIMIT,
  type UnsignedClaim,
} from '../../../protocol/rollup/claim.ts'
import { executeBatch, executionPorts } from '../../../protocol/rollup/execute-batch.ts'
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
import { outgoingRoot } from '../../../protocol/rollup/outgoing.ts'
import { PageTree } from '../../../protocol/rollup/page-tree.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { encodeMeta, stateRootOf } from '../../../protocol/rollup/state-root.ts'
import { KIND, LEAF_WORDS, traceRoot } from '../../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { PlainShard } from './plain-shard.ts'
import { type RandomBatch, randomBatch, runPlain, toExecute } from './shard-run.ts'

const PLACE = { shard: 0, shards: 1 }
const GENESIS: Hex = `0x${'22'.repeat(32)}`
const ports = executionPorts(hashPairsNative)
const tree = new MerkleTree(hashPairsNative)

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }
export type World = Omit<PublishedCase, 'batches' | 'after'> & {
  readonly batches: Mutable<PublishedBatch>[]
  readonly claims: Mutable<Claim>[]
  readonly messages: readonly InboxMessage[]
  readonly after: { table: AccountTable; meta: Uint8Array }
}

function transferLeaves(batch: RandomBatch, trace: Uint32Array): Uint32Array {
  const leaves = new Uint32Array(batch.transfers.length * 8)
  for (let i = 0; i < batch.transfers.length; i++) {
    const at = (batch.inbox.length + i) * LEAF_WORDS
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

/** Batches of `count` claims, the last of which states a root, as does the one before them. */
export function honestWorld(
  seed: string,
  past: number,
  count: number,
  tamper: (state: ShardState, batch: RandomBatch, number: number) => RandomBatch = (_, it) => it,
): World {
  const random = prng(seed)
  const state = new ShardState(PLACE)
  const plain = new PlainShard()
  const claims: Claim[] = []
  const batches: Mutable<PublishedBatch>[] = []
  const messages: InboxMessage[] = []
  let before = copyOf(state.table)
  for (let number = 1; number <= past + count; number++) {
    if (number === past + 1) before = copyOf(state.table)
    const drawn = randomBatch(random, plain)
    const batch = tamper(state, drawn, number)
    const firstEntry = state.entries + 1
    const given = toExecute(state, batch)
    const result = executeBatch(state, given, ports)
    if (!result.ok) throw new Error(result.code)
    runPlain(plain, drawn)
    messages.push(...batch.inbox)
    const { executed } = result
    const { entries, traceRoot: root, txRoot, exitRoot, inboxTo, supply, trace } = executed
    const facts: UnsignedClaim = {
      ...{ shard: 0, number, epoch: 1, sequencer: number % 3, bodyHash: txRoot, bodyBytes: 1 },
      ...{ firstEntry, entries, fee: batch.fee, feeAccount: batch.feeAccount },
      ...countOperations(given.body.operations),
      notAfter: operationsNotAfter(given.body.operations),
      notBefore: operationsNotBefore(given.body.operations),
      opRoot: executed.opRoot,
      ...{ txRoot, traceRoot: root, exits: executed.exits.length / 8, exitRoot, inboxTo },
      ...{ consumed: [], outbox: [], supply, transfers: batch.transfers.length },
      parent: claims.length > 0 ? claimHash(claims.at(-1) as Claim) : genesisParent(GENESIS, 0),
      stateRoot:
        number === past || number === past + count ? state.root(hashPairsNative) : undefined,
    }
    claims.push({ ...facts, signature: new Uint8Array(96) })
    batches.push({
      trace,
      transfers: transferLeaves(batch, trace),
      operations: operationNodesOf(given.body.operations),
      exits: executed.exits,
      outbox: new Map(),
      parcels: [],
    })
  }
  const shown = claims.slice(past)
  const last = claims[past - 1]
  const fraud = {
    place: PLACE,
    before: last && { ...last, hash: claimHash(last) },
    claims: shown,
    message: (position: number) => messages[position],
  }
  const after = { table: copyOf(state.table), meta: encodeMeta(state.meta) }
  return { fraud, batches: batches.slice(past), before, after, claims: shown, messages }
}

/** Every commitment as its content now is, every parent as the claim before now is. */
export function recommit(world: World): void {
  for (const [i, claim] of world.claims.entries()) {
    const batch = world.batches[i] as PublishedBatch
    claim.traceRoot = bytesToHex(traceRoot(batch.trace, claim.entries, tree, hashPairsNative))
    claim.txRoot = bytesToHex(outgoingRoot(batch.transfers, tree))
    claim.opRoot = bytesToHex(outgoingRoot(batch.operations, tree))
    claim.exitRoot = bytesToHex(outgoingRoot(batch.exits, tree))
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

const flip = (random: Prng, words: Uint32Array, at: number) => {
  const word = words[at] as number
  const change = random.chance(0.5) ? word + 1 : word ^ (1 << random.below(32))
  words[at] = change
  return true
}

/** Another random entry of `words` in place of the one at `to`: plausible, and wrong. */
function copyLeaf(random: Prng, words: Uint32Array, size: number): boolean {
  const count = words.length / size
  if (count < 2) return false
  const [from, to] = [random.below(count), random.below(count)]
  const old = words.slice(to * size, (to + 1) * size).join()
  words.copyWithin(to * size, from * size, (from + 1) * size)
  return words.slice(to * size, (to + 1) * size).join() !== old
}

/** Some entry knows nothing of an earlier one that credited the same account. */
function skipTouch(trace: Uint32Array): boolean {
  const receiver = (at: number) => trace[at + 3] as number
  for (let later = trace.length - LEAF_WORDS; later > 0; later -= LEAF_WORDS) {
    if (receiver(later) === trace[later + 2] || receiver(later) > 2 ** 24) continue
    for (let earlier = later - LEAF_WORDS; earlier >= 0; earlier -= LEAF_WORDS) {
      if (receiver(earlier) !== receiver(later)) continue
      if (trace[earlier] === KIND.register || trace[earlier] === KIND.forceVoid) continue
      trace.copyWithin(later + 11, earlier + 11, earlier + 16)
      return true
    }
  }
  return false
}

export const LIES = [
  'trace word',
  'trace leaf',
  'skipped touch',
  'transfer word',
  'transfer leaf',
  'operation word',
  'operation leaf',
  'operation kinds',
  'deadline',
  'exit word',
  'exit left out',
  'exit added',
  'record word',
  'record as before',
  'record of another',
  'size',
  'number in the root',
  'depth in the root',
  'supply',
  'fee',
  'count',
] as const

/** Tells the lie in the last claim, or in claim `at`; false where there is nothing to lie about. */
export function lie(world: World, what: (typeof LIES)[number], at: number, random: Prng): boolean {
  const batch = world.batches[at] as Mutable<PublishedBatch>
  const claim = world.claims[at] as Mutable<Claim>
  const { table } = world.after
  const slots = Math.min(table.used, 300)
  switch (what) {
    case 'trace word':
      return batch.trace.length > 0 && flip(random, batch.trace, random.below(batch.trace.length))
    case 'trace leaf':
      return copyLeaf(random, batch.trace, LEAF_WORDS)
    case 'skipped touch':
      return skipTouch(batch.trace)
    case 'transfer word':
      if (batch.transfers.length === 0) return false
      return flip(random, batch.transfers, random.below(batch.transfers.length))
    case 'transfer leaf':
      return copyLeaf(random, batch.transfers, 8)
    case 'operation word': {
      // What the hashes say is not executed: it is for who signed.
      const count = batch.operations.length / 16
      if (count === 0) return false
      return flip(random, batch.operations, 16 * random.below(count) + random.below(8))
    }
    case 'operation leaf':
      return copyLeaf(random, batch.operations, 16)
    case 'operation kinds':
      if (claim.settles === 0) return false
      claim.settles--
      claim.refunds += 2
      return true
    case 'deadline':
      if (claim.notBefore > 0 && random.chance(0.5)) claim.notBefore--
      else if (claim.settles > 0) claim.notAfter = NO_LIMIT
      else return false
      return true
    case 'exit word':
      return batch.exits.length > 0 && flip(random, batch.exits, random.below(batch.exits.length))
    case 'exit left out': {
      if (batch.exits.length === 0) return false
      const out = random.below(batch.exits.length / 8)
      batch.exits = batch.exits.filter((_, i) => i >> 3 !== out)
      claim.exits--
      return true
    }
    case 'exit added': {
      const copied = batch.exits.slice(-8)
      const added = copied.length > 0 ? copied : new Uint32Array(8).fill(claim.firstEntry)
      batch.exits = Uint32Array.from([...batch.exits, ...added])
      claim.exits++
      return true
    }
    case 'record word':
      return flip(random, table.words, random.below(8 * slots))
    case 'record as before': {
      const changed = Array.from({ length: slots }, (_, slot) => slot).filter(
        (slot) => table.touchOf(slot) !== world.before.touchOf(slot),
      )
      if (changed.length === 0) return false
      const slot = changed[random.below(changed.length)] as number
      table.words.set(new Uint32Array(world.before.recordOf(slot).buffer), slot * 8)
      return true
    }
    case 'record of another': {
      const used = Array.from({ length: slots }, (_, i) => i).filter((i) => table.isRegistered(i))
      const from = used[random.below(used.length)] ?? 0
      const to = random.below(slots)
      const old = table.recordOf(to).join()
      table.words.copyWithin(to * 8, from * 8, from * 8 + 8)
      return table.recordOf(to).join() !== old
    }
    case 'size': {
      const isSmaller = table.depth > 12 && random.chance(0.5)
      if (!isSmaller) table.growFor(2 ** table.depth)
      table.used = isSmaller ? 2 ** (table.depth - 1) : 2 ** table.depth + 1
      const words = new Uint32Array(world.after.meta.buffer)
      words[0] = table.depth
      return true
    }
    case 'number in the root':
      return flip(random, new Uint32Array(world.after.meta.buffer), random.below(16))
    case 'depth in the root':
      new Uint32Array(world.after.meta.buffer)[0] = table.depth + (random.chance(0.5) ? 1 : -1)
      return true
    case 'supply':
      claim.supply += BigInt(1 + random.below(5))
      return true
    case 'fee':
      // Where nobody pays it, any fee is true.
      if (claim.transfers === 0) return false
      claim.fee++
      return true
    case 'count':
      claim.entries = Math.max(0, claim.entries - 1)
      return batch.trace.length > 0
  }
}
