// What a node does with its settings: what it warns of where its chain is another, what its
// threads are given, and the metric that says that it still fetches its first snapshot.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Archive } from '../../../actors/archive/archive.ts'
import { StateSync } from '../../../actors/state-sync/state-sync.ts'
import { syncFamilies } from '../../../apps/node/admin/metrics/sync-metrics.ts'
import { chainDifferences } from '../../../apps/node/chain-differences.ts'
import { stakeWarnings } from '../../../apps/node/stake-warnings.ts'
import { upkeepOf } from '../../../apps/node/upkeep.ts'
import { readEnvironment } from '../../../config/env.ts'
import { PRUNE_BYTES_DEFAULT } from '../../../config/limits.ts'
import { loadNodeToml } from '../../../config/node-toml.ts'
import type { Hex } from '../../../lib/hex.ts'
import { parameterSlot } from '../../../protocol/governance/parameters.ts'
import { GOVERNANCE_ADDRESS, WEI_PER_AITBC } from '../../../protocol/params.ts'
import { encodeRlp, rlpInteger } from '../../../protocol/rlp/rlp.ts'
import { CHAIN_TABLES, storageKey } from '../../../protocol/state/tables.ts'
import { Host } from '../../../runtime/host.ts'
import { newCounters } from '../../../runtime/metrics/host-counters.ts'
import { readCounters } from '../../../runtime/metrics/read-counters.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import type { Store } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { FinalChain } from '../../kit/final-chain.ts'
import { CHAIN_ID, testConfig, testGenesis } from '../../protocol/chain-world.ts'

function hostOn(store: Store): Host {
  return new Host({
    name: 'node0/chain',
    place: () => 'node0/chain',
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => store,
    tasks: { start: () => () => {} },
    log: () => {},
    counters: newCounters(),
  })
}

async function until(holds: () => boolean): Promise<boolean> {
  for (let i = 0; i < 200 && !holds(); i++) await new Promise((next) => setTimeout(next, 25))
  return holds()
}

const HASH = `0x${'ab'.repeat(32)}` as const

test('prune, its threshold, and the trusted block reach what runs', () => {
  const published = readEnvironment({}, loadNodeToml('config/node.toml')).settings
  const nothing = { trustedHash: undefined, trustedEpoch: undefined }
  assert.equal(upkeepOf(published), { ...nothing, pruneBytes: 100e9 })
  assert.equal(upkeepOf({}), { ...nothing, pruneBytes: undefined })
  const env = { AITBC_STORAGE_PRUNE: 'true', AITBC_CONSENSUS_TRUSTED_HASH: HASH }
  const own = readEnvironment({ ...env, AITBC_CONSENSUS_TRUSTED_EPOCH: '0' }).settings
  const given = { trustedHash: HASH, trustedEpoch: 0, pruneBytes: PRUNE_BYTES_DEFAULT }
  assert.equal(upkeepOf(own), given)
  const alone = () => readEnvironment({ AITBC_CONSENSUS_TRUSTED_EPOCH: '7' })
  assert.throws(alone, /AITBC_CONSENSUS_TRUSTED_EPOCH sets .* without consensus.trusted_hash/)
})

test('mode and number of validators are compared with the genesis', () => {
  const settings = loadNodeToml('config/node.toml')
  const lines = chainDifferences({ settings, consensusMode: undefined }, testGenesis())
  assert.match(lines[0] ?? '', /consensus.mode = BALANCED .*node.toml.*began with FAST/)
  assert.match(lines[1] ?? '', /validator_count = 21 .*began with 4/)
  assert.match(lines[2] ?? '', /discovery_addr .* has no effect/)
})

test('the minimal stake is compared with what governance has made of it', async () => {
  const chain = new FinalChain(new MemoryStore())
  const host = hostOn(chain.store)
  const genesis = testGenesis()
  host.spawn(Archive, 'node0', { genesis, config: testConfig(genesis) })
  const settings = loadNodeToml('config/node.toml')
  const [first] = genesis.validatorSet.validators
  const blsPublicKey = first?.blsPublicKey as Hex
  const ask = () => stakeWarnings({ host, node: 'node0', settings, blsPublicKey })
  assert.equal(await ask(), [], 'the genesis has what is expected')
  const row = {
    table: CHAIN_TABLES.storage,
    key: storageKey(GOVERNANCE_ADDRESS, parameterSlot('stake_minimum_wei')),
    value: encodeRlp(rlpInteger((5n * WEI_PER_AITBC) / 2n + 1n)),
  }
  chain.store.commit([row], () => {})
  const lines = await ask()
  assert.is(lines.length, 1)
  assert.match(lines[0] ?? '', /stake_minimum = 1000 .*node.toml.*chain asks for 2.5 AITBC/)
  await host.stop()
})

test('statesync_syncing is 1 while a node has no chain yet, and 0 when it has', async () => {
  const genesis = testGenesis().block
  const props = { chainId: CHAIN_ID, genesis, peers: [], trustedHash: HASH, ready: () => {} }
  const value = (host: Host) => {
    const reading = { host: host.name, figures: readCounters(host.counters.buffer) }
    const [family] = syncFamilies(['node0'], [reading])
    return (family?.samples[0] as { value: number } | undefined)?.value
  }
  const empty = hostOn(new MemoryStore())
  assert.is(value(empty), 0)
  empty.spawn(StateSync, 'node0', props)
  assert.ok(await until(() => value(empty) === 1))
  const whole = hostOn(new FinalChain(new MemoryStore()).store)
  let ready = false
  whole.spawn(StateSync, 'node0', {
    ...props,
    ready: () => {
      ready = true
    },
  })
  assert.ok(await until(() => ready && value(whole) === 0))
  assert.is(value(empty), 1)
  await empty.stop()
  await whole.stop()
})

test.run()
