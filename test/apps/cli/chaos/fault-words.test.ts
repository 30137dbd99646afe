// Chaos from the command line, what can be known without a cluster: words, effects, which process
// breaks which connection, and what is refused.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { effectOfCut, effectOfLoss, quorum } from '../../../../apps/cli/chaos/consequence.ts'
import { linkPlan } from '../../../../apps/cli/chaos/link-plan.ts'
import {
  readDuration,
  readPair,
  readShare,
  readSides,
} from '../../../../apps/cli/chaos/read-values.ts'
import { CliError } from '../../../../apps/cli/cli-error.ts'
import { HEALTHY } from '../../../../transport/chaos/faults.ts'
import { runCommand } from '../../../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-chaos-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const NAMES = ['node0', 'node1', 'node2', 'node3']
const four = new Set(NAMES)

function refused(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof CliError) return error.code
  }
  return 'taken'
}

test('durations, shares, pairs', () => {
  assert.equal(
    ['500ms', '3s', '2m', '2min', '1.5s', '7'].map(readDuration),
    [500, 3000, 120_000, 120_000, 1500, 7000],
  )
  assert.equal(['20', '0.5%', '100'].map(readShare), [0.2, 0.005, 1])
  assert.equal(readPair('a,b'), ['a', 'b'])
  for (const text of ['', '0', '-1s', '3h', '61m', 's', '1e9']) {
    assert.is(
      refused(() => readDuration(text)),
      'BAD_VALUE',
      text,
    )
  }
  for (const text of ['0', '101', '-5', 'all']) {
    assert.is(
      refused(() => readShare(text)),
      'BAD_VALUE',
      text,
    )
  }
  for (const text of ['a', 'a,a', 'a,b,c', ',']) {
    assert.is(
      refused(() => readPair(text)),
      'BAD_VALUE',
      text,
    )
  }
})

test('the sides of a cut: two named, or some against the rest', () => {
  assert.equal(readSides('node0,node1|node2', NAMES), {
    left: ['node0', 'node1'],
    right: ['node2'],
  })
  assert.equal(readSides('node3', NAMES).right, ['node0', 'node1', 'node2'])
  for (const text of ['', '|', 'a|', 'a|b|c', 'a,b|b', 'node0,node1,node2,node3']) {
    assert.is(
      refused(() => readSides(text, NAMES)),
      'BAD_VALUE',
      text,
    )
  }
})

test('what a fault does to the chain: more than two thirds go on', () => {
  assert.equal([1, 3, 4, 6, 7].map(quorum), [1, 3, 3, 5, 5])
  const lost = (names: string[]) => effectOfLoss(four, names).standsStill
  assert.equal(
    [lost([]), lost(['gateway']), lost(['node1']), lost(['node1', 'node2'])],
    [false, false, false, true],
  )
  const cut = (left: string[], right: string[]) => effectOfCut(four, left, right, false)
  assert.ok(cut(['node0', 'node1'], ['node2', 'node3']).standsStill)
  assert.match(cut(['node0', 'node1'], ['node2', 'node3']).text, 'stands still until heal')
  assert.not(cut(['node0'], ['node1', 'node2', 'node3']).standsStill)
  assert.not(cut(['node0'], ['node1']).standsStill, 'two hear both sides')
})

test('each process breaks what it sends; one-way only what the first side sends', () => {
  const faults = { ...HEALTHY, block: true }
  const both = linkPlan(['a', 'b'], ['c'], faults, false)
  assert.equal(Object.fromEntries(both), {
    a: { c: faults },
    b: { c: faults },
    c: { a: faults, b: faults },
  })
  assert.equal([...linkPlan(['a'], ['b', 'c'], faults, true).keys()], ['a'])
  assert.is(linkPlan(['a'], ['a'], faults, false).size, 0)
})

/** No process has this number. */
const NOBODY = 2 ** 22 + 1

function cluster(name: string, processes: readonly string[], token = true): string {
  const data = join(folder, name)
  mkdirSync(data, { recursive: true })
  const url = 'http://127.0.0.1:9'
  const nodes = processes.map((process, i) => ({
    name: `node${i}`,
    process,
    pid: process === 'gone' ? 0 : NOBODY,
    admin: url,
    rpc: url,
  }))
  const endpoints = { rpc: url, ws: url, api: url }
  const text = JSON.stringify({ ready: true, endpoints, accounts: [], pids: [process.pid], nodes })
  writeFileSync(join(data, 'endpoints.json'), text)
  writeFileSync(join(data, 'network.json'), JSON.stringify({ name: 'dev' }))
  if (token) writeFileSync(join(data, 'admin.token'), 'a'.repeat(64))
  return data
}

const cli = (...args: string[]) => runCommand(folder, ['chaos', ...args])

test('refused: one process, no token, no such node, a node that is down, nothing to cut', async () => {
  const alone = cluster('alone', ['dev', 'dev'])
  const several = cluster('several', ['a', 'b', 'b', 'gone'])
  const secret = cluster('secret', ['a', 'b'], false)
  for (const [args, status, text] of [
    [['kill', 'node0', '--data', alone], 2, 'local-4.yaml'],
    [['partition', 'node0|node1', '--data', alone], 2, 'one process'],
    [['pause', 'node0', '--data', secret], 1, 'admin.token'],
    [['kill', 'nod1', '--data', several], 2, 'did you mean node'],
    [['partition', 'node0|node9', '--data', several], 2, 'node9'],
    [['drop', 'node1,node2', '10', '--data', several], 2, 'run in one process'],
    [['kill', 'node3', '--data', several], 1, 'is down already'],
    [['delay', 'node0,node1', '50', '--data', several], 1, 'no answer'],
    [['kill', 'node0', '--data', join(folder, 'nowhere')], 1, 'no cluster runs'],
  ] as const) {
    const result = await cli(...args)
    assert.equal([result.status, result.err.includes(text)], [status, true], result.err)
  }
})

test.run()
