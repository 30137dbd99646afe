// aitbc snapshot create, info, restore on real LMDB folders.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadChain } from '../../../actors/block-builder/load-chain.ts'
import { chainSetup } from '../../../apps/node/chain-setup.ts'
import { devVrfKey } from '../../../apps/node/dev-validator-key.ts'
import { networkMark } from '../../../apps/node/pin-network.ts'
import { storeFolder } from '../../../apps/node/store-folder.ts'
import { loadNetwork } from '../../../config/network.ts'
import { runToEnd } from '../../../lib/run-to-end.ts'
import { openDataDirectory } from '../../../storage/lmdb/data-directory.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { runCommand } from '../../kit/cli.ts'
import { FinalChain } from '../../kit/final-chain.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-snapshot-cli-'))
const network = loadNetwork('dev')
const { genesis, config } = chainSetup(network)
const BLOCKS = 5

const store = new LmdbStore(storeFolder(join(folder, 'from'), 'node0', 'chain'))
const chain = new FinalChain(store, { genesis, config, vrfSecret: devVrfKey })
for (let i = 0; i < BLOCKS; i++) chain.add()
const { hash } = chain.tip.block

const aitbc = (...args: string[]) => runCommand(folder, ['snapshot', ...args])
const trusted = ['--trusted-hash', hash]

function why({ err }: { err: string }): string {
  return err.split('\n')[0] ?? ''
}

test('a snapshot is made, looked at and restored; the node starts with its block', async () => {
  const created = await aitbc('create', '--data', 'from', '--out', 'snap', '--json')
  assert.is(created.status, 0, created.err)
  const made = JSON.parse(created.out)
  assert.is(made.height, BLOCKS)
  assert.is(made.hash, hash)
  assert.ok(made.accounts > 0)
  const info = await aitbc('info', 'snap', '--verify', '--json')
  assert.is(info.status, 0, info.err)
  assert.equal(JSON.parse(info.out).stateRoot, chain.tip.block.header.stateRoot)
  const restored = await aitbc(
    'restore',
    'snap/manifest',
    '--data',
    'to',
    '--node',
    'n1',
    ...trusted,
  )
  assert.is(restored.status, 0, restored.err)
  assert.match(restored.out, /verified 2 of 2/)
  const target = new LmdbStore(storeFolder(join(folder, 'to'), 'n1', 'chain'))
  assert.is(runToEnd(loadChain(target, genesis.block.hash))?.block.hash, hash)
  await target.close()
  assert.ok(existsSync(join(folder, 'to', 'network.json')))
})

test('a chain that is there, a running node and wrong words are refused', async () => {
  const again = await aitbc('restore', 'snap', '--data', 'to', ...trusted)
  assert.is(again.status, 4)
  assert.is(why(again), 'error: n1 has a chain')
  const release = openDataDirectory(join(folder, 'busy', 'nodes', 'n1'), networkMark(network))
  const busy = await aitbc('restore', 'snap', '--data', 'busy', ...trusted)
  release()
  assert.is(busy.status, 3)
  const unclear = await aitbc('restore', 'snap', '--data', 'new', ...trusted)
  assert.is(why(unclear), 'error: for which node is not clear')
  const bad = await aitbc(
    'restore',
    'snap',
    '--data',
    'new',
    '--node',
    'a',
    '--trusted-hash',
    '0x12',
  )
  assert.is(why(bad), 'error: the trusted hash cannot be read')
  const other = `0x${'ab'.repeat(32)}`
  const args = [
    'restore',
    'snap',
    '--data',
    'new',
    '--node',
    'a',
    '--json',
    '--trusted-hash',
    other,
  ]
  const untrusted = await aitbc(...args)
  assert.is(untrusted.status, 1)
  assert.is(JSON.parse(untrusted.out).refused, 'UNTRUSTED')
  assert.not.ok(existsSync(storeFolder(join(folder, 'new'), 'a', 'chain')))
  assert.is((await aitbc('create', '--data', 'nowhere', '--out', 'x')).status, 2)
  assert.is((await aitbc('create', '--data', 'from', '--out', 'x', '--node', 'node1')).status, 2)
  const twice = await aitbc('create', '--data', 'from', '--out', 'snap')
  assert.match(twice.err, /holds a snapshot already/)
  assert.is((await aitbc('info', 'nothing')).status, 1)
})

test.after(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

test.run()
