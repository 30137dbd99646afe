// Four node processes with two shards of the rollup each: money goes from one shard to the other
// and back, arrives once, and is not in two places on the way.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Rpc } from '../../apps/cli/chaos/rpc.ts'
import { writeBenchNetwork } from '../../bench/harness/transfers/bench-network.ts'
import { GENESIS_KEYS_SEED } from '../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../compute/crypto/key-book.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { COHORT_SIZE } from '../../protocol/params.ts'
import { transferDigest } from '../../protocol/rollup/cosign.ts'
import { aitbc, type Cluster } from '../../scripts/soak/cluster.ts'
import { encodeSentTransfer } from '../../sdk/rollup/wire/signed-transfer-bytes.ts'

const ACCOUNTS = 2 * COHORT_SIZE
const THREADS = {
  shards: ['shard', 'rollup-sequencer'],
  chain: ['mempool', 'block-builder', 'archive'],
}
const PATIENCE_MS = 60_000
const MAX_FEE = 5

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
    const rpc = new Rpc(cluster.endpoints.rpc)
    const book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
    const genesisHash = ((await rpc.call('eth_getBlockByNumber', '0x0', false)) as { hash: Hex })
      .hash
    const account = async (index: number) => {
      const found = await rpc.call('rollup_getAccount', `0x${index.toString(16)}`)
      const { balance, nonce } = found as { balance: Hex; nonce: Hex }
      return { balance: BigInt(balance), nonce: Number(nonce) }
    }
    const until = async (what: string, isSo: () => Promise<boolean>) => {
      const end = Date.now() + PATIENCE_MS
      for (;;) {
        try {
          if (await isSo()) return
        } catch (error) {
          if (Date.now() > end) throw error
        }
        assert.ok(Date.now() < end, what)
        await pause(200)
      }
    }
    const pay = async (from: number, to: number, amount: bigint) => {
      const { nonce } = await account(from)
      const terms = { from, nonce, to, amount, maxFee: MAX_FEE, notAfter: 1_000_000 }
      const signature = book.signTransfer(from, transferDigest(genesisHash, terms))
      const sent = bytesToHex(encodeSentTransfer({ ...terms, signature }))
      await until('the transfer is taken', async () => {
        await rpc.call('rollup_sendTransfer', sent)
        return true
      })
      await until('the transfer is final', async () => {
        const key = [from, nonce].map((n) => `0x${n.toString(16)}`)
        const found = await rpc.call('rollup_getTransfer', ...key)
        return found !== null
      })
    }
    const [here, there] = [7, COHORT_SIZE + 7]
    await until('the shards are ready', async () => (await account(here)).balance > 0n)
    const before = [(await account(here)).balance, (await account(there)).balance] as const
    await pay(here, there, 1000n)
    assert.ok((await account(here)).balance <= before[0] - 1000n)
    // It is under way: the receiver's shard has it when the root has settled.
    assert.is((await account(there)).balance, before[1])
    await pay(there, here, 30n)
    const left = (await account(there)).balance
    const own = (await account(here)).balance
    await until(
      'the money has arrived',
      async () => (await account(there)).balance === left + 1000n,
    )
    await until('and what went back', async () => (await account(here)).balance === own + 30n)
    await pause(2000)
    assert.is((await account(there)).balance, left + 1000n)
    const supplies = await Promise.all(
      ['0x0', '0x1'].map(async (shard) => {
        const head = (await rpc.call('rollup_getHead', shard)) as { supply: Hex }
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
