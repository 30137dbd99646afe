// What a new user does: start the cluster, run a model, pay, keep the receipt, stop everything,
// verify the receipt offline; and what a cheat would do: change a byte.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, http } from 'viem'
import { accountOf, aitbc, startCluster } from '../../scripts/soak/cluster.ts'
import { modelMissing } from '../kit/model-missing.ts'

const MODEL = 'all-minilm-l6-v2'

interface RunDocument {
  readonly status: string
  readonly price_wei: string
  readonly paid_wei: string
  readonly refunded_wei: string
  readonly escrow_tx: `0x${string}`
  readonly receipt_file: string
}

const missing = await modelMissing(MODEL)
if (missing) console.log(`skipped: the model cannot be fetched here: ${missing}`)

;(missing ? test.skip : test)('a job is paid and its receipt is verified offline', async () => {
  const data = mkdtempSync(join(tmpdir(), 'aitbc-e2e-'))
  const cluster = await startCluster(data)
  let file: string
  try {
    const chain = createPublicClient({ transport: http(cluster.endpoints.rpc), cacheTime: 0 })
    const consumer = accountOf(cluster, 'consumer').address
    const provider = accountOf(cluster, 'provider').address
    const before = await chain.getBalance({ address: consumer })
    const earned = await chain.getBalance({ address: provider })
    const args = ['run', MODEL, 'hello', '--json', '--data', data]
    let run: RunDocument | undefined
    // The provider offers the model once it has passed its self-test.
    for (let tries = 0; !run && tries < 30; tries++) {
      try {
        run = JSON.parse(aitbc(args)) as RunDocument
      } catch (error) {
        if (tries === 29) throw error
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
    assert.is(run?.status, 'completed')
    const [price, paid, refunded] = [run?.price_wei, run?.paid_wei, run?.refunded_wei].map((wei) =>
      BigInt(wei ?? -1),
    ) as [bigint, bigint, bigint]
    assert.ok(paid > 0n)
    assert.is(paid + refunded, price)
    const escrow = await chain.getTransactionReceipt({ hash: run?.escrow_tx as `0x${string}` })
    const gas = escrow.gasUsed * escrow.effectiveGasPrice
    assert.is(await chain.getBalance({ address: consumer }), before - paid - gas)
    assert.is(await chain.getBalance({ address: provider }), earned + paid)
    file = run?.receipt_file as string
    const status = JSON.parse(aitbc(['status', '--json', '--data', data]))
    assert.is(status.validators.length, 4)
  } finally {
    aitbc(['down', '--data', data])
  }
  assert.is(JSON.parse(aitbc(['receipt', 'verify', file, '--json', '--data', data])).valid, true)
  const bytes = readFileSync(file)
  const at = bytes.indexOf('"units"') + 9
  bytes[at] = (bytes[at] as number) ^ 1
  const forged = join(data, 'forged.json')
  writeFileSync(forged, bytes)
  try {
    aitbc(['receipt', 'verify', forged, '--json', '--data', data])
    assert.unreachable('a changed receipt must not verify')
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string }
    assert.is(status, 1)
    assert.is(JSON.parse(stdout).valid, false)
  }
})

test.run()
