// Four node processes with two shards of the rollup each: money goes from one shard to the other
// and back, arrives once, and is not in two places on the way. Then governance makes four shards of
// the two, and one of the processes dies while that happens.

import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ChainClient, chainClient } from '../../apps/cli/chain-client.ts'
import { readRollupStatus } from '../../apps/cli/rollup-status.ts'
import { devAccount, devAccounts } from '../../apps/node/dev-keys.ts'
import { readEndpoints } from '../../apps/node/endpoints.ts'
import { writeBenchNetwork } from '../../bench/harness/transfers/bench-network.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import * as calls from '../../protocol/governance/governance-calls.ts'
import { COHORT_SIZE, GOVERNANCE_ADDRESS } from '../../protocol/params.ts'
import { aitbc, type Cluster } from '../../scripts/soak/cluster.ts'
import { load } from './detached.ts'
import { RollupPayments } from './rollup-payments.ts'

const ACCOUNTS = 3 * COHORT_SIZE + 16
const PATIENCE_MS = 60_000
const PROPOSAL = 1n
/** One account of each cohort: with two shards the last two are with the first two. */
const [here, there, third, fourth] = [0, 1, 2, 3].map((cohort) => cohort * COHORT_SIZE + 7) as [
  number,
  number,
  number,
  number,
]

let cluster: Cluster
let payments: RollupPayments
let each: bigint
const account = (index: number) => payments.account(index)

function start(folder: string): Cluster {
  const nodes = Object.fromEntries(
    [0, 1, 2, 3].map((i) => [
      `node${i}`,
      {
        roles: i === 0 || i === 3 ? ['validator', 'gateway'] : ['validator'],
        threads: { shards: ['shard', 'rollup-sequencer'] },
      },
    ]),
  )
  const shards = { rollupAccounts: ACCOUNTS, rollupShards: 2 }
  // Epochs are over as soon as somebody sends as many transactions.
  const soon = { epochBlocks: [20, 20, 20] as const, governance: { voting_epochs: '1' } }
  const file = writeBenchNetwork(folder, { validators: 4, accounts: 0, nodes, ...shards, ...soon })
  const data = join(folder, 'data')
  const text = aitbc(['up', file, '--ports', 'auto', '--detach', '--json', '--data', data])
  return { dataDirectory: data, ...JSON.parse(text) } as Cluster
}

test.before(async () => {
  cluster = start(mkdtempSync(join(tmpdir(), 'aitbc-shards-')))
  payments = new RollupPayments(cluster.endpoints.rpc, PATIENCE_MS)
  await payments.until('the shards are ready', async () => (await account(here)).balance > 0n)
  each = (await account(here)).balance
})
test.after(() => {
  if (cluster) aitbc(['down', '--data', cluster.dataDirectory])
})

async function supply(shards: number): Promise<bigint> {
  let sum = 0n
  for (let shard = 0; shard < shards; shard++) {
    const head = await payments.rpc.call('rollup_getHead', `0x${shard.toString(16)}`)
    sum += BigInt((head as { supply: Hex }).supply)
  }
  return sum
}

function operators(): ChainClient[] {
  const names = [0, 1, 2, 3].map((i) => `validator${i}`)
  const own = devAccounts(4).filter(({ name }) => names.includes(name))
  return own.map(({ privateKey }) => chainClient(cluster.endpoints.rpc, privateKey))
}

const govern = (client: ChainClient, call: Uint8Array) =>
  client.send({ to: GOVERNANCE_ADDRESS, data: bytesToHex(call), value: 0n })

/** Voted on while money moves. */
async function propose(): Promise<void> {
  const [first, ...others] = operators() as [ChainClient, ...ChainClient[]]
  await govern(first, calls.encodeProposeParameter('rollup_shards', 4n))
  await Promise.all([first, ...others].map((one) => govern(one, calls.encodeVote(PROPOSAL, true))))
}

test('money crosses shards, as processes', async () => {
  await propose()
  const before = [(await account(here)).balance, (await account(there)).balance] as const
  await payments.pay(here, there, 1000n)
  assert.ok((await account(here)).balance <= before[0] - 1000n)
  // It is under way: the receiver's shard has it when the root has settled.
  assert.is((await account(there)).balance, before[1])
  await payments.pay(there, here, 30n)
  const left = (await account(there)).balance
  const own = (await account(here)).balance
  const hasArrived = async () => (await account(there)).balance === left + 1000n
  await payments.until('the money has arrived', hasArrived)
  const isBack = async () => (await account(here)).balance === own + 30n
  await payments.until('and what went back', isBack)
  await pause(2000)
  assert.is((await account(there)).balance, left + 1000n)
  assert.is(await supply(2), BigInt(ACCOUNTS) * each)
})

const status = () => readRollupStatus(cluster.endpoints.rpc)
const node3 = () =>
  readEndpoints(cluster.dataDirectory)?.nodes?.find(({ name }) => name === 'node3')

/** Whether a node has started shards under their new numbers. */
function isRenumbered(node: string): boolean {
  const folder = join(cluster.dataDirectory, 'logs')
  const what = `"actor":"shard-set/${node}","event":"shards-renumbered"`
  return readdirSync(folder).some((file) => readFileSync(join(folder, file), 'utf8').includes(what))
}

test('governance makes four shards of two, and a process dies at the boundary', async () => {
  const balances = () => Promise.all([here, there, third, fourth].map(account))
  const before = await balances()
  const { rpc } = cluster.endpoints
  const traffic = load(rpc, devAccount('bob').privateKey)
  const [first] = operators() as [ChainClient]
  await payments.until('it can be executed', async () => {
    await govern(first, calls.encodeExecute(PROPOSAL))
    return true
  })
  let from = 0
  await payments.until('the change is planned', async () => {
    const { change } = await status()
    from = change?.epoch ?? 0
    return change?.shards === 4
  })
  const chain = async () =>
    (await payments.rpc.call('aitbc_status')) as { epoch: number; epochBlocksLeft: number }
  await payments.until('the last blocks before it', async () => {
    const { epoch, epochBlocksLeft } = await chain()
    return epoch >= from || (epoch + 1 === from && epochBlocksLeft < 9)
  })
  const killed = node3()?.pid as number
  process.kill(killed, 'SIGKILL')
  await payments.until('there are four', async () => (await status()).shards === 4)
  await traffic.end()
  const hasMoney = async () => (await status()).list.every((one) => one.supply > 0n)
  await payments.until('those that came from one have divided its money', hasMoney)
  await payments.until('everybody has what he had', async () => {
    assert.equal(await balances(), before)
    return true
  })
  assert.is(await supply(4), BigInt(ACCOUNTS) * each)

  await payments.until('the process is back', async () => {
    const { pid = 0, rpc: url } = node3() ?? {}
    return pid !== 0 && pid !== killed && url !== undefined && isRenumbered('node3')
  })
  const late = new RollupPayments(node3()?.rpc as string, PATIENCE_MS)
  const has = async (index: number) => (await late.account(index)).balance
  await late.until('it knows the new shards', async () => (await has(third)) === each)
  // Within a shard, and from one to another, by the process that had died.
  await late.pay(third, third + 1, 5n)
  assert.is(await has(third + 1), each + 5n)
  await late.pay(fourth, there, 7n)
  assert.ok((await has(fourth)) <= each - 7n)
})

test.run()
