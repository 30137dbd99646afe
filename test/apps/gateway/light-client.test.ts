// A light client against real validators whose mode changes with every short epoch: from the
// genesis, and from a checkpoint that the running node wrote.

import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount } from '../../../apps/node/dev-keys.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { LightClient } from '../../../sdk/light/light-client.ts'
import { httpAsk } from '../../../sdk/light/light-rpc.ts'
import { makeCheckpoint } from '../../../sdk/light/make-checkpoint.ts'
import { type RealChain, startRealChain } from './real-chain.ts'

const EPOCHS = 3
const alice = privateKeyToAccount(devAccount('alice').privateKey)

let chain: RealChain
test.before(async () => {
  const params = { epochBlocks: [4, 3, 2], epochMs: 3000, modePolicy: 'cycle' }
  chain = await startRealChain('uws', params)
})
test.after(() => chain.stop())

test('headers, accounts and receipts of a chain that switches modes all the time', async () => {
  const { url } = chain.gateway
  const ask = httpAsk(url)
  const first = await makeCheckpoint(ask)
  assert.is(first.epoch, 0)
  const transport = http(url)
  const reader = createPublicClient({ transport, pollingInterval: 100 })
  const writer = createWalletClient({ transport, account: alice })
  const to = devAccount('bob').address
  const hash = await writer.sendTransaction({ to, value: 5n, chain: null })
  await reader.waitForTransactionReceipt({ hash, timeout: 40_000 })
  const epochNow = async () => ((await ask('aitbc_status', [])) as { epoch: number }).epoch
  while ((await epochNow()) < EPOCHS) await pause(200)

  const fromGenesis = () =>
    new LightClient({ checkpoint: first, ask, nowMs: Date.now(), bls: blsNative })
  const height = Number(await reader.getBlockNumber())
  const modes = new Set<number>()
  const client = fromGenesis()
  for (let at = 1; at <= height; at += 2) {
    const found = await client.header(at)
    const { hash: shown } = await reader.getBlock({ blockNumber: BigInt(at) })
    assert.is(found.hash, shown)
    const { signers, validators, stakeRatio, epoch, mode } = found
    const said = `block ${at}, epoch ${epoch}, mode ${mode}: ${signers} signers, ${stakeRatio} bp`
    assert.ok(stakeRatio > 5000 && 3 * signers > 2 * validators, said)
    modes.add(found.mode)
  }
  assert.ok(modes.size >= 2, `modes ${[...modes].join()}`)
  const newest = await fromGenesis().header(height)
  assert.ok(newest.epoch >= EPOCHS - 1 && newest.steps <= newest.epoch)

  const made = await makeCheckpoint(ask)
  assert.ok(made.epoch > 0)
  const later = new LightClient({ checkpoint: made, ask, nowMs: Date.now(), bls: blsNative })
  const paid = await later.receipt(hash)
  assert.ok(paid.receipt.succeeded)
  const { account } = await later.account(alice.address.toLowerCase() as `0x${string}`)
  assert.is(account.nonce, 1)
  const market = await later.account(MARKET_ADDRESS, [`0x${'00'.repeat(32)}`])
  assert.is(market.words.length, 1)
  assert.equal(chain.errors, [])
})

test.run()
