// Fraud proofs of the rollup over a full batch and a full parcel: bytes of a proof, what verifying
// one costs, what a search through everything costs. The history is honest, so every check runs to
// its end.
// npm run bench -- rollup-fraud [--accounts N]

import { parseArgs } from 'node:util'
import { hashPairsNative } from '../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { prng } from '../../lib/prng.ts'
import { BATCH_TRANSFERS_MAX, CLAIM_CREDITS_MAX, COHORT_SIZE } from '../../protocol/params.ts'
import { AccountTable } from '../../protocol/rollup/account-table.ts'
import type { DenseSection } from '../../protocol/rollup/body-layout.ts'
import { type Claim, claimHash, WITHOUT_OPERATIONS } from '../../protocol/rollup/claim.ts'
import { executeBatch, executionPorts } from '../../protocol/rollup/execute-batch.ts'
import { findFraud } from '../../protocol/rollup/find-fraud.ts'
import { encodeFraudProof, type FraudProof } from '../../protocol/rollup/fraud-proof.ts'
import { EvidenceMaker, type PublishedCase, proofOf } from '../../protocol/rollup/fraud-search.ts'
import { indexOf } from '../../protocol/rollup/layout.ts'
import { NO_OPERATIONS } from '../../protocol/rollup/operations.ts'
import { Outgoing, outgoingRoot } from '../../protocol/rollup/outgoing.ts'
import { slotIn } from '../../protocol/rollup/shard-place.ts'
import { ShardState } from '../../protocol/rollup/shard-state.ts'
import { encodeMeta } from '../../protocol/rollup/state-root.ts'
import { LEAF_WORDS } from '../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import { verifyFraudProof } from '../../protocol/rollup/verify-fraud.ts'

const { values } = parseArgs({ options: { accounts: { type: 'string', default: '1000000' } } })
const accounts = Number(values.accounts)
const TRANSFERS = BATCH_TRANSFERS_MAX
const CREDITS = CLAIM_CREDITS_MAX
const PLACE = { shard: 0, shards: 2 }
const TIMES = 200
const ZERO: Hex = `0x${'00'.repeat(32)}`
const random = prng('rollup-fraud bench')

const table = AccountTable.create(accounts)
for (let slot = 0; slot < accounts; slot++) table.put(slot, 4e9, 0, 0, slot + 1, 0)
table.used = accounts
const state = new ShardState(PLACE, table)
Object.assign(state, {
  entries: accounts,
  inboxTo: accounts,
  supply: BigInt(accounts) * 4_000_000_000n,
})

const before: Claim = {
  ...{ shard: 0, number: 1, epoch: 1, parent: ZERO, sequencer: 0, bodyHash: ZERO, bodyBytes: 0 },
  ...WITHOUT_OPERATIONS,
  ...{ transfers: 0, notAfter: 0, firstEntry: 1, entries: accounts, fee: 0, feeAccount: 0 },
  ...{ txRoot: ZERO, traceRoot: ZERO, exits: 0, exitRoot: ZERO, consumed: [], outbox: [] },
  ...{ inboxTo: accounts, supply: state.supply, signature: new Uint8Array(96) },
  stateRoot: state.root(hashPairsNative),
}
const first = new AccountTable(table.buffer.slice(0), accounts)
const someone = () => indexOf(PLACE.shard, PLACE.shards, random.below(accounts))
const sections = Array.from({ length: TRANSFERS / COHORT_SIZE }, (_, nth): DenseSection => {
  const to = Uint32Array.from({ length: COHORT_SIZE }, someone)
  const amount = Uint32Array.from({ length: COHORT_SIZE }, () => random.below(1000))
  const cohort = nth * PLACE.shards
  const at = nth * COHORT_SIZE
  return { kind: 'dense', cohort, present: undefined, to, amount, count: COHORT_SIZE, first: at }
})
const sent = new Outgoing()
for (let i = 0; i < CREDITS; i++) {
  sent.add(COHORT_SIZE + (i % COHORT_SIZE), someone(), random.below(1000), 0, i + 1, 0)
}
const parcel = { shard: 1, number: 1, leaves: sent.leaves() }
const parcelRoot = outgoingRoot(parcel.leaves, new MerkleTree(hashPairsNative))
const body = { shard: 0, transfers: TRANSFERS, sections, operations: NO_OPERATIONS }
const parcels = [parcel]
const batch = { fee: 1, feeAccount: 5, firstEntry: accounts + 1, inbox: [], parcels, body }
const done = executeBatch(state, batch, executionPorts(hashPairsNative))
if (!done.ok) throw new Error(done.code)
const { executed } = done
const { entries, traceRoot, txRoot, exitRoot, supply, trace } = executed
const claim: Claim = {
  ...{ ...before, number: 2, parent: claimHash(before), transfers: TRANSFERS, fee: 1 },
  ...{ firstEntry: accounts + 1, entries, traceRoot, txRoot, exitRoot, supply, feeAccount: 5 },
  consumed: [{ shard: parcel.shard, number: parcel.number }],
  stateRoot: state.root(hashPairsNative),
}
const transfers = new Uint32Array(TRANSFERS * 8)
for (let i = 0; i < TRANSFERS; i++) {
  const w = (offset: number) => trace[(CREDITS + i) * LEAF_WORDS + offset] as number
  transfers.set([w(2), w(10), w(3), 0, w(4), w(5), 0, 0], 8 * i)
}
const published: PublishedCase = {
  fraud: {
    place: PLACE,
    before: { ...before, hash: claimHash(before) },
    claims: [claim],
    message: () => undefined,
    parcel: () => ({ credits: CREDITS, amount: sent.total, root: bytesToHex(parcelRoot) }),
  },
  batches: [
    {
      ...{ trace, transfers, exits: executed.exits, outbox: new Map(), parcels },
      operations: new Uint32Array(0),
    },
  ],
  before: first,
  after: { table, meta: encodeMeta(state.meta) },
}

