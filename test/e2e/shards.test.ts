// Four node processes with two shards of the rollup each: money goes from one shard to the other
// and back, arrives once, and is not in two places on the way.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeBenchNetwork } from '../../bench/harness/transfers/bench-network.ts'
import type { Hex } from '../../lib/hex.ts'
import { COHORT_SIZE } from '../../protocol/params.ts'
import { aitbc, type Cluster } from '../../scripts/soak/cluster.ts'
import { RollupPayments } from './rollup-payments.ts'

const ACCOUNTS = 2 * COHORT_SIZE
const THREADS = {
  shards: ['shard', 'rollup-sequencer'],
  chain: ['mempool', 'block-builder', 'archive'],
}
const PATIENCE_MS = 60_000

function start(folder: string): Cluster {
  const nodes = Object.fromEntries(
    [0, 1, 2, 3].map((i) => [
      `node${i}`,
      {
        roles: i === 0 ? ['validator', 'gateway'] : ['validator'],
        threads: { ...THREADS, consensus: ['validator'] },
      },
    ]),
  )
  const spec = { validators: 4, accounts: 0, nodes, rollupAccounts: ACCOUNTS, rollupShards: 2 }
  const file = writeBenchNetwork(folder, spec)
  const data = join(folder, 'data')
  const text = aitbc(['up', file, '--ports', 'auto', '--detach', '--json', '--data', data])
  return { dataDirectory: data, ...JSON.parse(text) } as Cluster
}

test('money crosses shards, as processes', async () => {
  const cluster = start(mkdtempSync(join(tmpdir(), 'aitbc-shards-')))
  try {
    const payments = new RollupPayments(cluster.endpoints.rpc, PATIENCE_MS)
    const [here, there] = [7, COHORT_SIZE + 7]
    const account = (index: number) => payments.account(index)
    await payments.until('the shards are ready', async () => (await account(here)).balance > 0n)
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
    const supplies = await Promise.all(
      ['0x0', '0x1'].map(async (shard) => {
        const head = (await payments.rpc.call('rollup_getHead', shard)) as { supply: Hex }
        return BigInt(head.supply)
      }),
    )
    const each = before[0]
    assert.is((supplies[0] as bigint) + (supplies[1] as bigint), BigInt(ACCOUNTS) * each)
  } finally {
    aitbc(['down', '--data', cluster.dataDirectory])
  }
})

test.run()
