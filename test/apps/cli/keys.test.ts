// The commands for keys, configuration and networks, as an operator types them: nothing of a secret
// is printed, standard tools open what comes out, what is wrong is said.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Terminal } from '../../../apps/cli/terminal.ts'
import { keyFolderOf, openKeys } from '../../../apps/node/keys/key-folder.ts'
import { KEY_KINDS } from '../../../apps/node/keys/key-kinds.ts'
import { loadNetwork } from '../../../config/network.ts'
import { loadTopology } from '../../../config/topology.ts'
import { runCommand } from '../../kit/cli.ts'
import { networkNew } from './network-new.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-keys-cli-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const PASSWORD = 'correct horse battery'
const passwordFile = join(folder, 'password')
writeFileSync(passwordFile, `${PASSWORD}\nsecond line\n`)

let spoken = ''

async function cli(args: string[], more: Partial<Terminal> = {}) {
  const run = await runCommand(folder, args, more)
  spoken += run.out + run.err
  return run
}

const LIGHT = ['--password-file', 'password', '--light-kdf']

test('new, list, show: the password never shows, the identity is public', async () => {
  const made = await cli(['keys', 'new', '--data', 'a', '--json', ...LIGHT])
  assert.is(made.status, 0, made.err)
  const { identity, folder: keys } = JSON.parse(made.out)
  assert.is(keys, keyFolderOf(join(folder, 'a'), 'node0'))
  assert.is(identity.name, 'node0')
  const shown = await cli(['keys', 'show', '--data', 'a', '--public'])
  assert.equal(JSON.parse(shown.out), identity)
  const list = JSON.parse((await cli(['keys', 'list', '--data', 'a', '--json'])).out)
  assert.is(list.keys.length, 1)
  assert.is(list.keys[0].sign_state, 'never used')
  assert.is(list.keys[0].fault, null)
  const again = await cli(['keys', 'new', '--data', 'a', ...LIGHT])
  assert.is(again.status, 4)
  assert.match(again.err, /holds keys already/)
  const secrets = await openKeys(keys, KEY_KINDS, PASSWORD)
  assert.not.ok(spoken.includes(PASSWORD))
  for (const kind of KEY_KINDS) {
    assert.not.ok(spoken.includes(Buffer.from(secrets[kind]).toString('hex')), kind)
  }
})

test('an exported key folder is imported elsewhere, and its key counts as used', async () => {
  const out = ['--out', 'backup.json', '--data', 'a', '--password-file', 'password']
  assert.is((await cli(['keys', 'export', ...out])).status, 0)
  assert.match((await cli(['keys', 'export', ...out])).err, /it exists already/)
  const words = ['keys', 'import', 'backup.json', '--data', 'b', ...LIGHT]
  const imported = await cli(words)
  assert.is(imported.status, 0, imported.err)
  assert.match(imported.out, /--i-lost-my-sign-state/)
  const [a, b] = ['a', 'b'].map((data) => keyFolderOf(join(folder, data), 'node0'))
  assert.equal(
    await openKeys(b as string, KEY_KINDS, PASSWORD),
    await openKeys(a as string, KEY_KINDS, PASSWORD),
  )
  const list = JSON.parse((await cli(['keys', 'list', '--data', 'b', '--json'])).out)
  assert.is(list.keys[0].sign_state, 'imported')
  assert.is((await cli(words)).status, 4)
})

test('without a password, with a short one, a wrong one, a mistyped one', async () => {
  const none = await cli(['keys', 'new', '--data', 'c'])
  assert.match(none.err, /nobody is there to be asked[\s\S]*AITBC_KEY_PASSWORD/)
  const short = await cli(['keys', 'new', '--data', 'c'], {
    env: { AITBC_KEY_PASSWORD: 'seven77' },
  })
  assert.match(short.err, /fewer than 8 characters/)
  const answers = ['first answer', 'second answer']
  const secret = async () => answers.shift() ?? ''
  assert.match((await cli(['keys', 'new', '--data', 'c'], { secret })).err, /passwords differ/)
  assert.not.ok(existsSync(join(folder, 'c')))
  const env = { AITBC_KEY_PASSWORD: 'not the password' }
  const wrong = await cli(['keys', 'export', '--data', 'a', '--out', 'no.json'], { env })
  assert.is(wrong.status, 1)
  assert.match(wrong.err, /consensus.json: the password does not open the key/)
  assert.not.ok(existsSync(join(folder, 'no.json')))
})

test('keys that others can read are reported, and not used', async () => {
  const keys = keyFolderOf(join(folder, 'b'), 'node0')
  chmodSync(join(keys, 'vrf.json'), 0o644)
  const list = JSON.parse((await cli(['keys', 'list', '--data', 'b', '--json'])).out)
  assert.match(list.keys[0].fault, /mode 644/)
  const words = ['keys', 'export', '--data', 'b', '--out', 'no.json', '--password-file', 'password']
  const refused = await cli(words)
  assert.is(refused.status, 4)
  assert.match(refused.err, /chmod 600/)
})

test('a network is made of identities; its topology names it by path', async () => {
  const { network_file, topology_file } = await networkNew(cli, folder, 'mynet', 4)
  const network = loadNetwork(network_file)
  assert.is(network.keys, 'private')
  const topology = loadTopology(topology_file)
  assert.is(topology.network, network_file)
  const names = (network.genesis as { validators: { name: string }[] }).validators
  assert.equal(
    names.map(({ name }) => name),
    Object.keys(topology.nodes),
  )
  const files = [0, 1].map(() => join(folder, 'mynet-node0.json'))
  const twice = await cli(['network', 'new', 'other', '--validators', ...files])
  assert.match(twice.err, /not all different/)
  const identity = JSON.parse(readFileSync(files[0] as string, 'utf8'))
  const forged = join(folder, 'forged.json')
  writeFileSync(forged, JSON.stringify({ ...identity, account: `0x${'1'.repeat(40)}` }))
  const refused = await cli(['network', 'new', 'other', '--validators', forged])
  assert.match(refused.err, /somebody changed it/)
  const dev = await cli(['network', 'new', 'dev', '--validators', files[0] as string])
  assert.match(dev.err, /no name for a network/)
  const again = await cli(['network', 'new', 'mynet', '--validators', files[0] as string])
  assert.match(again.err, /a genesis never changes/)
})

test.run()
