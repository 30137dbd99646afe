// A node that has lost its chain, in real processes: told the end of an old epoch, it follows the
// stake's checkpoints from there to its peers' newest snapshot, and is one of them again.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { ChainReader } from '../../actors/archive/chain-reader.ts'
import { findCheckpoint } from '../../actors/archive/find-checkpoint.ts'
import { devAccount } from '../../apps/node/dev-keys.ts'
import { type Endpoints, readEndpoints } from '../../apps/node/endpoints.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { SNAPSHOT_EPOCHS } from '../../config/limits.ts'
import { loadNetwork } from '../../config/network.ts'
import { makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'
import { aitbc } from '../../scripts/soak/cluster.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'
import { head, stopped, until } from './detached.ts'

/** On a machine that does other things too. */
const START_MS = 80_000
const TRUSTED = 2
const folder = mkdtempSync(join(tmpdir(), 'aitbc-trusted-epoch-'))
const data = join(folder, 'data')
const topology = join(folder, 'late.yaml')
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** The development network with epochs of four blocks, so that there are many soon. */
function writeNetwork(): void {
  const dev = loadNetwork('dev')
  const params = { epochBlocks: [4, 4, 4], epochMs: 60_000, modePolicy: 'pinned' }
  const genesis = { ...(dev.genesis as object), params }
  const { block, validatorSetHash } = makeGenesis(readGenesis(genesis, blsNative))
  const network = { ...dev, name: 'late', genesis, genesisHash: block.hash, validatorSetHash }
  writeFileSync(join(folder, 'late.json'), JSON.stringify(network))
  const nodes = [0, 1, 2, 3].map((i) => `  node${i}: { roles: [validator, gateway] }\n`)
  writeFileSync(topology, `name: late\nnetwork: late\nprocess: shared\nnodes:\n${nodes.join('')}`)
}

async function ask(rpc: string | undefined, method: string, params: unknown[] = []) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(rpc ?? '', { method: 'POST', headers, body })
  // biome-ignore lint/suspicious/noExplicitAny: whatever the node answers
  return (await answer.json()) as { result?: any }
}

function start(...more: string[]): Endpoints {
  aitbc(['up', topology, '--data', data, '--ports', 'auto', '--detach', ...more], START_MS)
  return readEndpoints(data) as Endpoints
}

const rpcOf = ({ nodes }: Endpoints, name: string) => nodes?.find((one) => one.name === name)?.rpc
const snapshots = () => {
  try {
    return readdirSync(join(data, 'nodes', 'node0', 'snapshots')).filter((one) => /^\d+$/.test(one))
  } catch {
    return []
  }
}

/** A transfer each time, so that there are blocks, until a snapshot is there. */
async function grow({ endpoints }: Endpoints): Promise<void> {
  const account = privateKeyToAccount(devAccount('alice').privateKey)
  const wallet = createWalletClient({ account, transport: http(endpoints.rpc) })
  await until('a snapshot', async () => {
    await wallet.sendTransaction({ to: account.address, value: 1n, chain: null })
    const { result } = await ask(endpoints.rpc, 'aitbc_status')
    return result.epoch > SNAPSHOT_EPOCHS + 1 && snapshots().length > 0
  })
}

test('from the end of an old epoch to the chain as it is, without the blocks between', async () => {
  writeNetwork()
  const first = start()
  await grow(first)
  const epoch = `0x${TRUSTED.toString(16)}`
  const { result: trusted } = await ask(first.endpoints.rpc, 'aitbc_getCheckpoint', [epoch])
  assert.is(Number(trusted.epoch), TRUSTED)
  const before = await head(first.endpoints.rpc)
  await stopped(first)
  rmSync(join(data, 'nodes', 'node3', 'chain'), { recursive: true })

  const config = join(folder, 'node.toml')
  const words = `[consensus]\ntrusted_epoch = ${TRUSTED}\ntrusted_hash = "${trusted.hash}"\n`
  writeFileSync(config, words)
  const again = start('--config', config)
  try {
    const node3 = rpcOf(again, 'node3')
    await until('node3 with the others', async () => (await head(node3)).height > before.height)
    const log = readdirSync(join(data, 'logs')).map((file) => join(data, 'logs', file))
    const lines = log.map((file) => readFileSync(file, 'utf8')).join('\n')
    assert.match(lines, /"actor":"state-sync\/node3","event":"state-sync-done"/)
  } finally {
    await stopped(again)
  }
  // Its gateway may have asked another node: what is its own lies in its store.
  const store = new LmdbStore(join(data, 'nodes', 'node3', 'chain'))
  try {
    const chain = new ChainReader(store)
    const [oldest, final] = [chain.oldestHeight(), chain.finalHeight() ?? 0]
    assert.ok(oldest > 4 * (TRUSTED + 1), `begins at ${oldest}`)
    assert.ok(final >= before.height, `${final} after ${before.height}`)
    assert.is(chain.block(Number(before.height))?.hash, before.hash)
    assert.is(chain.block(2), undefined)
    assert.is(findCheckpoint(store, TRUSTED)?.epoch, TRUSTED)
  } finally {
    await store.close()
  }
})

test.run()
