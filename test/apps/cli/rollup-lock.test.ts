// Jobs that are paid in the rollup as consumer and provider type it, against a running development
// network: locked, settled, given back by the provider and by the deadline, and shown offline.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chainClient } from '../../../apps/cli/chain-client.ts'
import { lockPayer } from '../../../apps/cli/lock-payer.ts'
import { devAccount } from '../../../apps/node/dev-keys.ts'
import { type Hex, hexToBytes } from '../../../lib/hex.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { requestHash } from '../../../protocol/job/job-id.ts'
import { readRequest } from '../../../protocol/job/read-request.ts'
import { buildReceipt } from '../../../protocol/receipt/build-receipt.ts'
import type { RollupBilling } from '../../../protocol/receipt/receipt-v2.ts'
import { signReceipt } from '../../../protocol/receipt/sign-receipt.ts'
import { bad, good, RollupCli } from './rollup-cli.ts'

const typed = new RollupCli('rollup-lock')
const { folder } = typed
const [CONSUMER, PROVIDER] = [devAccount('alice'), devAccount('bob')]
const MODEL: Hex = `0x${'77'.repeat(32)}`
const read = readRequest(
  { model_id: 'stories15m', input_data: 'Once', requirements: { max_tokens: 4 } },
  `0x${'5a'.repeat(32)}`,
)
if (!read.ok) throw new Error(read.message)
const { request, text: requestText } = read
const REQUEST = requestHash(requestText)

let [alice, bob] = [0, 0]
test.before(() => typed.start())
test.after(() => typed.stop())

const rollup = (...args: string[]) => typed.rollup(...args)
const [asAlice, asBob] = [typed.as('alice'), typed.as('bob')]
const lock = (amount: string, ...more: string[]) =>
  asAlice('lock', `${bob}`, amount, '--request', REQUEST, '--model', MODEL, ...more)

/** Of the provider: bob, who signs with his account's key. Seven tokens of 0.1 AITBC. */
function receiptFile(name: string, jobId: Hex, over: object, rollup?: RollupBilling): string {
  const { address, privateKey } = PROVIDER
  const receipt = buildReceipt({
    chainId: 1337,
    jobId,
    requestText,
    request,
    provider: address,
    client: CONSUMER.address,
    coordinator: address,
    modelRoot: MODEL,
    quantization: 'f32',
    tokenizerHash: MODEL,
    engine: 'aitbc-llama-ref@1',
    device: 'cpu',
    unit: 'tokens',
    unitPriceWei: 10n ** 17n,
    priceWei: 10n ** 18n,
    status: 'completed',
    promptTokens: 3,
    completionTokens: 4,
    inputs: 1,
    output: '{"text":"a time"}',
    chunks: [],
    startedAtMs: 1_700_000_000_000,
    completedAtMs: 1_700_000_001_500,
    ...(rollup && { rollup }),
    ...over,
  })
  const signed = signReceipt(receipt, hexToBytes(privateKey), secp256k1Noble)
  writeFileSync(join(folder, name), JSON.stringify(signed))
  return name
}

test('accounts with and without locks', async () => {
  await bad(asAlice('register', '--locks', '16'), /from 1 to 15/, 2)
  const [made, other] = await Promise.all([
    good(asAlice('register', '--amount', '3', '--locks', '2')),
    good(asBob('register', '--amount', '1')),
  ])
  alice = made.index
  bob = other.index
  assert.equal(made.locks, [alice + 1, alice + 2])
  const { locks } = await good(asAlice('lock-status'))
  assert.equal(
    locks.map((one: { lock: number; state: string }) => [one.lock, one.state]),
    [
      [alice + 1, 'free'],
      [alice + 2, 'free'],
    ],
  )
  const none = ['lock', `${alice}`, '1', '--request', REQUEST, '--model', MODEL]
  await bad(asBob(...none), /without locks/)
})

