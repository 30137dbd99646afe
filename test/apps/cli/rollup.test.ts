// An account of the rollup as its owner types it, against a running development network: keys,
// money in, across and out, and receipts that are checked with a checkpoint and nothing else.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keyFolderOf, openKeys } from '../../../apps/node/keys/key-folder.ts'
import { good, RollupCli } from './rollup-cli.ts'

const typed = new RollupCli('rollup-cli')
const { folder } = typed
const PASSWORD = 'correct horse battery'
writeFileSync(join(folder, 'password'), PASSWORD)

test.before(() => typed.start())
test.after(() => typed.stop())

const cli = (...args: string[]) => typed.run(...args)
const asAlice = typed.as('alice')
const asOwner = (...args: string[]) => typed.rollup(...args, '--password-file', 'password')

test('the shards that there are, and that no other number is to come', async () => {
  const { shards, wanted, change, list } = await good(typed.rollup('status'))
  assert.equal([shards, wanted, change, list.length], [1, null, null, 1])
  assert.equal([list[0].batch, list[0].root_batch, list[0].frozen], [0, 0, false])
  assert.ok(BigInt(list[0].supply) > 0n)
})

test('what cannot be is refused before anything is sent', async () => {
  const unknown = await asAlice('send', '1', '1')
  assert.is(unknown.status, 1)
  assert.match(unknown.err, /has registered no account[\s\S]*rollup register/)
  const exact = await asAlice('send', '1', '0.0000000001')
  assert.is(exact.status, 2)
  assert.match(exact.err, /at most 9 decimals/)
  assert.match((await asAlice('send', 'bob', '1')).err, /"bob" is no account/)
  const nobody = await typed.rollup('balance', '16000000')
  assert.match(nobody.err, /there is no account 16000000/)
  const keyless = await asOwner('register')
  assert.is(keyless.status, 1)
  assert.match(keyless.err, /KEYS_MISSING|account\.json/)
  const eve = await cli('rollup', 'deposit', '1', '--rpc', 'http://x', '--dev-account', 'eve')
  assert.match(eve.err, /has consumer.*alice/)
  const [agreed, empty, credit, shard] = await Promise.all([
    asAlice('challenge'),
    asAlice('refund-message', '0'),
    asAlice('refund-parcel', '0', '1', '0', '0'),
    asAlice('challenge', '--shard', '9'),
  ])
  assert.match(agreed.err, /nothing to challenge[\s\S]*has executed all final claims of shard 0/)
  assert.match(empty.err, /nothing to refund/)
  assert.match(credit.err, /no such credit/)
  assert.match(shard.err, /no shard 9/)
})

test('money in, across and out, with receipts that hold offline', async () => {
  const [{ index: alice }, { index: bob }] = await Promise.all([
    good(asAlice('register', '--amount', '2')),
    good(typed.as('bob')('register')),
  ])
  assert.match((await asAlice('register')).err, /there is nothing to do/)

  // Another with keys of its own: the account of a wallet, the rest made by the command.
  await good(cli('keys', 'new', '--password-file', 'password', '--light-kdf'))
  const keys = keyFolderOf(join(folder, 'data'), 'node0')
  const poor = await asOwner('register', '--light-kdf')
  assert.is(poor.status, 1, 'its account on the base chain has no money')
  const { spend, cosign } = await openKeys(keys, ['spend', 'cosign'], PASSWORD)
  assert.equal([spend.length, cosign.length], [32, 32], 'but the keys are there')

  await good(asAlice('deposit', '1.5'))
  const sent = await good(asAlice('send', String(bob), '0.25'))
  assert.equal([sent.from, sent.to, sent.amount, sent.nonce], [alice, bob, '250000000', 0])
  const paid = await good(typed.rollup('balance', String(bob)))
  assert.is(paid.units, '250000000')

  // Offline: with a checkpoint of somebody who is trusted, and the file.
  await good(
    cli('light', 'checkpoint', '--rpc', typed.chain.gateway.url, '--out', 'checkpoint.json'),
  )
  const file = sent.receipt as string
  const verify = (path: string) => cli('rollup', 'verify', path, '--checkpoint', 'checkpoint.json')
  const shown = await good(verify(file))
  assert.equal(
    [shown.transfer.from, shown.transfer.to, shown.transfer.amount, shown.transfer.batch],
    [alice, bob, '250000000', sent.batch],
  )
  const again = await good(
    cli(
      'rollup',
      'receipt',
      `${alice}`,
      '0',
      '--rpc',
      typed.chain.gateway.url,
      '--out',
      'again.json',
    ),
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
  assert.equal(typed.chain.errors, [])
})

test('out of the rollup: an exit is executed, settled and paid, by a sequencer or by force', async () => {
  const bob = typed.as('bob')
  // Together, since both wait for a settled root.
  const [{ transfer, paid }, forced] = await Promise.all([
    good(bob('exit', '0.2')),
    good(asAlice('exit', '0.02', '--forced')),
  ])
  const amounts = (list: { amount: string }[]) => list.map(({ amount }) => amount)
  assert.is(transfer.amount, '200000000')
  assert.equal(amounts(paid), ['200000000'])
  assert.is(forced.transfer, null)
  assert.equal(amounts(forced.paid), ['20000000'])
  const [nothing, tooMuch, served] = await Promise.all([
    bob('exit'),
    asAlice('exit', '5000', '--forced'),
    bob('exit', '--forced'),
  ])
  assert.match(nothing.err, /there is nothing to fetch/)
  assert.match(tooMuch.err, /has too little/)
  assert.match(served.err, /CANNOT_FREEZE|waited long enough/)
  assert.equal(typed.chain.errors, [])
})

test.run()
