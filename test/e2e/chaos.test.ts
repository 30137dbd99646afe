// Four node processes, one of them killed, then the cluster cut in two, by the commands that a user
// types: a transfer acknowledged before is there afterwards, and everything that must hold does.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { readEndpoints } from '../../apps/node/endpoints.ts'
import { accountOf, aitbc, type Cluster, killCluster } from '../../scripts/soak/cluster.ts'

const dataDirectory = mkdtempSync(join(tmpdir(), 'aitbc-chaos-e2e-'))
let cluster: Cluster | undefined

const NAMES = [
  'nodes-up',
  'height-grows',
  'validators-agree',
  'state-roots-equal',
  'final-blocks-unchanged',
  'acknowledged-transactions-kept',
  'supply-unchanged',
  'escrows-end-in-time',
]

function chaos(...args: string[]) {
  const text = aitbc(['chaos', ...args, '--json', '--data', dataDirectory])
  const { done, effect, invariants } = JSON.parse(text) as {
    done: boolean
    effect: string
    invariants: { name: string; ok: boolean; detail: string }[]
  }
  assert.is(done, true)
  assert.equal(
    invariants.map(({ name, ok }) => [name, ok]),
    NAMES.map((name) => [name, true]),
    JSON.stringify(invariants),
  )
  return { effect, detailOf: (name: string) => invariants.find((one) => one.name === name)?.detail }
}

const pidOf = (name: string) =>
  readEndpoints(dataDirectory)?.nodes?.find((node) => node.name === name)?.pid

test('a node killed and a cluster cut in two lose nothing that was acknowledged', async () => {
  const up = ['up', 'config/topologies/local-4.yaml', '--ports', 'auto', '--detach', '--json']
  const started = aitbc([...up, '--data', dataDirectory])
  cluster = { dataDirectory, ...JSON.parse(started) } as Cluster
  const transport = http(cluster.endpoints.rpc)
  const account = privateKeyToAccount(accountOf(cluster, 'alice').privateKey)
  const to = accountOf(cluster, 'bob').address
  const wallet = createWalletClient({ account, transport })
  const hash = await wallet.sendTransaction({ chain: null, to, value: 1n })
  const reader = createPublicClient({ transport, pollingInterval: 50 })
  await reader.waitForTransactionReceipt({ hash })

  const before = pidOf('node2')
  const killed = chaos('kill', 'node2')
  assert.match(killed.effect, 'the chain goes on')
  assert.is.not(pidOf('node2'), before)
  assert.match(killed.detailOf('acknowledged-transactions-kept') ?? '', '1 transactions')

  const cut = chaos('partition', 'node0,node1|node2,node3', '--for', '2s')
  assert.match(cut.effect, 'the chain stands still until heal')
  assert.match(cut.detailOf('acknowledged-transactions-kept') ?? '', '1 transactions')
})

test.after(() => {
  if (cluster) killCluster(cluster)
  const nodes = readEndpoints(dataDirectory)?.nodes ?? []
  if (cluster)
    killCluster({ ...cluster, pids: nodes.map(({ pid }) => pid).filter((pid) => pid > 0) })
  rmSync(dataDirectory, { recursive: true, force: true })
})

test.run()
