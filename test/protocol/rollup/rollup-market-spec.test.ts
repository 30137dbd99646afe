// docs/spec/rollup-market.md says what the code does: its worked batch is computed here with the
// reference libraries. WRITE_DOCS=1 writes it.

import { ed25519 } from '@noble/curves/ed25519.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bigintToBytes } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { verifyEd25519Strict } from '../../../protocol/crypto/ed25519-strict.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { checkSignatures, lowestNotAfter } from '../../../protocol/rollup/check-signatures.ts'
import { type Claim, encodeClaim, genesisParent } from '../../../protocol/rollup/claim.ts'
import { executeBatch, executionPorts } from '../../../protocol/rollup/execute-batch.ts'
import { heldFor, LOCK } from '../../../protocol/rollup/lock-record.ts'
import { operationsNotBefore } from '../../../protocol/rollup/operation-checks.ts'
import { lockDigest, settleDigest, termsHash } from '../../../protocol/rollup/operation-digests.ts'
import { checkOperation } from '../../../protocol/rollup/operation-receipt.ts'
import { type OperationTerms, termsOf } from '../../../protocol/rollup/operation-terms.ts'
import {
  encodeOperation,
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  writeOperationNodes,
} from '../../../protocol/rollup/operations.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { NOBODY_ABSENT, writeBody } from '../../../protocol/rollup/write-body.ts'
import { SpecPage, vectorText } from '../../kit/spec-page.ts'

const page = new SpecPage('rollup-market.md')
const GENESIS: Hex = `0x${'11'.repeat(32)}`
const byte = (value: string): Hex => `0x${value.repeat(32)}`
const seed = (index: number) => bigintToBytes(BigInt(index), 32)
const keys = {
  verify: () => false,
  cosignKey: () => undefined,
  spendKey: (index: number) => ed25519.getPublicKey(seed(index)),
}
const [OWNER, PAYEE, FEE] = [1, 3, 2]
const SETTLE = {
  ...{ kind: OPERATION_SETTLE, party: OWNER, from: 4, to: PAYEE, nonce: 2 },
  ...{ amount: 30n, deadline: 900, use: 0 },
}
const REFUND = {
  ...{ kind: OPERATION_REFUND, party: PAYEE, from: 5, to: OWNER, nonce: 0 },
  ...{ amount: 70n, deadline: 90, use: 0 },
}
const OPEN = {
  ...{ kind: OPERATION_LOCK, party: PAYEE, from: OWNER, to: 6, nonce: 9 },
  ...{ amount: 40n, deadline: 1000, use: 1 },
}
const TERMS = { jobId: byte('aa'), requestHash: byte('bb'), modelRoot: byte('cc') }
const LIMITS = { maxFee: 5, notAfter: 800 }

function stateBefore(): ShardState {
  const state = new ShardState({ shard: 0, shards: 1 })
  const { table } = state
  table.put(OWNER, 100, 0, 9, 1, 0)
  table.put(PAYEE, 0, 0, 0, 1, 0)
  table.put(4, 50, 0, 2, 1, 0, heldFor(PAYEE), 900, OWNER)
  table.put(5, 70, 0, 0, 1, 0, heldFor(PAYEE), 90, OWNER)
  table.put(6, 0, 0, 1, 1, 0, LOCK, 0, OWNER)
  table.used = 7
  state.entries = 1
  state.supply = 220n
  return state
}

function workedBatch() {
  const [settle, refund, open] = [SETTLE, REFUND, OPEN].map(encodeOperation) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const result = new Uint8Array(32).fill(0xdd)
  const terms = termsHash(TERMS)
  const settled = settleDigest(GENESIS, settle, result)
  const locked = lockDigest(GENESIS, open, terms, LIMITS.maxFee, LIMITS.notAfter)
  const words = (...parts: Uint8Array[]) => {
    const all = new Uint8Array(Buffer.concat(parts))
    return new Uint32Array(all.buffer)
  }
  const limits = new Uint8Array(Uint32Array.of(LIMITS.maxFee, LIMITS.notAfter).buffer)
  const operations = {
    settles: words(settle, result, ed25519.sign(settled, seed(PAYEE))),
    refunds: words(refund),
    locks: words(open, terms, limits, ed25519.sign(locked, seed(OWNER))),
  }
  const signature = new Uint8Array(96)
  const parts = { shard: 0, number: 1, signature, sections: [], operations }
  const body = writeBody({ ...parts, absent: NOBODY_ABSENT })
  const nodes = new Uint32Array(6 * 8)
  writeOperationNodes(operations, nodes)
  const tree = new MerkleTree(hashPairsNoble)
  tree.reserve(6).set(new Uint8Array(nodes.buffer))
  return { settle, refund, open, terms, settled, locked, body, root: tree.build(), tree, result }
}