test('what cannot be locked is refused with its reason', async () => {
  await bad(asAlice('lock', 'bob', '1', '--request', REQUEST, '--model', MODEL), /no account/, 2)
  await bad(asAlice('lock', `${bob}`, '1', '--request', '0x12', '--model', MODEL), /64 hex/, 2)
  await bad(asAlice('lock', `${bob}`, '1', '--model', MODEL), /--request/, 2)
  await bad(lock('0.0000000001'), /at most 9 decimals/, 2)
  await bad(lock('1', '--blocks', '0'), /--blocks/, 2)
  await bad(lock('1', '--lock', '16777216'), /below 2\^24/, 2)
  await bad(lock('1', '--lock', '16000000'), /no lock 16000000/)
  await bad(lock('1000'), /has too little[\s\S]*deposit/)
  await bad(lock('1', '--blocks', '3'), /refused the lock[\s\S]*EXPIRED[\s\S]*--blocks/)
  const nobody = ['lock', '16000000', '1', '--request', REQUEST, '--model', MODEL]
  await bad(asAlice(...nobody), /no account 16000000/)
  await bad(rollup('lock-status', `${bob}`), /there is no lock/)
  await bad(rollup('refund', `${alice + 1}`), /no money was locked in it yet/)
  await bad(asBob('release', `${alice + 1}`), /is free/)
})

test('a job is locked, settled with its receipt, and all files hold offline', async () => {
  const locked = await good(lock('1'))
  assert.equal(
    [locked.kind, locked.owner, locked.lock, locked.payee, locked.use, locked.amount],
    ['lock', alice, alice + 1, bob, 0, '1000000000'],
  )
  const billing = { lock: alice + 1, use: 0, payee: bob }
  const settle = (name: string, over = {}, rollup?: RollupBilling) =>
    asBob('settle', receiptFile(name, locked.job_id, over, rollup))

  await bad(lock('1', '--lock', `${alice + 1}`), /not free[\s\S]*1 AITBC for account/)
  await bad(settle('market.json'), /no billing\.rollup/)
  await bad(
    settle('dear.json', { promptTokens: 9, priceWei: 2n * 10n ** 18n }, billing),
    /too little/,
  )
  await bad(settle('model.json', { modelRoot: REQUEST }, billing), /is for another job/)
  await bad(settle('use.json', {}, { ...billing, use: 1 }), /holds nothing for use 1/)
  await bad(settle('payee.json', {}, { ...billing, payee: alice }), /somebody else/)
  await bad(asAlice('settle', 'use.json'), /somebody else/)
  await bad(asAlice('release', `${alice + 1}`), /somebody else/)
  const name = receiptFile('receipt.json', locked.job_id, {}, billing)
  const text = readFileSync(join(folder, name), 'utf8')
  writeFileSync(join(folder, 'forged.json'), text.replace('"cpu"', '"gpu"'))
  await bad(asBob('settle', 'forged.json'), /does not verify[\s\S]*signature/)
  await bad(asBob('settle', 'none.json'), /cannot read/)

  const settled = await good(asBob('settle', name))
  assert.equal([settled.kind, settled.payee, settled.amount], ['settle', bob, '700000000'])
  const again = await good(asBob('settle', name))
  assert.equal([again.batch, again.bundle], [settled.batch, settled.bundle])
  await bad(
    asBob('settle', receiptFile('gpu.json', locked.job_id, { device: 'gpu' }, billing)),
    /settled already/,
  )
  await bad(rollup('refund', `${alice + 1}`), /was paid 0\.7 AITBC/)
  const { units } = await good(rollup('balance', `${bob}`))
  assert.is(units, '1700000000')

  // Offline: with the hash of the network's validators, which everybody knows.
  const trust = ['--trusted-validators', typed.chain.network.validatorSetHash]
  const lockFile = await good(typed.run('rollup', 'verify', locked.receipt, ...trust))
  assert.is(lockFile.operation.hash, locked.hash)
  const file = await good(typed.run('rollup', 'verify', settled.receipt, ...trust))
  assert.equal([file.operation.payee, file.operation.amount], [bob, '700000000'])
  const job = await good(typed.run('receipt', 'verify', settled.bundle, ...trust))
  assert.is(job.kind, 'bundle')
  const lie = readFileSync(settled.bundle, 'utf8').replace(`"owner":${alice}`, `"owner":${bob}`)
  writeFileSync(join(folder, 'lie.json'), lie)
  await bad(typed.run('receipt', 'verify', 'lie.json', ...trust), /does not contain the operation/)
  const copy = ['receipt', `${alice + 1}`, '0', '--operation', 'settle', '--out', 'copy.json']
  assert.equal((await good(rollup(...copy))).operation, file.operation)
  assert.is(readFileSync(join(folder, 'copy.json'), 'utf8'), readFileSync(settled.receipt, 'utf8'))
  assert.equal(typed.chain.errors, [])
})

