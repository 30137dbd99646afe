// What shows a job paid in the rollup: the receipt of the settle, and the receipt of the job with
// it for its settlement. Both hold offline, and no well-made lie does.

import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { type Bundle, encodeBundle } from '../../../protocol/receipt/bundle.ts'
import type { RollupBilling } from '../../../protocol/receipt/receipt-v2.ts'
import { signReceipt } from '../../../protocol/receipt/sign-receipt.ts'
import { type Claim, claimHash, encodeClaim } from '../../../protocol/rollup/claim.ts'
import {
  encodeFinalOperation,
  type FinalOperation,
} from '../../../protocol/rollup/final-operation.ts'
import type { OperationReceipt } from '../../../protocol/rollup/operation-receipt.ts'
import { operationOf } from '../../../protocol/rollup/operation-terms.ts'
import {
  encodeOperation,
  type Operations,
  writeOperationNodes,
} from '../../../protocol/rollup/operations.ts'
import {
  decodeSentOperation,
  encodeSentOperation,
  SENT_OPERATION_BYTES,
  type SentOperation,
} from '../../../protocol/rollup/sent-operation.ts'
import {
  type HeldLock,
  signLock,
  signSettle,
  signSettled,
} from '../../../protocol/rollup/sign-operation.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { verifyFinalOperation } from '../../../protocol/rollup/verify-final-operation.ts'
import { verifyReceipt } from '../../../sdk/receipts/verify-receipt.ts'
import { collectOperation, collectRollupBundle } from '../../../sdk/rollup/collect-receipt.ts'
import { vectorFile } from '../../kit/vector-file.ts'
import { keyOf } from '../../protocol/market/market-world.ts'
import { bundle, job } from '../../protocol/receipt/bundle-fixture.ts'
import { makeBatch, sparseOf } from '../../protocol/rollup/batch-world.ts'
import { CLAIM, nodeWith, orderingBlock, world, ZERO } from './final-world.ts'

const vectorPath = vectorFile('receipt-bundle-rollup.json')
const GENESIS: Hex = `0x${'11'.repeat(32)}`
const PLACE: RollupBilling = { lock: 9000, use: 3, payee: 7 }
const { receipt, jobId, hash: requestHash } = job(PLACE)
const price = BigInt(receipt.price) / ROLLUP_UNIT_WEI
const held: HeldLock = { owner: 5, ...PLACE, amount: price + 100n, deadline: 900 }
const sign = (digest: Uint8Array) => Uint8Array.from([...digest, ...digest])
const settle = signSettle(GENESIS, held, receipt, sign)
/** By the sequencer, so that nobody sends it. */
const refund: SentOperation = {
  ...settle,
  terms: { ...held, kind: 'refund', lock: 9001, nonce: 0 },
  hash: ZERO,
}
const lock = signLock(
  GENESIS,
  { ...held, lock: 9002, nonce: 4 },
  { jobId, requestHash, modelRoot: receipt.model_root },
  { maxFee: 3, notAfter: 850 },
  sign,
)

/** As the body of a batch has them. */
function operations(): Operations {
  const words = (sent: SentOperation, from: number, to: number) =>
    new Uint32Array(encodeSentOperation(sent).slice(from, to).buffer)
  const leafAndHash = words(settle, 0, 64)
  const signature = words(settle, 72, SENT_OPERATION_BYTES)
  return {
    settles: Uint32Array.from([...leafAndHash, ...signature]),
    refunds: words(refund, 0, 32),
    locks: words(lock, 0, SENT_OPERATION_BYTES),
  }
}

const tree = new MerkleTree(hashPairsNative)
const nodes = tree.reserve(6)
writeOperationNodes(operations(), new Uint32Array(nodes.buffer, nodes.byteOffset, 48))
const opRoot = bytesToHex(tree.build())
const batch = makeBatch({ sections: [sparseOf(4100, 4200)], absent: [] })
const claim: Claim = { ...batch.facts, ...CLAIM, settles: 1, refunds: 1, locks: 1, opRoot }
const block = orderingBlock(claim)
const ask = nodeWith(claim, block)

const receiptAt = (position: number, { terms, hash }: SentOperation): OperationReceipt => ({
  operation: terms,
  hash,
  claim: encodeClaim(claim),
  position,
  proof: tree.proof(2 * position).slice(32),
})
const settled = receiptAt(0, settle)
const query = { receipt: settled, ask, bls: blsNative }
const validatorSetHash = world.rules(0).setHash
const trust = {
  bls: blsNative,
  hashPairs: hashPairsNoble,
  trustedValidatorSetHash: validatorSetHash,
}

const reasonOf = (file: FinalOperation) => {
  const verdict = verifyFinalOperation(encodeFinalOperation(file), trust)
  return verdict.valid ? 'valid' : verdict.reason
}
const reasonOfBundle = (file: Bundle) =>
  verifyReceipt(encodeBundle(file), { validatorSetHash }).reason ?? 'valid'

