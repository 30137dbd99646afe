// What the market costs on top of the model: an embedding through quote, escrow, assignment,
// receipt and settlement on four validators, against the bare runner in a child process,
// interleaved in the same run. npm run bench -- market-overhead

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunnerProcess } from '../../compute/runners/runner-process.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { accountOf, aitbc, startCluster } from '../../scripts/soak/cluster.ts'
import { CoordinatorClient } from '../../sdk/coordinator/coordinator-client.ts'

const JOBS = 40
const MODEL = 'all-minilm-l6-v2'
const TEXT = 'The cat sits on the mat.'

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

function bare(runner: RunnerProcess): Promise<number> {
  const request = { input_data: { input: [TEXT] } } as unknown as JobRequest
  const started = performance.now()
  return new Promise((resolve, reject) => {
    runner.run(request, 1, {
      chunk: () => {},
      done: () => resolve(performance.now() - started),
      failed: (code, message) => reject(new Error(`${code}: ${message}`)),
    })
  })
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'aitbc-bench-'))
const cluster = await startCluster(dataDirectory)
const runner = new RunnerProcess(MODEL)
try {
  await runner.ready
  const client = new CoordinatorClient({
    baseUrl: cluster.endpoints.api,
    privateKey: accountOf(cluster, 'consumer').privateKey,
  })
  const market: number[] = []
  const raw: number[] = []
  for (let i = 0; i < JOBS; i++) {
    raw.push(await bare(runner))
    const started = performance.now()
    const job = await client.createJob({ type: 'inference', model_id: MODEL, input_data: TEXT })
    for await (const { event, data } of client.events(job.job_id)) {
      if (event === 'state' && data.state === 'completed') market.push(performance.now() - started)
    }
  }
  const [m, r] = [median(market), median(raw)]
  console.log(
    `embedding through the market, paid and settled   median ${m.toFixed(1)} ms (${market.length} of ${JOBS})`,
  )
  console.log(`the bare runner                                  median ${r.toFixed(2)} ms`)
  console.log(`the market adds ${(m - r).toFixed(1)} ms (ratio ${(m / r).toFixed(0)})`)
} finally {
  runner.kill()
  aitbc(['down', '--data', dataDirectory])
}