function vector() {
  const made = workedBatch()
  const read = readBody(made.body)
  if (!read.ok) throw new Error(read.code)
  const state = stateBefore()
  const facts = { fee: FEE, feeAccount: PAYEE, firstEntry: 2, inbox: [], parcels: [] }
  const done = executeBatch(state, { ...facts, body: read.body }, executionPorts(hashPairsNoble))
  if (!done.ok) throw new Error(`${done.code} ${done.detail}`)
  const { executed } = done
  assert.is(executed.opRoot, bytesToHex(made.root))
  const leaf = (at: number) =>
    bytesToHex(new Uint8Array(executed.trace.slice(16 * at, 16 * at + 16).buffer))
  const proof = made.tree.proof(0).slice(32)
  const rows: [string, string][] = [
    ['genesisHash', GENESIS],
    ['leaf of the settle', bytesToHex(made.settle)],
    ['leaf of the refund', bytesToHex(made.refund)],
    ['leaf of the lock', bytesToHex(made.open)],
    ['terms hash', bytesToHex(made.terms)],
    ['settle digest', bytesToHex(made.settled)],
    ['lock digest', bytesToHex(made.locked)],
    ['opRoot', executed.opRoot],
    ['receipt of the settle: siblings of its parent', bytesToHex(proof)],
    ['body', bytesToHex(made.body)],
    ['trace leaf of pay', leaf(0)],
    ['trace leaf of rest', leaf(1)],
    ['trace leaf of refund', leaf(2)],
    ['trace leaf of lock', leaf(3)],
    ['record of lock 4 after it', bytesToHex(state.table.recordOf(4))],
    ['record of lock 6 after it', bytesToHex(state.table.recordOf(6))],
    ['state root after it', state.root(hashPairsNoble)],
  ]
  return {
    text: vectorText(rows),
    read,
    made,
    executed,
  }
}

test('the worked batch of the page', () => {
  page.checkVector(vector().text)
})

function claimOf({ read, executed }: ReturnType<typeof vector>): Claim {
  const { txRoot, opRoot, traceRoot, entries, exitRoot, supply } = executed
  return {
    ...{ shard: 0, number: 1, epoch: 0, parent: genesisParent(GENESIS, 0), sequencer: 0 },
    ...{ bodyHash: txRoot, bodyBytes: 1, transfers: 0, settles: 1, refunds: 1, locks: 1 },
    notAfter: lowestNotAfter(read.body),
    notBefore: operationsNotBefore(read.body.operations),
    ...{ firstEntry: 2, entries, fee: FEE, feeAccount: PAYEE, txRoot, opRoot, traceRoot },
    ...{ exits: 0, exitRoot, inboxTo: 0, consumed: [], outbox: [], supply },
    ...{ stateRoot: undefined, signature: new Uint8Array(96) },
  }
}

test('its signatures and heights hold, and no others do', () => {
  const found = vector()
  const claim = claimOf(found)
  assert.equal([claim.notAfter, claim.notBefore, claim.entries], [800, 91, 5])
  const check = (facts: Claim, body = found.read.body) =>
    checkSignatures(body, facts, GENESIS, () => 0, keys, verifyEd25519Strict)
  assert.equal(check(claim), { ok: true })
  const codeOf = (facts: Claim) => {
    const result = check(facts)
    return result.ok ? '' : result.code
  }
  assert.is(codeOf({ ...claim, notAfter: 801 }), 'BATCH_NOT_AFTER')
  assert.is(codeOf({ ...claim, notBefore: 90 }), 'BATCH_NOT_BEFORE')
  assert.is(codeOf({ ...claim, refunds: 2 }), 'BATCH_MISMATCH')
  assert.is(codeOf({ ...claim, fee: 6 }), 'FEE_ABOVE_MAX')
  // Every signed byte: the settle's leaf, hash and signature, and the lock's with its limits.
  const { body } = found.made
  const start = 128 + 16
  const signed = [...Array(128).keys(), ...Array.from({ length: 136 }, (_, i) => 128 + 32 + i)]
  for (const at of signed) {
    const other = Uint8Array.from(body)
    other[start + at] = (other[start + at] as number) ^ 1
    const read = readBody(other)
    if (!read.ok) continue
    const facts = { ...claim, notAfter: lowestNotAfter(read.body) }
    assert.not.ok(check(facts, read.body).ok, `byte ${at}`)
  }
})

test('the receipt of each operation holds, and nothing else', () => {
  const found = vector()
  const claim = encodeClaim(claimOf(found))
  const { tree, result, terms } = found.made
  const list = [
    [SETTLE, result],
    [REFUND, new Uint8Array(32)],
    [OPEN, terms],
  ] as const
  for (const [position, [leaf, hash]] of list.entries()) {
    const proof = tree.proof(2 * position).slice(32)
    const operation = termsOf(leaf) as OperationTerms
    const receipt = { claim, position, operation, hash: bytesToHex(hash), proof }
    const checked = checkOperation(receipt, hashPairsNoble)
    assert.ok(checked.ok)
    for (const bad of [
      { ...receipt, position: (position + 1) % 3 },
      { ...receipt, operation: { ...operation, amount: operation.amount + 1n } },
      { ...receipt, hash: byte('01') },
      { ...receipt, proof: proof.slice(32) },
    ]) {
      assert.equal(checkOperation(bad, hashPairsNoble), { ok: false, code: 'RECEIPT_OPERATION' })
    }
  }
})

test('the numbers of the page are the parameters', () => {
  page.checkParameters(3)
})

test.run()