/** Blocks come one after the other where there is something to put into them. */
async function inTraffic<T>(work: () => Promise<T>): Promise<T> {
  const { privateKey } = devAccount('carol')
  const carol = chainClient(typed.chain.gateway.url, privateKey)
  let isOver = false
  const traffic = async () => {
    while (!isOver) await carol.send({ to: carol.address, data: '0x', value: 1n })
  }
  const sending = traffic()
  try {
    return await work()
  } finally {
    isOver = true
    await sending
  }
}

test('what nobody settles goes back: by the provider, and after the deadline by itself', async () => {
  const first = await good(lock('0.5'))
  assert.equal([first.lock, first.use], [alice + 1, 1])
  const released = await good(asBob('release', `${alice + 1}`))
  assert.equal([released.kind, released.amount, released.use], ['settle', '0', 1])

  const left = await good(lock('0.5', '--lock', `${alice + 2}`, '--blocks', '20'))
  const back = await good(inTraffic(() => rollup('refund', `${alice + 2}`)))
  assert.equal(
    [back.kind, back.owner, back.payee, back.amount, back.deadline],
    ['refund', alice, bob, '500000000', left.deadline],
  )
  const trust = ['--trusted-validators', typed.chain.network.validatorSetHash]
  const file = await good(typed.run('rollup', 'verify', back.receipt, ...trust))
  assert.equal([file.operation.kind, file.operation.owner], ['refund', alice])
  const { locks } = await good(rollup('lock-status', `${alice + 2}`))
  assert.is(locks[0].state, 'free')
  assert.match(locks[0].before, /0\.5 AITBC went back to account/)
  await bad(rollup('refund', `${alice + 2}`, '--use', '7'), /for use 7/)
  // All but 0.7 of the price, and the fees of three locks.
  const { units } = await good(rollup('balance', `${alice}`))
  assert.ok(BigInt(units) > 2_290_000_000n && BigInt(units) <= 2_300_000_000n, units)
  assert.equal(typed.chain.errors, [])
})

test('a run that was cut off is found again with the lock that pays it', async () => {
  const terminal = { out: () => {}, err: () => {}, interactive: false, columns: 80, env: {} }
  const options = { data: 'data', node: '', rpc: typed.chain.gateway.url, devAccount: 'alice' }
  const payer = () => lockPayer(options, { ...terminal, cwd: folder })
  const asked = { type: 'inference', model_id: 'stories15m', input_data: 'Once', requirements: {} }
  assert.is(await (await payer()).unfinished(asked), undefined)
  const quote = {
    request: requestText,
    jobId: MODEL,
    requestHash: REQUEST,
    modelId: asked.model_id,
    modelRoot: MODEL,
    priceWei: 10n ** 16n,
    deadlineSeconds: 2_000_000_000,
    coordinator: PROVIDER.address,
    market: PROVIDER.address,
    matching: 1,
    lock: { payee: bob, deadline: 100_000 },
  }
  const locked = await (await payer()).lock(asked, quote)
  const again = await payer()
  assert.is(await again.unfinished(asked), undefined, 'its command still runs')
  locked.end(false)
  const found = await again.unfinished(asked)
  assert.equal([found?.quote, found?.locked.money], [quote, locked.money])
  found?.locked.end(false)
  assert.is(await again.unfinished({ ...asked, input_data: 'Twice' }), undefined)
  ;(await again.unfinished(asked))?.locked.end(true)
  assert.is(await again.unfinished(asked), undefined)
  const { lock } = 'rollup_lock' in locked.money ? locked.money.rollup_lock : { lock: -1 }
  await good(asBob('release', `${lock}`))
})

test.run()