const evidence = new EvidenceMaker(published, hashPairsNative)
const leaf = (position: number) => evidence.leaf(0, position)
const slot = accounts - 1
const records = [evidence.record(table, slot), evidence.record(first, slot)]
const nodes = [evidence.node(transfers, 777)]
const credits = [evidence.node(parcel.leaves, 777)]
const last = CREDITS + TRANSFERS
const receiver = slotIn(PLACE, trace[3] as number)
const shown: readonly (readonly [what: string, proof: FraudProof])[] = [
  ['a transfer', proofOf('ARITHMETIC', 0, { leaves: [leaf(CREDITS + 777)], nodes })],
  ['a credit', proofOf('ARITHMETIC', 0, { leaves: [leaf(777)], nodes: credits })],
  ['two entries', proofOf('SKIP', 0, { side: 1, leaves: [leaf(last), leaf(CREDITS + 777)] })],
  [
    'a credit',
    proofOf('START', 0, {
      ...{ side: 1, leaves: [leaf(0)], records: [evidence.record(first, receiver)] },
    }),
  ],
  ['an account', proofOf('END_START', 0, { records })],
]
for (const [what, proof] of shown) {
  const bytes = encodeFraudProof(proof)
  for (let i = 0; i < TIMES; i++) verifyFraudProof(published.fraud, bytes)
  const started = process.cpuUsage()
  let code = ''
  for (let i = 0; i < TIMES; i++) {
    const verdict = verifyFraudProof(published.fraud, bytes)
    code = verdict.ok ? 'FRAUD' : verdict.code
  }
  const { user, system } = process.cpuUsage(started)
  const cost = ((user + system) / TIMES / 1000).toFixed(2)
  const name = `${proof.kind}, ${what}`.padEnd(24)
  console.log(`${name} ${bytes.length} bytes, verified in ${cost} ms: ${code}`)
}
const through = `${TRANSFERS} transfers, ${CREDITS} credits and ${accounts} records`
function search(what: string, of: PublishedCase): FraudProof | undefined {
  const started = process.cpuUsage()
  const found = findFraud(of, hashPairsNative)
  const { user, system } = process.cpuUsage(started)
  const seconds = ((user + system) / 1e6).toFixed(2)
  console.log(`search through ${through}, ${what}: ${seconds} s of CPU`)
  return found
}

const found = search('of what somebody published', published)
if (found) throw new Error(`an honest history is called fraud: ${found.kind}`)
// As a node does it that has executed the same: the last record is false, and all else as its own.
const told = new AccountTable(table.buffer.slice(0), accounts)
told.put(accounts - 1, 5e8, 0, 0, accounts, 0)
const known: PublishedCase = {
  ...published,
  after: { table: told, meta: encodeMeta(state.meta), own: table },
  rightEntries: () => entries,
}
const proved = search('beside an own execution', known)
if (!proved?.kind.startsWith('END_')) throw new Error('the false record was not found')
