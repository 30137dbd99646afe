// A node that comes when its peers have pruned the first blocks, in real processes: told the end of
// an old epoch, it follows the stake's checkpoints from there to their newest snapshot, its shard
// of the rollup comes to their state, and it is one of them again.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ChainReader } from '../../actors/archive/chain-reader.ts'
import { findCheckpoint } from '../../actors/archive/find-checkpoint.ts'
import { devAccount } from '../../apps/node/dev-keys.ts'
import { type Endpoints, readEndpoints } from '../../apps/node/endpoints.ts'
import { storeFolder } from '../../apps/node/store-folder.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { PRUNE_EPOCHS_MIN } from '../../config/limits.ts'
import { loadNetwork } from '../../config/network.ts'
import { makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'
import { aitbc } from '../../scripts/soak/cluster.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'
import { runCommand } from '../kit/cli.ts'
import { head, load, stopped, until } from './detached.ts'
import { RollupPayments } from './rollup-payments.ts'

/** On a machine that does other things too. */
const START_MS = 80_000
/** Then the first epochs are pruned, and there have been two snapshots: after epochs 9 and 19. */
const GROWN = PRUNE_EPOCHS_MIN + 3
const TRUSTED = 15
const folder = mkdtempSync(join(tmpdir(), 'aitbc-trusted-epoch-'))
const data = join(folder, 'data')
const topology = join(folder, 'late.yaml')
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** The development network with epochs of four blocks, so that there are many soon. */
function writeNetwork(): void {
  const dev = loadNetwork('dev')
  const { params, ...rest } = dev.genesis as { params: object }
  const short = { epochBlocks: [4, 4, 4], epochMs: 60_000, modePolicy: 'pinned' }
  const genesis = { ...rest, params: { ...params, ...short } }
  const { block, validatorSetHash } = makeGenesis(readGenesis(genesis, blsNative))
  const network = { ...dev, name: 'late', genesis, genesisHash: block.hash, validatorSetHash }
  writeFileSync(join(folder, 'late.json'), JSON.stringify(network))
  const nodes = [0, 1, 2, 3].map((i) => {
    const roles = i === 0 || i === 3 ? 'validator, gateway' : 'validator'
    return `  node${i}: { roles: [${roles}] }\n`
  })
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

function logLines(): string[] {
  const files = readdirSync(join(data, 'logs')).map((file) => join(data, 'logs', file))
  return files.flatMap((file) => readFileSync(file, 'utf8').split('\n'))
}

/** Reads the chain of a node that is stopped. */
async function inChain<T>(node: string, read: (store: LmdbStore) => T): Promise<T> {
  const opened = LmdbStore.readOnly(storeFolder(data, node, 'chain'))
  try {
    return read(opened)
  } finally {
    await opened.close()
  }
}

/** Old blocks go while the nodes are stopped, in every one of them. */
async function prune(nodes: readonly string[]): Promise<void> {
  for (const node of nodes) {
    const args = ['prune', '--data', data, '--node', node, '--keep-epochs', `${PRUNE_EPOCHS_MIN}`]
    const pruned = await runCommand(folder, [...args, '--json'])
    assert.is(pruned.status, 0, pruned.err)
    const has = await inChain(node, (store) => {
      const chain = new ChainReader(store)
      return { oldest: chain.oldestHeight(), second: chain.block(2) }
    })
    assert.ok(has.oldest > 4, `${node} begins at ${has.oldest}`)
    assert.is(has.second, undefined)
  }
}

interface Logged {
  readonly actor: string
  readonly event: string
  readonly number: number
  readonly root: string
}

/** What the node's shard said of itself, the oldest first. */
function shardSaid(node: string, event: string): Logged[] {
  const lines = logLines().filter((line) => line.includes(`"actor":"shard/${node}"`))
  return lines.map((line) => JSON.parse(line) as Logged).filter((one) => one.event === event)
}

test('when all have pruned their blocks: from the end of an old epoch to the chain as it is', async () => {
  writeNetwork()
  const first = start()
  const traffic = load(first.endpoints.rpc, devAccount('alice').privateKey)
  const paying = new RollupPayments(first.endpoints.rpc, START_MS)
  await paying.until('the shard is ready', async () => (await paying.account(7)).balance > 0n)
  const rich = (await paying.account(9)).balance
  await paying.pay(7, 9, 1000n)
  await paying.until('the epoch', async () => {
    const { result } = await ask(first.endpoints.rpc, 'aitbc_status')
    return result.epoch >= GROWN && snapshots().length > 0
  })
  await traffic.end()
  const epoch = `0x${TRUSTED.toString(16)}`
  const { result: trusted } = await ask(first.endpoints.rpc, 'aitbc_getCheckpoint', [epoch])
  assert.is(Number(trusted.epoch), TRUSTED)
  const before = await head(first.endpoints.rpc)
  await stopped(first)
  await prune(['node0', 'node1', 'node2'])
  // Nobody can give it the blocks from the genesis any more. Its key's record stays: it is the same
  // validator.
  for (const store of ['chain', 'shards'])
    rmSync(storeFolder(data, 'node3', store), { recursive: true })

  const config = join(folder, 'node.toml')
  const words = `[consensus]\ntrusted_epoch = ${TRUSTED}\ntrusted_hash = "${trusted.hash}"\n`
  writeFileSync(config, words)
  const again = start('--config', config)
  try {
    const node3 = rpcOf(again, 'node3')
    await until('node3 with the others', async () => (await head(node3)).height > before.height)
    const done = '"actor":"state-sync/node3","event":"state-sync-done"'
    assert.ok(logLines().some((line) => line.includes(done)))
    await until('its shard', () => shardSaid('node3', 'shard-loaded').length > 1)
    const late = new RollupPayments(node3 as string, START_MS)
    assert.is((await late.account(9)).balance, rich + 1000n)
    await late.pay(9, 7, 30n)
    const [other, own] = ['node0', 'node3'].map((node) => shardSaid(node, 'shard-loaded').at(-1))
    assert.ok(own && own.number > 0)
    assert.equal([own.number, own.root], [other?.number, other?.root])
    await until('the batch since', () =>
      shardSaid('node3', 'batch').some(({ number }) => number === own.number + 1),
    )
  } finally {
    await stopped(again)
  }
  // Its gateway may have asked another node: what is its own lies in its store.
  await inChain('node3', (store) => {
    const chain = new ChainReader(store)
    const [oldest, final] = [chain.oldestHeight(), chain.finalHeight() ?? 0]
    assert.ok(oldest > 4 * (TRUSTED + 1), `begins at ${oldest}`)
    assert.ok(final >= before.height, `${final} after ${before.height}`)
    assert.is(chain.block(Number(before.height))?.hash, before.hash)
    assert.is(chain.block(2), undefined)
    assert.is(findCheckpoint(store, TRUSTED)?.epoch, TRUSTED)
  })
})

test.run()
