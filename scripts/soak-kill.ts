// Kills a whole cluster with SIGKILL again and again under transfers and jobs, starts it on the
// same data, and checks over RPC alone: no final block is lost, every validator has the same root,
// no escrow stays open, no job is paid twice, no wei appears or vanishes.
// npm run soak -- [ROUNDS=20] [SECONDS=6]

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Auditor } from './soak/auditor.ts'
import { killCluster, startCluster } from './soak/cluster.ts'
import { Workload } from './soak/workload.ts'

const rounds = Number(process.argv[2] ?? 20)
const seconds = Number(process.argv[3] ?? 6)
const dataDirectory = mkdtempSync(join(tmpdir(), 'aitbc-soak-'))
const auditor = new Auditor()
const progress = (text: string) => process.stderr.write(`${text}\n`)

progress(`data ${dataDirectory}, ${rounds} rounds of ${seconds} s`)
for (let round = 1; round <= rounds; round++) {
  const startedAt = Date.now()
  const cluster = await startCluster(dataDirectory)
  const startMs = Date.now() - startedAt
  const height = await auditor.afterRestart(cluster)
  const workload = new Workload(cluster, round)
  await workload.runFor(seconds * 1000)
  await auditor.beforeKill(cluster, workload)
  killCluster(cluster)
  progress(
    `round ${round}: up in ${startMs} ms at height ${height}, ` +
      `${workload.transfersSent} transfers, ${workload.jobsSubmitted} jobs, killed`,
  )
}

const cluster = await startCluster(dataDirectory)
try {
  await auditor.afterRestart(cluster)
  const report = await auditor.finish(cluster, progress)
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  process.exitCode = report.violations.length === 0 ? 0 : 1
} finally {
  killCluster(cluster, 'SIGTERM')
}
