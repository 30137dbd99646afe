// Bad command lines: each gets its code, its exit status, three lines that say what to do, and with
// --json exactly one document. Nothing here needs a cluster.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CLI_ERRORS, type CliErrorCode } from '../../../apps/cli/cli-error.ts'
import { runCommand } from '../../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-cli-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, text: string): string {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  return file
}

const ENDPOINTS = { rpc: 'http://127.0.0.1:9', ws: 'ws://127.0.0.1:9', api: 'http://127.0.0.1:9' }
const ACCOUNTS = [
  { name: 'consumer', address: `0x${'1'.repeat(40)}`, privateKey: `0x${'2'.repeat(64)}` },
]
function endpointsIn(name: string, pids: number[], api = ENDPOINTS.api): string {
  const endpoints = { ...ENDPOINTS, api }
  const value = { ready: true, endpoints, accounts: ACCOUNTS, pids }
  put(`${name}/endpoints.json`, JSON.stringify(value))
  return join(folder, name)
}

const HEAD = 'name: a\nnetwork: dev\nprocess: shared\n'
const NODES = ['a', 'b', 'c', 'd'].map((n) => `  ${n}: { roles: [validator, gateway] }\n`).join('')
const topology = put('ok.yaml', `${HEAD}nodes:\n${NODES}`)
const foreign = join(put('foreign/letter.txt', 'mine'), '..')
/** Ports 9 and this process's id: something that runs but answers nobody. */
const alive = endpointsIn('alive', [process.pid])
const dead = endpointsIn('dead', [2 ** 22 + 1])

const cli = (args: string[], env: Record<string, string> = {}) => runCommand(folder, args, { env })

interface Case {
  args: string[]
  code: CliErrorCode
  says: RegExp
  env?: Record<string, string>
}

const CASES: Case[] = [
  { args: ['upp'], code: 'USAGE', says: /did you mean "up"\?/ },
  { args: ['recipt', 'verify', 'x'], code: 'USAGE', says: /did you mean "receipt"\?/ },
  { args: ['receipt', 'verfy', 'x'], code: 'USAGE', says: /did you mean "verify"\?/ },
  { args: ['models', 'pul'], code: 'USAGE', says: /did you mean "pull"\?/ },
  { args: ['status', '--jsn'], code: 'USAGE', says: /did you mean --json\?/ },
  { args: ['up', '--prots', 'auto'], code: 'USAGE', says: /did you mean --ports\?/ },
  { args: ['up', '--ports', 'some'], code: 'USAGE', says: /choices are auto, topology/ },
  { args: ['run'], code: 'USAGE', says: /missing required argument 'model'/ },
  { args: ['run', 'm'], code: 'USAGE', says: /missing required argument 'input'/ },
  { args: ['run', 'm', 'x', 'y'], code: 'USAGE', says: /too many arguments/ },
  { args: ['run', 'm', 'x', '--max-tokens', 'ten'], code: 'USAGE', says: /not a whole number/ },
  {
    args: ['run', 'm', 'x', '--max-tokens', '-1'],
    code: 'USAGE',
    says: /not a whole number|argument/,
  },
  { args: ['run', 'm', 'x', '--temperature', '3'], code: 'USAGE', says: /from 0 to 2/ },
  { args: ['run', 'm', 'x', '--seed', '1.5'], code: 'USAGE', says: /not a whole number/ },
  { args: ['run', 'm', ''], code: 'BAD_VALUE', says: /the input is empty/ },
  { args: ['run', 'm', 'x', '--data', 'none'], code: 'NOT_RUNNING', says: /npm start/ },
  { args: ['run', 'm', 'x', '--data', alive], code: 'UNREACHABLE', says: /no answer from/ },
  {
    args: ['run', 'm', 'x', '--data', alive, '--account', 'consmer'],
    code: 'BAD_VALUE',
    says: /did you mean "consumer"/,
  },
  { args: ['status', '--data', 'none'], code: 'NOT_RUNNING', says: /endpoints\.json/ },
  { args: ['status', '--data', dead], code: 'NOT_RUNNING', says: /does not run any more/ },
  { args: ['status', '--data', alive], code: 'UNREACHABLE', says: /no answer from/ },
  { args: ['up', 'no.yaml', '--data', 'a'], code: 'BAD_TOPOLOGY', says: /cannot read/ },
  { args: ['up', topology, '--data', alive], code: 'ALREADY_RUNNING', says: /aitbc down/ },
  { args: ['up', topology, '--data', foreign, '--reset'], code: 'BAD_VALUE', says: /none that a/ },
  {
    args: ['up', topology, '--data', 'b'],
    env: { AITBC_CHAIN_ID: 'main' },
    code: 'BAD_ENVIRONMENT',
    says: /not a chain id/,
  },
  {
    args: ['up', topology, '--data', 'b'],
    env: { AITBC_CONSENSUS_MODE: 'QUICK' },
    code: 'BAD_ENVIRONMENT',
    says: /FAST, BALANCED, SECURE/,
  },
  {
    args: ['up', topology, '--data', 'b'],
    env: { AITBC_DB_URL: 'mysql://x' },
    code: 'BAD_ENVIRONMENT',
    says: /postgresql/,
  },
  {
    args: ['up', topology, '--data', 'b'],
    env: { AITBC_NETWORK: 'main' },
    code: 'BAD_ENVIRONMENT',
    says: /topology is for network dev/,
  },
  { args: ['topology', 'check'], code: 'USAGE', says: /missing required argument 'file'/ },
  { args: ['deposit', 'much'], code: 'BAD_VALUE', says: /not an amount/ },
  { args: ['deposit', '0'], code: 'BAD_VALUE', says: /above zero/ },
  { args: ['deposit', '1.0000000000000000001'], code: 'BAD_VALUE', says: /18 decimals/ },
  { args: ['deposit', '1', '--data', 'none'], code: 'NOT_RUNNING', says: /npm start/ },
  { args: ['deposit', '1', '--data', alive], code: 'UNREACHABLE', says: /no answer from/ },
  { args: ['authorize', '1', '--operator', '0x12'], code: 'BAD_VALUE', says: /40 hex digits/ },
  { args: ['authorize', '1', '--data', 'none'], code: 'NOT_RUNNING', says: /npm start/ },
]

