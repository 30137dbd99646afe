// The parts of the rollup's load generator and of its auditor, against the rules of the protocol.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HistogramState } from '../../bench/harness/hdr-histogram.ts'
import { signAbsent } from '../../bench/scenarios/rollup/generator/absentees.ts'
import { batchShape } from '../../bench/scenarios/rollup/generator/batch-shape.ts'
import { LoadRun } from '../../bench/scenarios/rollup/generator/load-run.ts'
import { OpenSubmission } from '../../bench/scenarios/rollup/generator/open-submission.ts'
import { cosignatureOf, faultOf } from '../../bench/scenarios/rollup/generator/root-check.ts'
import { SenderBook } from '../../bench/scenarios/rollup/generator/sender-book.ts'
import { Submission } from '../../bench/scenarios/rollup/generator/submission.ts'
import { genesisShardState, Replay } from '../../bench/scenarios/rollup/replay.ts'
import { GENESIS_KEYS_SEED } from '../../compute/crypto/genesis-keys.ts'
import { hashPairsNative } from '../../compute/crypto/hash-pairs-native.ts'
import { KeyBook } from '../../compute/crypto/key-book.ts'
import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { BITMAP_BYTES, SIGNATURE_BYTES } from '../../protocol/rollup/body-layout.ts'
import {
  type Claim,
  claimHash,
  encodeClaim,
  genesisParent,
  WITHOUT_OPERATIONS,
} from '../../protocol/rollup/claim.ts'
import { executeBatch, executionPorts } from '../../protocol/rollup/execute-batch.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import { NOBODY_ABSENT, writeBody } from '../../protocol/rollup/write-body.ts'

const ACCOUNTS = 200
const GENESIS: Hex = `0x${'ab'.repeat(32)}`
const CONFIG = {
  shards: 1,
  locks: 0,
  accounts: ACCOUNTS,
  balance: 10n ** 9n,
  owner: `0x${'00'.repeat(20)}` as Hex,
}
const TERMS = { name: 'a', perSecond: 1000, seconds: 2, expireMs: 100 }

test('at any rate a submission fills in about the same time, out of the accounts there are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 2_000_000 }), (perSecond) => {
      const { transfers, fillMs } = batchShape(perSecond, 1_048_576)
      assert.ok(transfers <= 65_536)
      assert.ok(transfers < 4096 || transfers % 4096 === 0)
      if (perSecond >= 1000 && perSecond <= 1_600_000) assert.ok(fillMs > 20 && fillMs < 85)
      assert.ok(batchShape(perSecond, 300).transfers <= 300)
    }),
  )
})

test('senders take turns, and nobody is asked twice at a time', () => {
  const book = new SenderBook(8192)
  const firsts = Array.from({ length: 5 }, () => book.next(1500))
  assert.equal(firsts, [0, 1500, 4096, 5596, 0])
  assert.ok(book.begin(0, 1500))
  assert.not.ok(book.begin(1499, 10))
  assert.is(book.pendingCount, 1500)
  book.end(1499, true)
  book.end(1499, false)
  assert.ok(book.begin(1499, 10))
  assert.is(book.nonces[1499], 1)
  assert.is(book.next(8192), 0)
})

test('every transfer of a run is counted once, with its own intended time', () => {
  const shape = batchShape(TERMS.perSecond, 8192)
  const run = new LoadRun(TERMS, shape)
  run.start()
  assert.is(run.offered, run.submissions * shape.transfers)
  for (let place = 0; place < run.submissions; place++) run.sent(place, 100)
  run.final(0, 3, shape.transfers - 3)
  run.refused('BALANCE', 3)
  for (let place = 1; place < run.submissions - 1; place++) run.final(place, 0, shape.transfers)
  const load = run.end()
  assert.is(load.committed + load.failed + load.expired, load.offered)
  assert.is(load.expired, shape.transfers)
  const counted = load.latency.counts.reduce((sum, count) => sum + count, 0)
  assert.is(counted, load.committed)
  const bySecond = load.bySecond.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0))
  // The first second lacks the three that were refused.
  assert.equal(bySecond[0], 1000 - 3)
  assert.is((load.fill as HistogramState).max, Math.floor(shape.fillMs * 1000))
})

/** A batch of one submission with absentees, and what a sequencer tells of it. */
function batch(count: number, absent: number[]) {
  const book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
  const submission = new Submission({ first: 0, count, accounts: ACCOUNTS, seed: 5 })
  const positions = Uint32Array.from(absent)
  const signed = signAbsent(submission, positions, () => 0, book, GENESIS)
  const open = new OpenSubmission(
    submission,
    new LoadRun(TERMS, batchShape(1000, 8192)),
    0,
    0,
    positions,
  )
  const nonces = new Uint32Array(ACCOUNTS)
  const tree = new MerkleTree(hashPairsNative)
  const leaves = tree.reserve(count)
  const words = new Uint32Array(leaves.buffer, leaves.byteOffset, leaves.byteLength / 4)
  submission.writeLeaves(0, count, nonces, words, 0)
  const txRoot = bytesToHex(tree.build())
  const proofs = concatBytes(tree.proof(0), tree.proof(count - 1))
  const root = {
    kind: 'root' as const,
    shard: 0,
    number: 1,
    parent: genesisParent(GENESIS, 0),
    transfers: count,
    fee: 0,
    txRoot,
    withinMs: 100,
    runs: Uint32Array.of(1, 0, 0, count),
    proofs,
  }
  const runs = [{ submission: 1, offset: 0, first: 0, count }]
  const by = {
    book,
    genesisHash: GENESIS,
    nonces,
    find: (n: number) => (n === 1 ? open : undefined),
  }
  return { submission, signed, root, runs, by }
}

