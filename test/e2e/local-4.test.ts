// Four node processes on one machine: they make blocks together, a transaction sent to one is seen
// by another, the coordinator's process is killed while jobs run and comes back, and everything
// stops when asked.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { chainOfNodes, clusterNodes } from '../../apps/cli/cluster-nodes.ts'
import type { StatusDocument } from '../../apps/cli/commands/status.ts'
import { type Endpoints, processAlive, readEndpoints } from '../../apps/node/endpoints.ts'
import { packageRoot } from '../../lib/package-root.ts'
import { accountOf, aitbc, type Cluster } from '../../scripts/soak/cluster.ts'
import { modelMissing } from '../kit/model-missing.ts'
import { jobsUnderWay } from './jobs-over-a-kill.ts'
import { MODEL, offered } from './paid-jobs.ts'

const missing = await modelMissing(MODEL)
if (missing) console.log(`skipped: jobs, because the model cannot be fetched here: ${missing}`)

const NAMES = ['node0', 'node1', 'node2', 'node3']

function status(data: string): StatusDocument {
  return JSON.parse(aitbc(['status', '--json', '--data', data])) as StatusDocument
}

/** The first answer that will do; the last one when patience ends. */
async function until<T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  let value = await read()
  for (let tries = 0; tries < 100 && !good(value); tries++) {
    await pause(100)
    value = await read()
  }
  return value
}

async function transfer(cluster: Cluster): Promise<void> {
  const [, node1, , node3] = cluster.nodes
  const account = privateKeyToAccount(accountOf(cluster, 'alice').privateKey)
  const wallet = createWalletClient({ account, transport: http(node1?.rpc) })
  const to = accountOf(cluster, 'bob').address
  const reader = createPublicClient({ transport: http(node3?.rpc), cacheTime: 0 })
  const before = await reader.getBalance({ address: to })
  const hash = await wallet.sendTransaction({ to, value: 5n, chain: null })
  const receipt = await reader.waitForTransactionReceipt({ hash, pollingInterval: 50 })
  assert.is(receipt.status, 'success')
  assert.is(await reader.getBalance({ address: to }), before + 5n)
}

/** The preset, with a provider who does two jobs at a time. */
function start(data: string): Cluster {
  const preset = join(packageRoot(), 'config', 'topologies', 'local-4.yaml')
  const file = join(data, 'local-4.yaml')
  writeFileSync(file, readFileSync(preset, 'utf8').replace('slots: 1', 'slots: 2'))
  const args = ['up', file, '--ports', 'auto', '--detach', '--json', '--data', data]
  return { dataDirectory: data, ...JSON.parse(aitbc(args)) } as Cluster
}

function pidOf(data: string, name: string): number {
  return readEndpoints(data)?.nodes?.find((node) => node.name === name)?.pid ?? 0
}

test('four processes work together, and one that is killed comes back', async () => {
  const data = mkdtempSync(join(tmpdir(), 'aitbc-local-4-'))
  const cluster = start(data)
  try {
    const first = status(data)
    assert.equal(
      first.nodes?.map(({ name, up }) => `${name} ${up}`),
      NAMES.map((name) => `${name} true`),
    )
    assert.is(new Set(first.nodes?.map(({ pid }) => pid)).size, 4)
    assert.is(
      first.nodes?.reduce((sum, { actors }) => sum + actors, 0),
      38,
    )
    assert.is(first.certificate?.signers, first.certificate?.authorities, 'no stakers yet')
    assert.ok((first.certificate?.stake_percent ?? 0) > 66 || first.height === 0)
    assert.match(first.leader ?? '', /^0x[0-9a-f]{40}$/)
    assert.ok((first.epoch ?? -1) >= 0 && (first.mode_reason ?? '') !== '')
    assert.ok((first.checkpoint?.height ?? -1) >= 0)
    await transfer(cluster)
    if (!missing) await offered(cluster.endpoints)
    const { api } = cluster.endpoints
    const doors = { rpc: cluster.nodes[1]?.rpc ?? '', api }
    const jobs = missing ? undefined : await jobsUnderWay(doors, data)

    // The coordinator's node: while it is away the others answer for the chain.
    const killed = pidOf(data, 'node0')
    process.kill(killed, 'SIGKILL')
    const paid = jobs?.ended()
    // Whoever waits for it hears of it below.
    paid?.catch(() => {})
    const here = () => readEndpoints(data) as Endpoints
    const down = await chainOfNodes(here())
    assert.equal(
      down?.validators.map(({ id }) => id),
      NAMES.slice(1),
    )
    const { nodes } = await until(
      () => clusterNodes(here()),
      ({ nodes: all }) => all.every(({ up }) => up) && pidOf(data, 'node0') !== killed,
    )
    assert.ok(
      nodes.every(({ up }) => up),
      JSON.stringify(nodes),
    )
    const height = down?.height ?? 0
    const agreed = await until(
      async () => (await chainOfNodes(here()))?.validators ?? [],
      (all) =>
        all.length === 4 &&
        all.every((one) => one.height > height) &&
        new Set(all.map((one) => one.block_hash)).size === 1,
    )
    assert.is(agreed.length, 4, JSON.stringify(agreed))
    assert.is(new Set(agreed.map((one) => one.block_hash)).size, 1, JSON.stringify(agreed))
    const log = await until(
      async () => readFileSync(join(data, 'up.log'), 'utf8'),
      (text) => text.includes('is back'),
    )
    assert.match(log, /process of node0 ended \(SIGKILL\)/)
    assert.match(log, /node0 is back, at height/)
    await paid
  } finally {
    const pids = readEndpoints(data)?.pids ?? []
    aitbc(['down', '--data', data])
    assert.equal(pids.filter(processAlive), [])
  }
})

test.run()