for (const { args, code, says, env } of CASES) {
  const line = args.map((arg) => arg.replace(folder, '…')).join(' ')
  test(`${line} → ${code}`, async () => {
    const plain = await cli(args, env)
    assert.is(plain.status, CLI_ERRORS[code].exit, plain.err)
    assert.match(plain.err, /^error: .+\nwhy: {3}.+\ndo: {4}.+\n$/)
    assert.match(plain.err, says)
    assert.is(plain.out, '')

    const json = await cli([...args, '--json'], env)
    assert.is(json.status, plain.status)
    const document = JSON.parse(json.out)
    assert.is(document.error.code, code)
    assert.ok(document.error.message && document.error.hint)
  })
}

test('a status that is no status is refused, and one that is gets printed', async () => {
  let body = '{}'
  const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  const { port } = server.address() as AddressInfo
  const data = endpointsIn('served', [process.pid], `http://127.0.0.1:${port}`)
  try {
    const wrong = await cli(['status', '--data', data, '--json'])
    assert.is(JSON.parse(wrong.out).error.code, 'UNREACHABLE')
    const validator = { id: 'node0', height: 7, block_hash: '0x1', state_root: '0x2' }
    const good = {
      height: 7,
      mode: 'FAST',
      finality_ms: { p50: 40, p99: 80 },
      validators: [validator],
      jobs: { completed: 1 },
    }
    body = JSON.stringify(good)
    assert.equal(JSON.parse((await cli(['status', '--data', data, '--json'])).out), good)
    const lines = (await cli(['status', '--data', data])).out
    assert.match(lines, /height {4}7\n/)
    assert.match(lines, /1 completed/)
    assert.match(lines, /node0 +7/)
  } finally {
    server.close()
  }
})

test('help and version are no errors; a bare line is', async () => {
  assert.is((await cli(['--help'])).status, 0)
  assert.match((await cli(['run', '--help'])).out, /--max-tokens/)
  assert.is((await cli(['--version'])).out, '0.1.0\n')
  assert.is((await cli([])).status, 2)
  assert.is((await cli(['receipt'])).status, 2)
})

test('down with nothing running says so and succeeds', async () => {
  const down = await cli(['down', '--data', 'none', '--json'])
  assert.is(down.status, 0)
  assert.equal(JSON.parse(down.out).stopped, [])
})

test.run()
