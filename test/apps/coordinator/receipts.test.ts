// Receipts over HTTP: read by who paid and who was paid, fetched as a bundle that verifies without
// the server, and checked for anybody.

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { decodeBlock, encodeBlock } from '../../../protocol/block/block.ts'
import { headerHash } from '../../../protocol/block/header-codec.ts'
import { receiptHash } from '../../../protocol/receipt/receipt-v2.ts'
import { encodeReceipts } from '../../../protocol/state/tables.ts'
import { verifyReceipt } from '../../../sdk/receipts/verify-receipt.ts'
import { vectorFile } from '../../kit/vector-file.ts'
import { keyOf } from '../../protocol/market/market-world.ts'
import {
  genesisBlock,
  output,
  sources,
  trustedHash,
  validatorSet,
} from '../../protocol/receipt/bundle-fixture.ts'
import { ALICE, assertError, BODY, startWorld, type World } from './coordinator-world.ts'
import { archiveOf } from './empty-archive.ts'

const settled = sources()
const { receipt } = settled
const SETTLE_HEIGHT = 42
const [payer, , payee] = [0, 1, 2].map((i) => bytesToHex(keyOf(i).secretKey))
const VERIFY = '/api/v1/receipts/verify'

const blocks = [genesisBlock(), ...settled.blocks.map(encodeBlock)].map((block, i) => {
  const { header } = decodeBlock(block)
  return {
    height: header.height,
    hash: headerHash(header),
    block,
    receipts: encodeReceipts(i === 1 ? settled.receipts : []),
    certificate: i === 0 ? new Uint8Array(0) : hexToBytes(settled.finality.certificate),
    finalAtMs: 1,
  }
})

let world: World
let tokens: Record<'payer' | 'payee' | 'stranger', string>

test.before(async () => {
  const genesisHash = decodeBlock(genesisBlock()).hash
  const network = { genesisHash, validatorSetHash: trustedHash }
  const facts = { network, validatorSet }
  world = await startWorld({ archive: archiveOf(blocks), facts })
  tokens = {
    payer: await world.token(payer as Hex),
    payee: await world.token(payee as Hex),
    stranger: await world.token(ALICE),
  }
  const { json } = await world.call('POST', '/api/v1/jobs', { token: tokens.payer, body: BODY })
  const pending = world.desk.jobs.get(json.job_id)
  if (!pending) throw new Error('no job')
  world.desk.put({
    ...pending,
    jobId: receipt.job_id,
    provider: receipt.provider,
    state: 'completed',
    paidWei: BigInt(receipt.billing.amount),
    output,
    receipt: JSON.stringify(receipt),
    receiptHash: receiptHash(receipt),
    settleTx: settled.settleTx,
    settleHeight: SETTLE_HEIGHT,
  })
  await world.ready()
})
test.after(() => world.stop())

const read = (id: string, token: string) => world.call('GET', `/api/v1/receipts/${id}`, { token })
const verify = async (body: unknown) => (await world.call('POST', VERIFY, { body })).json

test('both parties read the receipt by its id and by the job’s; nobody else does', async () => {
  for (const id of [receipt.receipt_id, receipt.job_id]) {
    for (const token of [tokens.payer, tokens.payee]) {
      const { status, json } = await read(id, token)
      assert.is(status, 200)
      assert.equal(json.receipt, receipt)
      assert.is(json.status, 'claimed')
      assert.is(json.settle_tx, settled.settleTx)
    }
    assertError(await read(id, tokens.stranger), 404, 'NOT_FOUND')
    assertError(await read(`${id}/bundle`, tokens.stranger), 404, 'NOT_FOUND')
    assertError(await world.call('GET', `/api/v1/receipts/${id}`), 401, 'AUTHENTICATION_ERROR')
  }
})

test('the bundle verifies offline against the trusted validators alone', async () => {
  const text = await world.client(payer as Hex).bundle(receipt.receipt_id)
  const verdict = verifyReceipt(text, { validatorSetHash: trustedHash, output })
  assert.ok(verdict.valid && verdict.trusted, verdict.reason ?? '')
  const answer = await verify({ bundle: text })
  assert.is(answer.valid, true)
  assert.is(answer.trusted, true)
  assert.is((await verify({ bundle: JSON.parse(text) })).valid, true, 'parsed, it is the same')
  const cheaper = JSON.parse(text)
  cheaper.receipt.billing.amount = '1'
  const refused = await verify({ bundle: cheaper })
  assert.is(refused.valid, false)
  assert.ok(refused.reason)
})

test('the published form checks the signature and what it signs, and shows no receipt', async () => {
  const proof = receipt.signatures[0]?.sig as Hex
  const good = { receipt_id: receipt.receipt_id, proof, public_inputs: [receipt.job_id] }
  const answer = await verify(good)
  assert.is(answer.valid, true)
  assert.is(answer.settled, true)
  assert.is(answer.receipt, undefined)
  assert.is((await verify({ receipt_id: receipt.receipt_id })).valid, true)
  const forged = await verify({ ...good, proof: `0x${'11'.repeat(65)}` })
  assert.is(forged.valid, false)
  assert.match(forged.reason, /signature/)
  const foreign = await verify({ ...good, public_inputs: [receipt.job_id, '0x1234'] })
  assert.match(foreign.reason, /0x1234/)
})

test('bare receipts of both versions are checked', async () => {
  const bare = await verify({ receipt })
  assert.is(bare.valid, true)
  assert.is(bare.kind, 'receipt-v2')
  const file = vectorFile('aitbc-v1-receipt-signed.json')
  const first = JSON.parse(readFileSync(file, 'utf8'))
  assert.is((await verify({ receipt: first })).kind, 'receipt-v1')
  assert.is((await verify({ receipt: first })).valid, true)
  assert.is((await verify({ receipt: { hello: 'world' } })).valid, false)
})

test('before it settled there is no bundle, and none after a refund', async () => {
  const job = world.desk.jobs.get(receipt.job_id)
  if (!job) throw new Error('no job')
  const path = `${receipt.job_id}/bundle`
  world.desk.put({ ...job, state: 'running', settleTx: undefined, settleHeight: undefined })
  assertError(await read(path, tokens.payer), 425, 'JOB_NOT_READY')
  assert.is((await read(receipt.job_id, tokens.payer)).json.status, 'pending')
  world.desk.put({ ...job, settleHeight: SETTLE_HEIGHT + 100 })
  assertError(await read(path, tokens.payer), 425, 'JOB_NOT_READY')
  world.desk.put({ ...job, state: 'failed', paidWei: 0n, refundedWei: job.priceWei })
  assertError(await read(path, tokens.payer), 409, 'CONFLICT')
  const { json } = await read(receipt.job_id, tokens.payer)
  assert.is(json.status, 'invalid')
  world.desk.put(job)
})

test.run()
