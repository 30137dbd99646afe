// An account of the rollup as its owner types it, against a running development network: keys,
// money in, across and out, and receipts that are checked with a checkpoint and nothing else.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keyFolderOf, openKeys } from '../../../apps/node/keys/key-folder.ts'
import { runCommand } from '../../kit/cli.ts'
import { type RealChain, startRealChain } from '../gateway/real-chain.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-rollup-cli-'))
const PASSWORD = 'correct horse battery'
writeFileSync(join(folder, 'password'), PASSWORD)

let chain: RealChain
test.before(async () => {
  chain = await startRealChain()
})
test.after(async () => {
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function cli(...args: string[]) {
  const run = await runCommand(folder, [...args, '--data', 'data', '--json'])
  return { ...run, document: () => JSON.parse(run.out) }
}

const asAlice = (...args: string[]) =>
  cli('rollup', ...args, '--rpc', chain.gateway.url, '--dev-account', 'alice')
const asOwner = (...args: string[]) =>
  cli('rollup', ...args, '--rpc', chain.gateway.url, '--password-file', 'password')

async function good(run: ReturnType<typeof cli>) {
  const { status, err, document } = await run
  assert.is(status, 0, err)
  return document()
}

test('what cannot be is refused before anything is sent', async () => {
  const unknown = await asAlice('send', '1', '1')
  assert.is(unknown.status, 1)
  assert.match(unknown.err, /has registered no account[\s\S]*rollup register/)
  const exact = await asAlice('send', '1', '0.0000000001')
  assert.is(exact.status, 2)
  assert.match(exact.err, /at most 9 decimals/)
  assert.match((await asAlice('send', 'bob', '1')).err, /"bob" is no account/)
  const nobody = await cli('rollup', 'balance', '16000000', '--rpc', chain.gateway.url)
  assert.match(nobody.err, /there is no account 16000000/)
  const keyless = await asOwner('register')
  assert.is(keyless.status, 1)
  assert.match(keyless.err, /KEYS_MISSING|account\.json/)
  const eve = await cli('rollup', 'deposit', '1', '--rpc', 'http://x', '--dev-account', 'eve')
  assert.match(eve.err, /has consumer.*alice/)
})

test('money in, across and out, with receipts that hold offline', async () => {
  const { index: alice } = await good(asAlice('register', '--amount', '2'))
  assert.match((await asAlice('register')).err, /there is nothing to do/)

  // Another with keys of its own: the account of a wallet, the rest made by the command.
  await good(cli('keys', 'new', '--password-file', 'password', '--light-kdf'))
  const keys = keyFolderOf(join(folder, 'data'), 'node0')
  const poor = await asOwner('register', '--light-kdf')
  assert.is(poor.status, 1, 'its account on the base chain has no money')
  const { spend, cosign } = await openKeys(keys, ['spend', 'cosign'], PASSWORD)
  assert.equal([spend.length, cosign.length], [32, 32], 'but the keys are there')

  await good(asAlice('deposit', '1.5'))
  const { index: bob } = await good(
    cli('rollup', 'register', '--rpc', chain.gateway.url, '--dev-account', 'bob'),
  )
  const sent = await good(asAlice('send', String(bob), '0.25'))
  assert.equal([sent.from, sent.to, sent.amount, sent.nonce], [alice, bob, '250000000', 0])
  const paid = await good(cli('rollup', 'balance', String(bob), '--rpc', chain.gateway.url))
  assert.is(paid.units, '250000000')

  // Offline: with a checkpoint of somebody who is trusted, and the file.
  await good(cli('light', 'checkpoint', '--rpc', chain.gateway.url, '--out', 'checkpoint.json'))
  const file = sent.receipt as string
  const verify = (path: string) => cli('rollup', 'verify', path, '--checkpoint', 'checkpoint.json')
  const shown = await good(verify(file))
  assert.equal(
    [shown.transfer.from, shown.transfer.to, shown.transfer.amount, shown.transfer.batch],
    [alice, bob, '250000000', sent.batch],
  )
  const again = await good(
    cli('rollup', 'receipt', `${alice}`, '0', '--rpc', chain.gateway.url, '--out', 'again.json'),
  )
  assert.equal(again.transfer, shown.transfer)
  const text = readFileSync(file, 'utf8')
  writeFileSync(join(folder, 'forged.json'), text.replace('"250000000"', '"260000000"'))
  const forged = await verify('forged.json')
  assert.is(forged.status, 1)
  assert.match(forged.document().reason, /does not contain the transfer/)
  const foreign = ['--trusted-validators', `0x${'12'.repeat(32)}`]
  assert.match((await cli('rollup', 'verify', file, ...foreign)).out, /not the trusted ones/)

  const tooMuch = await asAlice('send', String(bob), '1000')
  assert.match(tooMuch.err, /has too little[\s\S]*3\.2[0-9]* AITBC/)
  assert.equal(chain.errors, [])
})

test('out of the rollup: the exit is executed, settled and paid', async () => {
  const bob = (...args: string[]) =>
    cli('rollup', ...args, '--rpc', chain.gateway.url, '--dev-account', 'bob')
  const { transfer, paid } = await good(bob('exit', '0.2'))
  assert.is(transfer.amount, '200000000')
  assert.equal(
    paid.map(({ amount }: { amount: string }) => amount),
    ['200000000'],
  )
  assert.match((await bob('exit')).err, /there is nothing to fetch/)
  assert.equal(chain.errors, [])
})

test.run()
