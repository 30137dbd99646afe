// A node that is not in the genesis joins a running chain, votes when the set contains its key, and
// leaves it, by the commands that its operator types.

import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount, devAccounts } from '../../apps/node/dev-keys.ts'
import { devValidatorKey } from '../../apps/node/dev-validator-key.ts'
import { stakeWarnings } from '../../apps/node/stake-warnings.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { loadNetwork, type Network } from '../../config/network.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'
import { WEI_PER_AITBC } from '../../protocol/params.ts'
import type { Host } from '../../runtime/host.ts'
import { MAIN, type RealChain, startRealChain } from '../apps/gateway/real-chain.ts'
import { runCommand } from '../kit/cli.ts'

/** Stakers vote in BALANCED; epochs are as short as they can be here. */
function balanced(): Network {
  const network = loadNetwork('dev')
  const params = { epochBlocks: [4, 4, 4], epochMs: 60_000, modePolicy: 'pinned' }
  const genesis = { ...(network.genesis as object), mode: 'BALANCED', params }
  const { block, validatorSetHash } = makeGenesis(readGenesis(genesis, blsNative))
  return { ...network, genesis, genesisHash: block.hash, validatorSetHash }
}

let chain: RealChain
test.before(async () => {
  chain = await startRealChain('uws', undefined, { validators: 5, network: balanced() })
})
test.after(() => chain.stop())

async function cli(...args: string[]) {
  const joiner = ['--rpc', chain.gateway.url, '--dev-validator', '4']
  const run = await runCommand('/', ['validator', ...args, ...joiner, '--json'])
  return { ...run, document: () => JSON.parse(run.out) }
}

async function fund(aitbc: bigint): Promise<void> {
  const account = privateKeyToAccount(devAccount('alice').privateKey)
  const wallet = createWalletClient({ account, transport: http(chain.gateway.url) })
  const to = devAccounts(5).find(({ name }) => name === 'validator4')?.address
  await wallet.sendTransaction({
    to: to as `0x${string}`,
    value: aitbc * WEI_PER_AITBC,
    chain: null,
  })
}

/** Blocks come when there is something to do: a transfer each time it looks. */
async function until<T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 50_000
  for (;;) {
    const value = await read()
    if (good(value) || Date.now() > deadline) return value
    await fund(1n)
    await pause(300)
  }
}

const statusOf = async () => (await cli('status')).document()

test('a bond that cannot be is refused before anything is sent', async () => {
  const poor = await cli('join')
  assert.is(poor.status, 1)
  assert.match(poor.err, /the account has too little/)
  const small = await cli('join', '--amount', '999')
  assert.is(small.status, 2)
  assert.match(small.err, /999 AITBC would be bonded, below the minimum[\s\S]*1,000 AITBC or more/)
  assert.match((await cli('join', '--commission', '101')).err, /from 0 to 100/)
  assert.match((await cli('exit')).err, /is not registered/)
  const claim = await cli('claim')
  assert.is(claim.status, 1)
  assert.match(claim.err, /refused/)
  assert.is((await statusOf()).status, 'none')
})

test('it joins with one transaction, votes two epochs later, and leaves with another', async () => {
  await fund(2000n)
  const joined = await until(
    () => cli('join', '--amount', '1500'),
    ({ status }) => status === 0,
  )
  assert.is(joined.status, 0, joined.err)
  const { epoch, earliest_epoch } = joined.document()
  assert.ok(earliest_epoch >= epoch + 2)
  const bonded = await statusOf()
  assert.is(bonded.status, 'listed')
  assert.is(bonded.self_bonded_wei, (1500n * WEI_PER_AITBC).toString())
  assert.match((await cli('join')).err, /there is nothing to do/)
  const voting = await until(statusOf, ({ voted }) => voted > 0)
  assert.ok(voting.voted > 0, JSON.stringify(voting))
  assert.ok(voting.epoch >= earliest_epoch)
  assert.equal(
    [voting.sets[0].stake_wei, voting.sets[0].authority],
    [(1500n * WEI_PER_AITBC).toString(), false],
  )

  const left = await cli('exit')
  assert.is(left.status, 0, left.err)
  const { amount_wei, matures_at } = left.document()
  assert.is(amount_wei, (1500n * WEI_PER_AITBC).toString())
  assert.ok(matures_at > Date.now() / 1000 + 20 * 86_400)
  const gone = await statusOf()
  assert.is(gone.status, 'below')
  assert.is(gone.unbonding.length, 1)
  assert.match((await cli('withdraw')).err, /NOTHING_MATURED/)
  const told = await stakeWarnings({
    host: chain.hosts.get(MAIN) as Host,
    node: 'node0',
    settings: {},
    blsPublicKey: bytesToHex(blsNative.publicKey(devValidatorKey(4))),
  })
  assert.is(told.length, 1)
  assert.match(told[0] ?? '', /node0 has 0 AITBC bonded, the chain asks for 1000.*validator join/)
  assert.equal(chain.errors, [])
})

test.run()
