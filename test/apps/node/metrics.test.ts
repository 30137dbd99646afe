// The metrics of a running chain: every name of docs/METRICS.md is there with its type, and moves
// as the chain does.

import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { adminToken } from '../../../apps/node/admin/admin-token.ts'
import { startAdmin } from '../../../apps/node/admin/start-admin.ts'
import { localAgent } from '../../../apps/node/agent/local-agent.ts'
import { threadAgent } from '../../../apps/node/agent/thread-agent.ts'
import { HostLog } from '../../../apps/node/host-log.ts'
import type { Host } from '../../../runtime/host.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { readOpenMetrics } from '../../kit/read-open-metrics.ts'
import { MAIN, startRealChain } from '../gateway/real-chain.ts'

const chain = await startRealChain('node')
const folder = mkdtempSync(join(tmpdir(), 'aitbc-metrics-'))
const log = new HostLog(folder, 'test')
const store = new LmdbStore(join(folder, 'store'))
const NODES = ['node0', 'node1', 'node2', 'node3']

function threadOf(node: string) {
  const host = chain.hosts.get(`${node}/chain`) as Host
  return {
    host: host.name,
    node,
    state: 'running' as const,
    restarts: 0,
    counters: host.counters.buffer,
    agent: localAgent(
      threadAgent({ host, stores: () => (node === 'node0' ? [['chain', store]] : []) }),
    ),
  }
}

const threads = NODES.map(threadOf)
const admin = await startAdmin({
  process: 'test',
  nodes: NODES,
  host: chain.hosts.get(MAIN) as Host,
  threads: () => threads,
  dataDirectory: folder,
  token: adminToken(folder),
  port: 0,
  log,
  validators: NODES,
  allValidators: NODES,
  isQuorum: (count) => count >= 3,
  schedulerKey: undefined,
  rpc: () => [{ node: 'node0', figures: chain.gateway.figures() }],
  warn: () => {},
})

const pause = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

async function scrape() {
  return readOpenMetrics(await (await fetch(`${admin.url}/metrics`)).text())
}

type Scraped = Awaited<ReturnType<typeof scrape>>

function value(families: Scraped, name: string, labels: Record<string, string> = {}): number {
  const family = families.get(name.replace(/_(?:total|sum|count)$/, '')) ?? families.get(name)
  const found = family?.samples.find(
    (one) => one.name === name && Object.entries(labels).every(([k, v]) => one.labels[k] === v),
  )
  assert.ok(found, `${name} ${JSON.stringify(labels)}`)
  return found?.value ?? Number.NaN
}

async function ready(): Promise<{ status: number; checks: { name: string; ok: boolean }[] }> {
  const answer = await fetch(`${admin.url}/health/ready`)
  return { status: answer.status, ...((await answer.json()) as { checks: [] }) }
}

async function rpc(method: string, params: unknown[] = []): Promise<unknown> {
  const answer = await fetch(chain.gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return ((await answer.json()) as { result?: unknown }).result
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await holds()) return
    await pause(50)
  }
  assert.unreachable(`never: ${what}`)
}

const height = async () => value(await scrape(), 'consensus_height', { node: 'node0' })

/** Rows of the page's tables: | `name` | type | meaning | */
function documented(): { name: string; type: string }[] {
  const rows = readFileSync('docs/METRICS.md', 'utf8').matchAll(/^\| `([a-z0-9_]+)` \| (\w+) \|/gm)
  return [...rows].map(([, name = '', type = '']) => ({ name, type }))
}

test('every documented metric is there with its type, and no other', async () => {
  await until('a few blocks', async () => (await height()) >= 3)
  await rpc('eth_blockNumber')
  const families = await scrape()
  const rows = documented()
  assert.ok(rows.length > 40, `${rows.length} rows`)
  for (const { name, type } of rows) assert.is(families.get(name)?.type, type, name)
  const known = new Set(rows.map(({ name }) => name))
  assert.equal(
    [...families.keys()].filter((name) => !known.has(name)),
    [],
  )
})

