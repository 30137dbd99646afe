// What an operator sees of a running cluster: the steps of a paid job from the consumer's first
// call to the settlement, metrics that a strict reader accepts, an actor killed and restarted.

import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { TraceSpan } from '../../apps/cli/trace/collect-spans.ts'
import { aitbc, startCluster } from '../../scripts/soak/cluster.ts'
import { runCommand } from '../kit/cli.ts'
import { modelMissing } from '../kit/model-missing.ts'
import { scrape } from '../kit/scrape.ts'

const MODEL = 'all-minilm-l6-v2'

const missing = await modelMissing(MODEL)
if (missing) console.log(`skipped: the model cannot be fetched here: ${missing}`)

const cli = (...argv: string[]) =>
  runCommand(process.cwd(), argv, { columns: 120, env: process.env })

/** The provider offers the model once it has passed its self-test. */
async function runJob(data: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    const { status, out } = await cli('run', MODEL, 'hello', '--json', '--data', data)
    if (status === 0) return JSON.parse(out).job_id
    assert.ok(tries < 30, out)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Each step lies in time after the one that caused it, and names a step that there is. */
function checkNesting(spans: readonly TraceSpan[]): void {
  const byId = new Map(spans.map((span) => [span.span, span]))
  assert.is(byId.size, spans.length, 'no step twice')
  for (const span of spans) {
    assert.ok(span.ms >= 0)
    if (span.parent === null) continue
    const parent = byId.get(span.parent)
    assert.ok(parent, `${span.name} has a parent among the steps`)
    // Two threads of one machine read the same clocks, to within a step of the wall clock.
    assert.ok(span.start_ms >= (parent?.start_ms ?? 0) - 50, `${span.name} before its parent`)
  }
}

function checkSteps(spans: readonly TraceSpan[]): void {
  const of = (name: string) => {
    const found = spans.find((span) => span.name === name)
    assert.ok(found, `no step ${name}`)
    return found as TraceSpan
  }
  const escrow = of('escrow final')
  const match = of('match')
  const assign = of('assign final')
  const run = of('run model')
  const settle = of('settle final')
  const end = (span: TraceSpan) => span.start_ms + span.ms
  assert.equal(
    [escrow, match, assign, settle].map((span) => span.actor),
    Array(4).fill('scheduler/main'),
  )
  assert.is(run.actor, 'gpu-worker/gpu0')
  assert.ok(match.start_ms <= assign.start_ms && assign.start_ms < run.start_ms + 50)
  assert.ok(run.start_ms < settle.start_ms + 50 && end(run) <= end(settle) + 50)
  const submit = spans.find((span) => span.span === escrow.parent)
  assert.equal([submit?.name, submit?.actor], ['Submit', 'scheduler/main'])
  for (const span of [match, assign, settle]) assert.is(span.parent, submit?.span)
  assert.is(spans.find((span) => span.span === submit?.parent)?.name, 'POST /api/v1/jobs')
  const finals = spans.filter((span) => span.name === 'transaction final')
  assert.ok(finals.length >= 3, 'escrow, assignment and settlement wait for their blocks')
  assert.ok(spans.some((span) => span.name === 'build block'))
  of('quote')
  of('first token')
  of('eth_sendRawTransaction')
  // Consensus works for everybody: one job's trace has no votes in it.
  assert.not.ok(spans.some((span) => span.actor.startsWith('validator/')))
}

async function checkMetrics(admin: string): Promise<void> {
  const families = await scrape(admin)
  const value = (family: string, labels: Record<string, string>) =>
    families
      .get(family)
      ?.samples.find((one) => Object.entries(labels).every(([k, v]) => one.labels[k] === v))?.value
  const node0 = { node: 'node0', kind: 'archive' }
  assert.ok((value('aitbc_messages_handled', node0) ?? 0) > 0)
  assert.ok((value('aitbc_chain_height', { node: 'node0' }) ?? 0) > 0)
  assert.ok((value('aitbc_store_rows', { node: 'node0', store: 'chain' }) ?? 0) > 0)
  assert.is(families.get('aitbc_thread_up')?.samples.length, 7)
  for (const one of families.get('aitbc_thread_up')?.samples ?? []) assert.is(one.value, 1)
}

async function checkActing(admin: string, token: string): Promise<void> {
  const act = (bearer: string) =>
    fetch(`${admin}/inspector/act`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: JSON.stringify({ host: 'node3/chain', actor: 'mempool/node3', action: 'kill' }),
    })
  assert.is((await act('0'.repeat(64))).status, 403)
  const reply = await act(token)
  assert.is(reply.status, 200)
  const { consequence } = (await reply.json()) as { consequence: string }
  assert.match(consequence, /restarts/)
  const url = `${admin}/inspector/snapshot?view=actors&filter=mempool/node3`
  for (let tries = 0; ; tries++) {
    const { body } = (await (await fetch(url)).json()) as {
      body: { actors: { restarts: number; state: string }[] }
    }
    const [actor] = body.actors
    if (actor?.restarts === 1 && actor.state === 'running') return
    assert.ok(tries < 100, JSON.stringify(body))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

;(missing ? test.skip : test)('a job is traced, the cluster is measured and operated', async () => {
  const data = mkdtempSync(join(tmpdir(), 'aitbc-observe-'))
  await startCluster(data)
  try {
    const job = await runJob(data)
    const traced: { trace: string; spans: TraceSpan[]; silent: string[] } = JSON.parse(
      (await cli('trace', job, '--json', '--data', data)).out,
    )
    assert.equal(traced.silent, [])
    checkNesting(traced.spans)
    checkSteps(traced.spans)
    const drawn = await cli('trace', traced.trace, '--data', data)
    assert.match(drawn.out, /settle final +scheduler\/main/)
    const unknown = await cli('trace', `0x${'0'.repeat(64)}`, '--json', '--data', data)
    assert.equal([unknown.status, JSON.parse(unknown.out).error.code], [1, 'UNKNOWN'])
    const endpoints = JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8'))
    const { admin } = endpoints.nodes[0] as { admin: string }
    await checkMetrics(admin)
    const ready = await fetch(`${admin}/health/ready`)
    assert.is(ready.status, 200, await ready.text())
    await checkActing(admin, readFileSync(join(data, 'admin.token'), 'utf8').trim())
  } finally {
    aitbc(['down', '--data', data])
  }
})

test.run()
