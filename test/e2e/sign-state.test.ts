// A validator whose record of signatures is gone, in real processes: it refuses to sign and says
// what to do, it starts when its operator says so and waits, and a key that has signed twice
// meanwhile is called out for ever.

import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type Endpoints, readEndpoints } from '../../apps/node/endpoints.ts'
import { keyFolderOf, openKey } from '../../apps/node/keys/key-folder.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { NOTARIZE, voteDigest } from '../../protocol/consensus/vote.ts'
import { STAKING_ADDRESS } from '../../protocol/params.ts'
import {
  encodeEvidence,
  makeEvidence,
  type SignedMessage,
} from '../../protocol/staking/evidence.ts'
import { encodeSubmitEvidence } from '../../protocol/staking/staking-calls.ts'
import { aitbc } from '../../scripts/soak/cluster.ts'
import { networkNew } from '../apps/cli/network-new.ts'
import { runCommand } from '../kit/cli.ts'
import { head, stopped, until } from './detached.ts'

/** On a machine that does other things too. */
const START_MS = 80_000
const PASSWORD = 'correct horse battery'
const folder = mkdtempSync(join(tmpdir(), 'aitbc-sign-state-'))
const password = join(folder, 'password')
writeFileSync(password, `${PASSWORD}\n`)
const data = join(folder, 'mynet')
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** Two votes of node3 for two blocks in one view, as a second copy of it would sign them. */
async function contradiction(chainId: number, genesisHash: Hex): Promise<Uint8Array> {
  const secret = await openKey(keyFolderOf(data, 'node3'), 'consensus', PASSWORD)
  const chain = { chainId: BigInt(chainId), genesisHash }
  const vote = (hash: Hex): SignedMessage => {
    const signature = blsNative.sign(secret, voteDigest(chain, NOTARIZE, 0, 3, hash))
    return { kind: NOTARIZE, hash, signature }
  }
  const about = { blsPublicKey: bytesToHex(blsNative.publicKey(secret)), epoch: 0, view: 3 }
  const evidence = makeEvidence(about, [vote(`0x${'a1'.repeat(32)}`), vote(`0x${'b2'.repeat(32)}`)])
  if (!evidence) throw new Error('the votes do not contradict each other')
  return encodeEvidence(evidence)
}

/** Anybody may: node0's account does. */
async function report(rpc: string, genesisHash: Hex): Promise<string> {
  const transport = http(rpc)
  const client = createPublicClient({ transport, cacheTime: 0 })
  const account = privateKeyToAccount(
    bytesToHex(await openKey(keyFolderOf(data, 'node0'), 'account', PASSWORD)),
  )
  const evidence = await contradiction(await client.getChainId(), genesisHash)
  const hash = await createWalletClient({ account, transport }).sendTransaction({
    to: STAKING_ADDRESS,
    data: bytesToHex(encodeSubmitEvidence(evidence)),
    gas: 3_000_000n,
    chain: null,
  })
  return (await client.waitForTransactionReceipt({ hash, pollingInterval: 100 })).status
}

test('no record: no signing, until its operator says so; signed twice: never again', async () => {
  const cli = (args: string[]) => runCommand(folder, args)
  const { topology_file, genesis_hash } = await networkNew(cli, folder, 'mynet', 4)
  // Their processes are another test's matter: one for all starts sooner.
  const shared = join(folder, 'shared.yaml')
  const text = readFileSync(topology_file, 'utf8')
  writeFileSync(shared, text.replace('process: each', 'process: shared'))
  const start = ['up', shared, '--data', data, '--ports', 'auto', '--password-file', password]
  aitbc([...start, '--detach'], START_MS)
  const first = readEndpoints(data) as Endpoints
  await until('a block', async () => (await head(first.endpoints.rpc)).height > 1n)
  assert.is(await report(first.endpoints.rpc, genesis_hash as Hex), 'success')
  const before = await head(first.endpoints.rpc)
  await stopped(first)

  const sign = join(data, 'nodes', 'node3', 'sign')
  renameSync(sign, `${sign}-away`)
  const blind = await cli(start)
  assert.is(blind.status, 4)
  assert.match(blind.err, /nodes\/node3\/sign is missing/)
  assert.match(blind.err, /signing twice is punished/)
  assert.match(blind.err, /do: .*start once with --i-lost-my-sign-state/)
  assert.not.ok(existsSync(sign), 'a refusal makes no new record')

  aitbc([...start, '--detach', '--i-lost-my-sign-state'], START_MS)
  const again = readEndpoints(data) as Endpoints
  const said = () => readFileSync(join(data, 'up.log'), 'utf8')
  try {
    assert.match(
      said(),
      /node3 does not vote before two epochs are final without a vote of its key/,
    )
    assert.not.match(said(), /node[012] does not vote/)
    await until('the warning', () => /the key of node3 signed twice and is out/.test(said()))
    assert.match(said(), /out for ever: never start with it again/)
    assert.not.match(said(), /the key of node[012] signed twice/)
    // The others go on without it.
    await until(
      'two more blocks',
      async () => (await head(again.endpoints.rpc)).height > before.height + 1n,
    )
    const keys = await cli(['keys', 'list', '--data', data])
    assert.match(keys.out, /node3[\s\S]*its sign store was lost/)
  } finally {
    await stopped(again)
  }
})

test.run()