test('the generator refuses a root of anything but its own transfers', () => {
  const { root, runs, by } = batch(70, [])
  assert.is(faultOf(root, runs, by), '')
  assert.match(faultOf({ ...root, fee: 1001 }, runs, by), /fee/)
  assert.match(faultOf({ ...root, txRoot: GENESIS }, runs, by), /root of other/)
  assert.match(faultOf(root, [{ submission: 2, offset: 0, first: 0, count: 70 }], by), /never sent/)
  assert.match(faultOf(root, [{ submission: 1, offset: 1, first: 0, count: 70 }], by), /never sent/)
  const nonces = by.nonces.slice()
  nonces[33] = 1
  assert.match(faultOf(root, runs, { ...by, nonces }), /root of other/)
})

/** The claim of that batch, as a validator makes it. */
function claimOf(count: number, absent: number[]) {
  const { submission, signed, root, runs, by } = batch(count, absent)
  const cosign = cosignatureOf(root, runs, by)
  assert.equal([...cosign.absent.positions], absent)
  const present = new Uint8Array(BITMAP_BYTES)
  for (let i = 0; i < count; i++) present[i >>> 3] = (present[i >>> 3] as number) | (1 << (i & 7))
  const { to, amount } = submission
  const sections = [{ kind: 'dense' as const, cohort: 0, present, to, amount }]
  const body = writeBody({
    shard: 0,
    number: 1,
    signature: absent.length < count ? cosign.signature : new Uint8Array(SIGNATURE_BYTES),
    sections,
    absent: signed.absent,
  })
  const read = readBody(body)
  if (!read.ok) throw new Error(read.code)
  const state = genesisShardState(CONFIG)
  const facts = { fee: 0, feeAccount: 0, firstEntry: state.entries + 1 }
  const batchToDo = { ...facts, inbox: [], parcels: [], body: read.body }
  const done = executeBatch(state, batchToDo, executionPorts(hashPairsNative))
  if (!done.ok) throw new Error(done.code)
  const { entries, txRoot, traceRoot, exitRoot, supply } = done.executed
  assert.is(txRoot, root.txRoot)
  const claim: Claim = {
    ...WITHOUT_OPERATIONS,
    ...facts,
    shard: 0,
    number: 1,
    epoch: 0,
    parent: root.parent,
    sequencer: 0,
    bodyHash: `0x${createHash('sha256').update(body).digest('hex')}`,
    bodyBytes: body.length,
    transfers: count,
    notAfter: absent.length > 0 ? 2 ** 31 : 0xffff_ffff,
    entries,
    txRoot,
    traceRoot,
    exits: 0,
    exitRoot,
    inboxTo: 0,
    consumed: [],
    outbox: [],
    supply,
    stateRoot: state.root(hashPairsNative),
    signature: new Uint8Array(SIGNATURE_BYTES),
  }
  return { claim, body }
}

const audited = (claim: Claim, body: Uint8Array) =>
  new Replay(CONFIG, GENESIS).next(encodeClaim(claim), body)

test('what the generator co-signs holds, and the replay finds every planted fault', () => {
  const { claim, body } = claimOf(70, [3, 9])
  const good = audited(claim, body)
  assert.is(good.fault, '')
  assert.is(good.hash, claimHash(claim))
  const bodyHashOf = (bytes: Uint8Array): Hex =>
    `0x${createHash('sha256').update(bytes).digest('hex')}`
  const paidMore = body.slice()
  const amounts = new Uint32Array(paidMore.buffer)
  const at = (8 + 24 + 4) * 4 + BITMAP_BYTES + 4 * 70
  amounts[at / 4] = (amounts[at / 4] as number) + 1
  const faults: [Partial<Claim>, Uint8Array, RegExp][] = [
    [{ number: 2 }, body, /number 2 after 0/],
    [{ parent: GENESIS }, body, /parent/],
    [{}, paidMore, /another body/],
    [{ bodyHash: bodyHashOf(paidMore) }, paidMore, /txRoot/],
    [{ txRoot: GENESIS }, body, /BAD_AGGREGATE/],
    [{ traceRoot: GENESIS }, body, /traceRoot/],
    [{ supply: claim.supply + 1n }, body, /supply/],
    [{ stateRoot: GENESIS }, body, /state root/],
    [{ transfers: 71 }, body, /BATCH_MISMATCH/],
    [{ inboxTo: 1 }, body, /inbox/],
  ]
  for (const [change, bytes, expected] of faults) {
    assert.match(audited({ ...claim, ...change }, bytes).fault, expected)
  }
  const alone = claimOf(5, [0, 1, 2, 3, 4])
  assert.is(audited(alone.claim, alone.body).fault, '')
  assert.is(new Replay(CONFIG, GENESIS).transfers, 0)
})

test('one signature by the sum of the keys is not one of other senders', () => {
  const { root, runs, by } = batch(70, [])
  const all = cosignatureOf(root, runs, by).signature
  const { root: same, runs: sameRuns, by: less } = batch(70, [4])
  assert.not.equal([...cosignatureOf(same, sameRuns, less).signature], [...all])
  assert.equal([...NOBODY_ABSENT.positions], [])
})

test.run()
