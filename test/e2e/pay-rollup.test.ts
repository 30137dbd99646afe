// A job that a lock of the rollup pays, as its consumer types it; and one whose whole cluster, the
// coordinator with it, is killed after the money was locked and before anybody was paid.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { trustAnchor } from '../../apps/cli/trust-anchor.ts'
import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import { aitbc, killCluster, startCluster } from '../../scripts/soak/cluster.ts'
import { verifyReceipt } from '../../sdk/receipts/verify-receipt.ts'
import { modelMissing } from '../kit/model-missing.ts'
import {
  clientOf,
  lockPrice,
  MODEL,
  offered,
  patiently,
  registered,
  submit,
  unitsOf,
} from './paid-jobs.ts'

const missing = await modelMissing(MODEL)
if (missing) console.log(`skipped: the model cannot be fetched here: ${missing}`)

;(missing ? test.skip : test)('a lock pays a job, also when all is killed in between', async () => {
  const data = mkdtempSync(join(tmpdir(), 'aitbc-e2e-lock-'))
  let cluster = await startCluster(data, 'ci')
  try {
    const [provider, consumer] = await registered(data)
    await offered(cluster.endpoints)
    const args = ['run', MODEL, 'hello', '--pay', 'rollup', '--json', '--data', data]
    const run = await patiently(async () => JSON.parse(aitbc(args)))
    assert.is(run.status, 'completed')
    assert.equal([run.escrow_tx, run.settle_tx], [null, null])
    assert.equal(run.rollup_lock, { lock: consumer.locks[0], use: 0 })
    assert.is(BigInt(run.paid_wei) + BigInt(run.refunded_wei), BigInt(run.price_wei))

    const [, lock = 0] = consumer.locks
    const locked = await lockPrice(cluster.endpoints, consumer.index, lock, 'before the cut')
    killCluster(cluster)
    cluster = await startCluster(data, 'ci')
    const { endpoints } = cluster
    const client = clientOf(endpoints)
    // The provider comes back when its model is loaded again.
    const job = await patiently(() => submit(endpoints, locked))
    for await (const _ of client.events(job.job_id));
    const done = await client.job(job.job_id)
    assert.equal([done.status, done.payment], ['completed', 'rollup'])
    assert.equal([done.rollup?.lock, done.rollup?.payee], [lock, provider.index])

    const paid = (BigInt(run.paid_wei) + BigInt(done.paid_wei)) / ROLLUP_UNIT_WEI
    assert.is(await unitsOf(endpoints, provider.index), paid)
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