test('what is sent of an operation is read again; its leaf is the one that was signed', () => {
  for (const sent of [settle, lock]) {
    const bytes = encodeSentOperation(sent)
    assert.is(bytes.length, SENT_OPERATION_BYTES)
    assert.equal(decodeSentOperation(bytes), sent)
    assert.equal(bytes.slice(0, 32), encodeOperation(operationOf(sent.terms)))
    bytes[0] = 7
    assert.is(decodeSentOperation(bytes), undefined)
    assert.is(decodeSentOperation(bytes.subarray(4)), undefined)
  }
  assert.is(decodeSentOperation(encodeSentOperation(refund)), undefined)
})

test('nobody signs what the lock does not allow', () => {
  const other = (over: Partial<HeldLock>) => () =>
    signSettle(GENESIS, { ...held, ...over }, receipt, sign)
  assert.throws(other({ amount: price - 1n }), /less than the price/)
  for (const over of [{ lock: 9001 }, { use: 4 }, { payee: 8 }]) {
    assert.throws(other(over), /another lock, use or account/)
  }
  assert.throws(() => signSettle(GENESIS, held, job().receipt, sign), /not settled by the rollup/)
  const free = { ...settle, amount: 2n ** 64n, hash: ZERO }
  const rich = { ...held, amount: 2n ** 64n }
  assert.throws(() => signSettled(GENESIS, rich, free, sign), /out of range/)
})

test('every operation of a batch has a file that holds', async () => {
  for (const [position, sent] of [settle, refund, lock].entries()) {
    const file = await collectOperation({ ...query, receipt: receiptAt(position, sent) })
    const verdict = verifyFinalOperation(encodeFinalOperation(file), trust)
    assert.ok(verdict.valid && verdict.trusted, reasonOf(file))
    if (!verdict.valid) return
    const { height } = block.header
    const facts = { hash: sent.hash, shard: 0, batch: 1, claim: claimHash(claim), height }
    assert.equal(verdict.operation, { ...sent.terms, ...facts })
  }
})

test('lies about an operation are found out', async () => {
  const file = await collectOperation(query)
  const { operation } = file
  const said = (over: Partial<FinalOperation['operation']>) =>
    reasonOf({ ...file, operation: { ...operation, ...over } })
  for (const over of [{ amount: '1' }, { payee: 8 }, { lock: 1 }, { use: 0 }, { owner: 6 }]) {
    assert.match(said(over), /^operation: .*does not contain the operation/)
  }
  assert.match(said({ kind: 'refund' }), /does not contain/)
  assert.match(said({ nonce: 1 }), /^format/)
  assert.match(reasonOf({ ...file, hash: ZERO }), /does not contain/)
  assert.match(reasonOf({ ...file, position: 1 }), /does not contain/)
  assert.match(reasonOf({ ...file, claim: 2 }), /no such claim/)
})

test('the receipt of a job holds with the settle of the rollup in the place of a transaction', async () => {
  const text = encodeBundle(await collectRollupBundle(receipt, query))
  if (process.env.WRITE_VECTORS === '1') writeFileSync(vectorPath, text)
  assert.is(readFileSync(vectorPath, 'utf8'), text)
  const verdict = verifyReceipt(text, { validatorSetHash })
  assert.ok(verdict.valid && verdict.trusted, verdict.reason)
  const detail = verdict.checks.find(({ name }) => name === 'settlement')?.detail
  assert.match(
    detail ?? '',
    /^account 7 was paid 7000 units from lock 9000, use 3: batch 1 of shard 0/,
  )
  assert.ok(verdict.checks.some(({ name, warning }) => name === 'until-settled' && warning))
})

test('no receipt holds with the payment of another', async () => {
  const whole = await collectRollupBundle(receipt, query)
  const { settlement } = whole
  if (!('rollup' in settlement)) throw new Error('not by the rollup')
  const sealed = (over: object) => {
    const { signatures: _, ...plain } = { ...receipt, ...over }
    const secret = keyOf(2).secretKey
    return reasonOfBundle({ ...whole, receipt: signReceipt(plain, secret, secp256k1Noble) })
  }
  assert.is(sealed({}), 'valid')
  // What the provider signs for another account, or of another output, was not paid by this.
  const { billing } = receipt
  const elsewhere = { billing: { ...billing, rollup: { ...PLACE, payee: 8 } } }
  assert.match(sealed(elsewhere), /^settlement: .*does not contain the operation/)
  assert.match(sealed({ output_hash: ZERO }), /^settlement: .*does not contain the operation/)
  const claimed = (over: object) =>
    reasonOfBundle({
      ...whole,
      settlement: { ...settlement, rollup: { ...settlement.rollup, ...over } },
    })
  assert.match(claimed({ owner: 6 }), /^settlement/)
  assert.match(claimed({ deadline: 901 }), /^settlement/)
  const elsewise = { ...settlement, chain_id: 1 }
  assert.match(reasonOfBundle({ ...whole, settlement: elsewise }), /name two chains/)
  // One way of being paid does not stand for the other.
  const market = bundle()
  assert.match(reasonOfBundle({ ...market, settlement }), /^format: settlement/)
  const other = { ...whole, settlement: market.settlement }
  assert.match(reasonOfBundle(other), /^format: settlement/)
})

test.run()
