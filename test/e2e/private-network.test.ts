// A network whose validators keep their own keys: made from freshly made keys, it makes blocks;
// told to stop under load it stops in order and in time; it goes on where it was; and it does not
// sign with a key whose record was taken away.

import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, http } from 'viem'
import { type Endpoints, readEndpoints } from '../../apps/node/endpoints.ts'
import { keyFolderOf, openKey } from '../../apps/node/keys/key-folder.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { aitbc } from '../../scripts/soak/cluster.ts'
import { networkNew } from '../apps/cli/network-new.ts'
import { runCommand } from '../kit/cli.ts'
import { head, load, stopped, until } from './detached.ts'

const NODES = 4
/** On a machine that does other things too. */
const START_MS = 170_000
const PASSWORD = 'correct horse battery'
const folder = mkdtempSync(join(tmpdir(), 'aitbc-private-'))
const password = join(folder, 'password')
writeFileSync(password, `${PASSWORD}\n`)
test.after(() => rmSync(folder, { recursive: true, force: true }))

const cli = (args: string[]) => runCommand(folder, args)

test('four fresh validators: blocks, a stop under load, the same chain, no signing blind', async () => {
  const { topology_file } = await networkNew(cli, folder, 'mynet', NODES)
  const data = join(folder, 'mynet')
  // Their processes are another test's matter: one for all starts sooner.
  const shared = join(folder, 'shared.yaml')
  const text = readFileSync(topology_file, 'utf8')
  writeFileSync(shared, text.replace('process: each', 'process: shared'))
  const up = ['up', shared, '--data', data, '--ports', 'auto', '--detach']
  aitbc([...up, '--password-file', password], START_MS)
  const first = readEndpoints(data) as Endpoints
  assert.equal(first.accounts, [])
  const account = await openKey(keyFolderOf(data, 'node0'), 'account', PASSWORD)
  const traffic = load(first.endpoints.rpc, bytesToHex(account))
  await until(
    'load',
    async () => traffic.sent() > 20 && (await head(first.endpoints.rpc)).height > 3n,
  )
  const before = await head(first.endpoints.rpc)
  const took = await stopped(first)
  await traffic.end()
  console.log(`stopped in ${Math.round(took)} ms, after ${traffic.sent()} transfers`)
  assert.ok(took < 10_000, `${took} ms`)
  for (const node of readdirSync(join(data, 'nodes'))) {
    // Whoever is killed leaves them behind.
    assert.not.ok(existsSync(join(data, 'nodes', node, 'LOCK')), `${node} was not stopped in order`)
    assert.not.ok(existsSync(join(data, 'nodes', node, 'keys', 'LOCK')), node)
  }

  aitbc([...up, '--password-file', password], START_MS)
  const again = readEndpoints(data) as Endpoints
  const heads = await Promise.all((again.nodes ?? []).map(({ rpc }) => head(rpc)))
  assert.is(heads.length, NODES)
  for (const one of heads) assert.ok(one.height >= before.height, `${one.height}`)
  const client = createPublicClient({ transport: http(again.endpoints.rpc) })
  assert.is((await client.getBlock({ blockNumber: before.height })).hash, before.hash)
  const { height } = await head(again.endpoints.rpc)
  await until('the next block', async () => (await head(again.endpoints.rpc)).height > height)
  await stopped(again)

  const node3 = ['node', '--topology', topology_file, '--name', 'node3', '--data', data]
  const own = [...node3, '--password-file', password]
  const wrong = join(folder, 'wrong')
  writeFileSync(wrong, 'battery staple\n')
  const shut = await cli([...node3, '--password-file', wrong])
  assert.is(shut.status, 1)
  assert.match(shut.err, /consensus.json: the password does not open the key/)
  const sign = join(data, 'nodes', 'node3', 'sign')
  renameSync(sign, `${sign}-away`)
  const blind = await cli(own)
  assert.is(blind.status, 4)
  assert.match(blind.err, /nodes\/node3\/sign is missing/)
  assert.match(blind.err, /do: .*--i-lost-my-sign-state/)
})

test.run()