/** What a rule asks for, as the text of a scrape names it. */
test('every metric that an alert asks for is there', async () => {
  const { groups } = parse(readFileSync('docs/monitoring/alerts.yaml', 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  const samples = new Set(
    [...(await scrape())].flatMap(([name, { type, samples: given }]) => [
      ...given.map((one) => one.name),
      ...(type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : []),
      ...(type === 'counter' ? [`${name}_total`] : []),
    ]),
  )
  for (const { alert, expr } of rules) {
    const names = expr.match(/\b(?:aitbc|consensus|chain|p2p|mempool|txpool|rpc)_\w+/g) ?? []
    assert.ok(names.length > 0, alert)
    assert.equal(
      names.filter((name) => !samples.has(name)),
      [],
      alert,
    )
  }
  assert.ok(rules.length >= 8)
})

test('what moves, moves as the chain does', async () => {
  const node = { node: 'node1' }
  const before = await scrape()
  await until('two more blocks', async () => {
    const now = await scrape()
    return value(now, 'chain_head_block', node) >= value(before, 'chain_head_block', node) + 2
  })
  await rpc('no_suchMethod')
  await rpc('eth_chainId')
  const after = await scrape()
  const grew = (name: string, labels: Record<string, string> = node) => {
    const [then, now] = [value(before, name, labels), value(after, name, labels)]
    assert.ok(now > then, `${name}: ${then} → ${now}`)
  }
  grew('consensus_height')
  grew('consensus_block_interval_seconds_count')
  grew('chain_execution_count')
  grew('aitbc_chain_finality_seconds_count')
  grew('consensus_validator_last_signed_height')
  for (const step of ['view', 'check', 'persist', 'commit']) {
    grew('consensus_step_duration_seconds_count', { ...node, step })
  }
  grew('p2p_message_receive_bytes_total', { ...node, peer_id: 'node2' })
  assert.is(value(after, 'rpc_duration_seconds_count', { method: 'unknown', result: 'failure' }), 1)
  assert.ok(value(after, 'rpc_duration_seconds_count', { method: 'eth_chainId' }) >= 1)
  const is = (name: string, wanted: number) => assert.is(value(after, name, node), wanted, name)
  is('p2p_peers', 3)
  is('consensus_validators', 4)
  is('consensus_missing_validators', 0)
  is('consensus_byzantine_validators', 0)
  is('blocksync_syncing', 0)
  is('aitbc_chain_mode', 0)
  is('consensus_validator_missed_blocks', 0)
  assert.ok(value(after, 'aitbc_consensus_clock_ahead_seconds', node) < 0.1, 'one clock')
  const blocks = value(after, 'consensus_block_interval_seconds_count', node)
  const mean = value(after, 'consensus_block_interval_seconds_sum', node) / blocks
  assert.ok(mean > 0.05 && mean < 10, `a block every ${mean} s`)
})

test('every final block is one line of the log, with what operators ask for', async () => {
  const lines = () =>
    chain.logs.filter(({ event, host }) => event === 'block' && host === 'node0/chain')
  await until('a line', () => lines().length > 0)
  const heights = lines().map(({ fields }) => fields?.height)
  assert.is(new Set(heights).size, heights.length, 'each once')
  const { hash, ...fields } = lines().at(-1)?.fields as Record<string, unknown>
  assert.match(String(hash), /^0x[0-9a-f]{64}$/)
  const names = ['height', 'txs', 'gas', 'mode', 'epoch', 'leader', 'views', 'finalMs']
  assert.equal(Object.keys(fields), names)
  assert.is(fields.mode, 'FAST')
})

test('a node that is cut off is not ready, says why no block is made, and comes back', async () => {
  await until('ready', async () => (await ready()).status === 200)
  assert.is(await rpc('eth_syncing'), false)
  chain.cut('node3/chain')
  chain.cut('node2/chain')
  const { status, checks } = await ready()
  assert.is(status, 503)
  const bad = checks.filter(({ ok }) => !ok).map(({ name }) => name)
  assert.ok(bad.includes('links of node3'), bad.join())
  const said = () => chain.logs.filter(({ event }) => event === 'no block is made')
  await until('the reason', () => said().length > 0)
  assert.match(String(said()[0]?.fields?.why), /./)
  await until('an old head', async () => (await rpc('eth_syncing')) !== false)
  const old = (await ready()).checks.find(({ name }) => name === 'head of node1')
  assert.is(old?.ok, false)
  chain.join('node3/chain')
  chain.join('node2/chain')
  await until('ready again', async () => (await ready()).status === 200)
  assert.is(await rpc('eth_syncing'), false)
  await until('the end of it', () =>
    chain.logs.some(({ event }) => event === 'blocks are made again'),
  )
})

test.after(async () => {
  await admin.stop()
  await chain.stop()
  await store.close()
  await log.close()
})

test.run()
