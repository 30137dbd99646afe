// config/node.toml: the published file is right, each mistake is named with its place and the
// nearest name, variables go before the file, and what is shown holds no secret.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ownAddress } from '../../../apps/cli/own-address.ts'
import { sizeBytes } from '../../../config/node-settings.ts'
import { type ConfigError, loadNodeToml, parseNodeToml } from '../../../config/node-toml.ts'
import { loadTopology } from '../../../config/topology.ts'
import { runCommand } from '../../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-config-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const cli = (args: string[], env: Record<string, string> = {}) => runCommand(folder, args, { env })

test('the published file is read as it is', async () => {
  const settings = loadNodeToml('config/node.toml')
  const values = Object.entries(settings).map(([name, { value }]) => [name, value])
  assert.equal(Object.fromEntries(values), {
    listenAddr: '0.0.0.0:30303',
    discoveryAddr: '0.0.0.0:30304',
    mode: 'BALANCED',
    validatorCount: 21,
    stakeMinimum: 1000,
    dataDir: '/var/lib/aitbc',
    prune: true,
    pruneThreshold: '100GB',
  })
  const { status, out } = await cli(['config', 'check'])
  assert.is(status, 0)
  assert.match(out, /config\/node.toml is right: 8 settings/)
})

const WRONG: [text: string, place: string, message: RegExp][] = [
  [
    '[network]\nlisten_adr = "a:1"\n',
    '2:1',
    /unknown key "listen_adr".*did you mean "listen_addr"\?/,
  ],
  [
    '\n[consensu]\nmode = "FAST"\n',
    '2:1',
    /unknown section "consensu"; did you mean "consensus"\?/,
  ],
  ['[consensus]\n  mode = "SLOW"\n', '2:3', /mode: .*FAST/],
  ['[consensus]\nvalidator_count = "21"\n', '2:1', /validator_count: a whole number/],
  ['[consensus]\nvalidator_count = 0\n', '2:1', /validator_count/],
  ['[consensus]\ntrusted_hash = "0x12"\n', '2:1', /64 lower-case hex digits/],
  ['[storage]\nprune = "yes"\n', '2:1', /prune: true or false/],
  ['[storage]\nprune_threshold = "100 apples"\n', '2:1', /a size is for example "100GB"/],
  ['[network]\nlisten_addr = "0.0.0.0:70000"\n', '2:1', /for example 0.0.0.0:30303/],
  ['network = 3\n', '1:1', /"network" is a section/],
  ['[network]\nlisten_addr = \n', '2:15', /not TOML/],
  ['[network]\nlisten_addr = "a:1"\nlisten_addr = "b:2"\n', '3:', /not TOML/],
]

for (const [text, place, message] of WRONG) {
  test(`${JSON.stringify(text)} is refused at ${place}`, () => {
    try {
      parseNodeToml(text, 'my.toml')
    } catch (error) {
      const { message: said, name } = error as ConfigError
      assert.is(name, 'ConfigError')
      assert.ok(said.startsWith(`my.toml:${place}`), said)
      assert.match(said, message)
      return
    }
    assert.unreachable('nothing was refused')
  })
}

test('variables go before the file, each value tells its source, secrets are hidden', async () => {
  writeFileSync(join(folder, 'node.toml'), '[consensus]\nmode = "FAST"\nvalidator_count = 4\n')
  const env = {
    AITBC_CONSENSUS_MODE: 'SECURE',
    AITBC_STORAGE_PRUNE: 'true',
    AITBC_STORAGE_DATA_DIR: 'elsewhere',
    AITBC_KEY_PASSWORD: 'correct horse',
    AITBC_DB_URL: 'postgresql://me:tell-nobody@db/aitbc',
  }
  const { out } = await cli(['config', 'show', '--config', 'node.toml', '--json'], env)
  const rows: { name: string; value: unknown; source: string }[] = JSON.parse(out).settings
  const row = (name: string) => rows.find((one) => one.name === name)
  assert.equal(row('consensus.mode'), {
    name: 'consensus.mode',
    value: 'SECURE',
    source: 'AITBC_CONSENSUS_MODE',
  })
  assert.is(row('consensus.validator_count')?.value, 4)
  assert.is(row('consensus.validator_count')?.source, join(folder, 'node.toml'))
  assert.is(row('storage.prune')?.value, true)
  assert.is(row('data folder')?.value, join(folder, 'elsewhere'))
  assert.match(row('network.listen_addr')?.source ?? '', /not set/)
  assert.not.match(out, /correct horse|tell-nobody/)
  const wrong = await cli(['config', 'show'], { AITBC_STORAGE_PRUNE: 'perhaps' })
  assert.is(wrong.status, 2)
  assert.match(wrong.err, /AITBC_STORAGE_PRUNE=perhaps: true or false/)
  const missing = await cli(['config', 'check', 'none.toml'])
  assert.match(missing.err, /cannot read .*none.toml/)
})

test('a node listens where its settings say, by any kind of host', () => {
  const topology = loadTopology('config/topologies/local-4.yaml')
  const at = (value: string) =>
    ownAddress(topology, 'node1', { listenAddr: { value, source: 'a test' } }).nodes
  const { node0, node1 } = at('0.0.0.0:40404')
  assert.is(node1?.listen, '/ip4/0.0.0.0')
  assert.equal(node1?.ports, { ...topology.nodes.node1?.ports, peer: 40404 })
  assert.equal(node0, topology.nodes.node0)
  assert.is(at('[::]:1').node1?.listen, '/ip6/::')
  assert.is(at('node.example:1').node1?.listen, '/dns4/node.example')
})

test('sizes are decimal or binary', () => {
  assert.is(sizeBytes('100GB'), 100e9)
  assert.is(sizeBytes('1 GiB'), 2 ** 30)
  assert.is(sizeBytes('12B'), 12)
})

test.run()
