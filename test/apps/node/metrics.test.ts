// The metrics of a running chain: every name of docs/METRICS.md is there with its type, and moves
// as the chain does.

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { scrape as scrapeAdmin } from '../../kit/scrape.ts'
import { startChainAdmin, until } from './chain-admin.ts'

const world = await startChainAdmin()
const { chain, rpc } = world

const scrape = () => scrapeAdmin(world.url)

type Scraped = Awaited<ReturnType<typeof scrape>>

function value(families: Scraped, name: string, labels: Record<string, string> = {}): number {
  const family = families.get(name.replace(/_(?:total|sum|count)$/, '')) ?? families.get(name)
  const found = family?.samples.find(
    (one) => one.name === name && Object.entries(labels).every(([k, v]) => one.labels[k] === v),
  )
  assert.ok(found, `${name} ${JSON.stringify(labels)}`)
  return found?.value ?? Number.NaN
}

const height = async () => value(await scrape(), 'consensus_height', { node: 'node0' })

/** Rows of the page's tables: | `name` | type | meaning | */
function documented(): { name: string; type: string }[] {
  const rows = readFileSync('docs/METRICS.md', 'utf8').matchAll(/^\| `([a-z0-9_]+)` \| (\w+) \|/gm)
  return [...rows].map(([, name = '', type = '']) => ({ name, type }))
}

test('every documented metric is there with its type, and no other', async () => {
  await until('a few blocks', async () => (await height()) >= 2)
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

/** The names of all samples, those of histograms and counters without one among them. */
function sampleNames(families: Scraped): Set<string> {
  return new Set(
    [...families].flatMap(([name, { type, samples: given }]) => [
      ...given.map((one) => one.name),
      ...(type === 'gauge' ? [name] : []),
      ...(type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : []),
      ...(type === 'counter' ? [`${name}_total`] : []),
    ]),
  )
}

/** The metrics that a PromQL expression asks for. */
function asked(expr: string): string[] {
  const name =
    /\b(?:aitbc|consensus|chain|p2p|mempool|txpool|rpc|blocksync|statesync|process|node)_\w+/g
  return expr.match(name) ?? []
}

test('every metric that an alert asks for is there', async () => {
  const { groups } = parse(readFileSync('docs/monitoring/alerts.yaml', 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  const samples = sampleNames(await scrape())
  for (const { alert, expr } of rules) {
    const names = asked(expr)
    assert.ok(names.length > 0, alert)
    assert.equal(
      names.filter((name) => !samples.has(name)),
      [],
      alert,
    )
  }
  assert.ok(rules.length >= 8)
})

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly query: string }[] }
  readonly panels: readonly {
    readonly title: string
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
}

test('every metric and label that the dashboard asks for is there', async () => {
  const { panels, templating }: Dashboard = JSON.parse(
    readFileSync('docs/monitoring/dashboard.json', 'utf8'),
  )
  const families = await scrape()
  const samples = sampleNames(families)
  const labelsOf = (name: string) => {
    const family = families.get(name) ?? families.get(name.replace(/_(?:total|bucket|count)$/, ''))
    return new Set(family?.samples.flatMap(({ labels }) => Object.keys(labels)))
  }
  const queries = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
  )
  assert.ok(queries.length > 30, `${queries.length} queries`)
  for (const { title, expr, legendFormat } of queries) {
    const names = asked(expr)
    assert.ok(names.length > 0, `${title}: ${expr}`)
    for (const name of names) {
      assert.ok(samples.has(name), `${title}: ${name}`)
      const labels = labelsOf(name)
      if (labels.size === 0) continue
      // What Prometheus itself adds.
      labels.add('instance')
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.ok(labels.has(label), `${title}: ${name} has no label ${label}`)
      }
      const selected = /\{(\w+)=~/.exec(expr)?.[1]
      if (selected) assert.ok(labels.has(selected), `${title}: ${name} has no ${selected}`)
    }
  }
  const variable = templating.list.map(({ query }) => query).join()
  assert.ok(asked(variable).every((name) => samples.has(name)))
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
  const [height, finalized] = ['chain_head_block', 'chain_head_finalized'].map((name) =>
    value(after, name, node),
  ) as [number, number]
  is('aitbc_chain_checkpoint_lag_blocks', height - finalized)
  is('consensus_validators', 4)
  is('consensus_missing_validators', 0)
  is('consensus_byzantine_validators', 0)
  is('blocksync_syncing', 0)
  is('statesync_syncing', 0)
  is('aitbc_chain_mode', 0)
  is('consensus_validator_missed_blocks', 0)
  assert.ok(value(after, 'aitbc_consensus_clock_ahead_seconds', node) < 0.1, 'one clock')
  const blocks = value(after, 'consensus_block_interval_seconds_count', node)
  const mean = value(after, 'consensus_block_interval_seconds_sum', node) / blocks
  assert.ok(mean > 0.05 && mean < 10, `a block every ${mean} s`)
})

test('a node says how many blocks its epoch has left', async () => {
  const status = (await rpc('aitbc_status')) as Record<string, unknown>
  const { height, epoch, epochBlocksLeft } = status
  // The first block is made so long after the genesis that it ends epoch 0.
  assert.is(epoch, 1)
  assert.is(Number(height) + Number(epochBlocksLeft), 1 + 600)
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

test.after(() => world.stop())

test.run()
