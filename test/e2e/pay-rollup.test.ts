// A job that a lock of the rollup pays, as its consumer types it; and one whose whole cluster, the
// coordinator with it, is killed after the money was locked and before anybody was paid.

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { trustAnchor } from '../../apps/cli/trust-anchor.ts'
import { devAccount } from '../../apps/node/dev-keys.ts'
import { rollupKey } from '../../apps/node/keys/rollup-key.ts'
import type { Hex } from '../../lib/hex.ts'
import { packageRoot } from '../../lib/package-root.ts'
import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import type { SpendSign } from '../../protocol/rollup/sign-operation.ts'
import { aitbc, type Cluster, killCluster, startCluster } from '../../scripts/soak/cluster.ts'
import { CoordinatorClient, quotedJob } from '../../sdk/coordinator/coordinator-client.ts'
import type { Ask } from '../../sdk/light/light-rpc.ts'
import { verifyReceipt } from '../../sdk/receipts/verify-receipt.ts'
import { payQuote } from '../../sdk/rollup/pay-quote.ts'
import { modelMissing } from '../kit/model-missing.ts'

const MODEL = 'all-minilm-l6-v2'
const { privateKey } = devAccount('consumer')

const missing = await modelMissing(MODEL)
if (missing) console.log(`skipped: the model cannot be fetched here: ${missing}`)

const rpcOf =
  (cluster: Cluster): Ask =>
  async (method, params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(cluster.endpoints.rpc, { method: 'POST', headers, body })
    const answer = (await response.json()) as { result: unknown; error?: { message: string } }
    if (answer.error) throw new Error(answer.error.message)
    return answer.result
  }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Again while it rejects: a provider offers its model once it has passed its self-test. */
async function patiently<T>(work: () => Promise<T>, tries = 40): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0) throw error
      await sleep(500)
    }
  }
}

/** Prices the job and locks its price; resolves when a final batch has the lock. */
async function lockPrice(cluster: Cluster, owner: number, lock: number) {
  const client = new CoordinatorClient({ baseUrl: cluster.endpoints.api, privateKey })
  const body = { type: 'inference', model_id: MODEL, input_data: 'before the cut' }
  const quote = await client.quote(body, 'rollup')
  const { sign } = rollupKey('consumer', undefined) as { sign: SpendSign }
  const paying = { ask: rpcOf(cluster), quote: quotedJob(quote), owner, lock, sign }
  const rollup_lock = await payQuote(paying)
  assert.equal(await payQuote(paying), rollup_lock, 'asked again, it is the same')
  return { quote, rollup_lock }
}

interface Registered {
  readonly index: number
  readonly locks: readonly number[]
}

/** Both at once: each is final when its command returns. */
async function registered(data: string): Promise<[provider: Registered, consumer: Registered]> {
  const run = promisify(execFile)
  const register = async (name: string, ...more: string[]) => {
    const args = ['rollup', 'register', '--dev-account', name, ...more, '--json', '--data', data]
    return JSON.parse((await run(join(packageRoot(), 'aitbc'), args)).stdout) as Registered
  }
  return Promise.all([register('provider'), register('consumer', '--amount', '1', '--locks', '2')])
}

;(missing ? test.skip : test)('a lock pays a job, also when all is killed in between', async () => {
  const data = mkdtempSync(join(tmpdir(), 'aitbc-e2e-lock-'))
  let cluster = await startCluster(data, 'ci')
  try {
    const [provider, consumer] = await registered(data)
    const args = ['run', MODEL, 'hello', '--pay', 'rollup', '--json', '--data', data]
    const run = await patiently(async () => JSON.parse(aitbc(args)))
    assert.is(run.status, 'completed')
    assert.equal([run.escrow_tx, run.settle_tx], [null, null])
    assert.equal(run.rollup_lock, { lock: consumer.locks[0], use: 0 })
    assert.is(BigInt(run.paid_wei) + BigInt(run.refunded_wei), BigInt(run.price_wei))

    const { quote, rollup_lock } = await lockPrice(cluster, consumer.index, consumer.locks[1] ?? 0)
    killCluster(cluster)
    cluster = await startCluster(data, 'ci')
    const client = new CoordinatorClient({ baseUrl: cluster.endpoints.api, privateKey })
    // The provider comes back when its model is loaded again.
    const job = await patiently(() => client.createJob({ request: quote.request, rollup_lock }))
    for await (const _ of client.events(job.job_id));
    const done = await client.job(job.job_id)
    assert.equal([done.status, done.payment], ['completed', 'rollup'])
    assert.equal([done.rollup?.lock, done.rollup?.payee], [consumer.locks[1], provider.index])

    const ask = rpcOf(cluster)
    const units = async (index: number) => {
      const params = [`0x${index.toString(16)}`]
      return BigInt(((await ask('rollup_getAccount', params)) as { balance: Hex }).balance)
    }
    const paid = (BigInt(run.paid_wei) + BigInt(done.paid_wei)) / ROLLUP_UNIT_WEI
    assert.is(await units(provider.index), paid)
    const bundle = await patiently(() => client.bundle(job.job_id))
    const validatorSetHash = trustAnchor(data)
    for (const file of [readFileSync(run.receipt_file), bundle]) {
      const verdict = verifyReceipt(file, { validatorSetHash })
      assert.equal([verdict.valid, verdict.kind], [true, 'bundle'], verdict.reason)
    }
  } finally {
    killCluster(cluster)
    rmSync(data, { recursive: true, force: true })
  }
})

test.run()
