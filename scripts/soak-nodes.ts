// A cluster of four node processes under transfers and jobs, while each node in turn is killed,
// paused and cut off. Reports what was acknowledged to users, and what of that was lost: nothing
// may be. npm run soak -- local-4 [--rounds N] [--seconds N]

import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chaosCluster } from '../apps/cli/chaos/chaos-cluster.ts'
import { Checker } from '../apps/cli/chaos/check/checker.ts'
import type { Invariant } from '../apps/cli/chaos/check/invariant.ts'
import { Rpc } from '../apps/cli/chaos/rpc.ts'
import { readEndpoints } from '../apps/node/endpoints.ts'
import { packageRoot } from '../lib/package-root.ts'
import { BankLoad } from '../test/e2e/rig/bank/bank-load.ts'
import { bankInvariants, readStanding } from '../test/e2e/rig/invariants/bank-invariants.ts'
import { aitbc, type Cluster } from './soak/cluster.ts'
import { JobLoad } from './soak/job-load.ts'

const START_MS = 180_000
const RECOVER_MS = 120_000
const TRANSFERS_PER_SECOND = 30
const SETTLE_MS = 30_000

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '5' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
if (!(rounds > 0) || !(seconds > 0)) throw new Error('--rounds and --seconds are above zero')

const progress = (text: string) => process.stderr.write(`${text}\n`)

interface Faulted {
  readonly fault: string
  readonly ms: number
  readonly broken: readonly Invariant[]
}

/** One chaos command as a user types it; its load goes on meanwhile. */
function chaos(data: string, args: readonly string[]): Promise<Faulted> {
  const started = Date.now()
  const command = ['chaos', ...args, '--check', `${RECOVER_MS}ms`, '--json', '--data', data]
  const child = spawn(join(packageRoot(), 'aitbc'), command, {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      try {
        const { fault, invariants } = JSON.parse(out)
        const broken = (invariants as Invariant[]).filter(({ ok }) => !ok)
        resolve({ fault, ms: Date.now() - started, broken })
      } catch {
        reject(new Error(`chaos ${args.join(' ')} ended with ${status}: ${out}`))
      }
    })
  })
}

const data = mkdtempSync(join(tmpdir(), 'aitbc-soak-'))
progress(`data ${data}, ${rounds} rounds, faults of ${seconds} s`)
const file = 'config/topologies/local-4.yaml'
const up = ['up', file, '--ports', 'auto', '--detach', '--json', '--data', data]
const cluster: Cluster = { dataDirectory: data, ...JSON.parse(aitbc(up, START_MS)) }

async function soak() {
  const nodes = readEndpoints(data)?.nodes ?? []
  const gateways = new Map(nodes.flatMap(({ name, rpc }) => (rpc ? [[name, rpc] as const] : [])))
  const rpc = new Rpc(cluster.endpoints.rpc)
  const bank = { gateways, transfers: TRANSFERS_PER_SECOND, accounts: 3, settleMs: SETTLE_MS }
  const transfers = await BankLoad.open(bank)
  const before = await readStanding(rpc, transfers.addresses)
  const jobs = new JobLoad(cluster)
  const checker = new Checker({
    nodes: () => chaosCluster(data).nodes,
    network: 'dev',
    validators: nodes.length,
  })
  await checker.watch()
  transfers.start()
  jobs.start()
  const faults: Faulted[] = []
  for (let round = 0; round < rounds; round++) {
    for (const { name } of nodes) {
      for (const kind of ['kill', 'pause', 'partition']) {
        const result = await chaos(data, [kind, name, '--for', `${seconds}s`])
        faults.push(result)
        const held = result.broken.length === 0 ? 'held' : JSON.stringify(result.broken)
        const done = `${transfers.final.length} transfers, ${jobs.accepted.length} jobs`
        progress(`${result.fault}: ${held} (${(result.ms / 1000).toFixed(1)} s; ${done})`)
      }
    }
  }
  await transfers.stop()
  await jobs.stop()
  progress('waiting for the jobs to end')
  const settled = await jobs.settle()
  await checker.rest()
  for (const { hash, final } of transfers.final) {
    if (final) checker.record.acknowledge(hash, final.blockHash)
  }
  const end = await checker.recovery(checker.record.height, RECOVER_MS)
  const invariants = [
    ...end,
    ...(await checker.agreement()),
    ...(await checker.safety()),
    ...(await bankInvariants(rpc, transfers, before)),
  ]
  const violations = [
    ...faults.flatMap(({ fault, broken }) =>
      broken.map(({ name, detail }) => `${fault}: ${name}: ${detail}`),
    ),
    ...invariants
      .filter(({ ok }) => !ok)
      .map(({ name, detail }) => `at the end: ${name}: ${detail}`),
    ...settled.wrongs,
  ]
  return {
    faults: faults.length,
    acknowledged: { transfers: transfers.final.length, jobs: jobs.accepted.length },
    transfers_sent: transfers.transfers.length,
    jobs_by_end: settled.states,
    errors_told_to_users: {
      transfers: transfers.refusals,
      jobs: jobs.errors,
    },
    invariants,
    violations,
  }
}

try {
  const report = await soak()
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  process.exitCode = report.violations.length === 0 ? 0 : 1
} finally {
  aitbc(['down', '--data', data])
}
