// `aitbc inspect --once`: one frame as text, one document, and every way in which it can be
// refused.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runCommand } from '../../kit/cli.ts'
import { FakeAdmin } from './fake-admin.ts'
import { actor } from './recorded.ts'

const test = suite('inspect --once')

const folder = mkdtempSync(join(tmpdir(), 'inspect-once-'))
const admins = ['node0', 'node1'].map(
  (name) =>
    new FakeAdmin(name, [
      actor(`validator/${name}`, { host: `${name}/chain`, depth: name === 'node0' ? 7 : 70 }),
      actor(`mempool/${name}`, { host: `${name}/chain`, state: 'paused' }),
    ]),
)

test.before(async () => {
  const nodes = []
  for (const admin of admins) {
    nodes.push({ name: admin.process, process: admin.process, admin: await admin.listen() })
  }
  writeFileSync(join(folder, 'endpoints.json'), JSON.stringify({ ready: true, pids: [1], nodes }))
})

test.after(() => {
  for (const admin of admins) admin.close()
  rmSync(folder, { recursive: true })
})

async function inspect(...args: string[]) {
  const run = await runCommand(folder, ['inspect', '--data', folder, ...args], { columns: 100 })
  return { ...run, lines: run.out.split('\n') }
}

test('a frame of the size asked for, merged over the processes', async () => {
  const { status, out, lines } = await inspect('--once', '--view', 'actors', '--size', '120x40')
  assert.is(status, 0)
  assert.is(lines.length, 41)
  assert.match(lines[0] as string, /height 231 .* 2\/2 nodes up$/)
  assert.match(lines[4] as string, /│validator\/node1 /)
  assert.match(lines[5] as string, /│validator\/node0 /)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
  assert.not.match(out, /[\x00-\x09\x0b-\x1f\x7f]/)
})

test('every view', async () => {
  for (const [view, shown] of Object.entries({
    cluster: /Threads 4/,
    jobs: /job_02 +queued/,
    chain: /Final blocks/,
    storage: /Stores/,
    log: /block is final/,
  })) {
    const { status, out } = await inspect('--once', '--view', view, '--size', '80x24')
    assert.is(status, 0)
    assert.match(out, shown)
  }
})

test('filter and sort', async () => {
  const paused = await inspect('--once', '--filter', 'state:paused', '--size', '80x24')
  assert.match(paused.out, /Actors 2 of 4 .* filter state:paused/)
  assert.not.match(paused.out, /validator/)
  const sorted = await inspect('--once', '--sort', '-depth', '--json')
  assert.equal(
    JSON.parse(sorted.out).rows.map((row: { depth: number }) => row.depth),
    [0, 0, 7, 70],
  )
})

test('--json is the merged snapshot', async () => {
  const { status, out } = await inspect('--json', '--view', 'chain')
  assert.is(status, 0)
  const document = JSON.parse(out)
  assert.is(document.view, 'chain')
  assert.equal(
    document.processes.map((process: { name: string; state: string }) => [
      process.name,
      process.state,
    ]),
    [
      ['node0', 'up'],
      ['node1', 'up'],
    ],
  )
  assert.equal(
    document.rows.map((row: { node: string; process: string }) => [row.node, row.process]),
    [
      ['node0', 'node0'],
      ['node1', 'node1'],
    ],
  )
  assert.is(document.processes[0].body.finalityMs.p50, 412)
})

test('wrong use names what is near', async () => {
  for (const [args, words] of [
    [['--once', '--view', 'actor'], /did you mean --view actors\?/],
    [['--once', '--view', 'storge'], /did you mean --view storage\?/],
    [['--once', '--size', '120'], /did you mean --size 120x40\?/],
    [['--once', '--size', '9999x24'], /did you mean --size 500x24\?/],
    [['--once', '--sort', 'dept'], /did you mean --sort depth\?/],
    [['--once', '--view', 'jobs', '--sort', 'modle'], /did you mean --sort model\?/],
    [['--once', '--filter', 'mb>x'], /mb> wants a number/],
    [['--once', '--view', 'log', '--filter', 'colour:red'], /no field is called colour/],
    [['--onse'], /did you mean --once\?/],
  ] as const) {
    const { status, out, err } = await inspect(...args)
    assert.is(status, 2, args.join(' '))
    assert.is(out, '')
    assert.match(err, words)
  }
})

test('without a terminal it points at --once', async () => {
  const { status, err } = await inspect()
  assert.is(status, 2)
  assert.match(err, /error: the inspector needs a terminal/)
  assert.match(err, /aitbc inspect --once/)
})

test('no cluster, and a cluster that answers no more', async () => {
  const empty = await inspect('--once', '--data', join(folder, 'nothing'))
  assert.is(empty.status, 1)
  assert.match(empty.err, /no cluster to inspect/)

  for (const admin of admins) admin.close()
  const { status, out, err } = await inspect('--once', '--size', '80x24')
  assert.is(status, 1)
  assert.match(out, /Unreachable: no process answers/)
  assert.match(out, /node1 unreachable for .*nothing listens there/)
  assert.match(err, /error: no process of the cluster answers/)
  const json = await inspect('--json')
  assert.is(json.status, 1)
  assert.is(JSON.parse(json.out).processes[0].state, 'unreachable')
})

test.run()
