// The AITBC_ variables: what is honoured, what is announced, what is refused.

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EnvironmentError, readEnvironment } from '../../../config/env.ts'

test('what is set is read', () => {
  const read = readEnvironment({
    AITBC_NETWORK: 'dev',
    AITBC_CHAIN_ID: '1337',
    AITBC_CONSENSUS_MODE: 'FAST',
    AITBC_DB_URL: 'postgresql://user@127.0.0.1/db',
    AITBC_MIN_FREE_DISK_MB: '512',
    PATH: '/bin',
  })
  assert.equal(read, {
    network: 'dev',
    chainId: 1337n,
    databaseUrl: 'postgresql://user@127.0.0.1/db',
    consensusMode: 'FAST',
    settings: { mode: { value: 'FAST', source: 'AITBC_CONSENSUS_MODE' } },
    diskFreeMin: 512_000_000,
    notices: [],
  })
})

test('what has no effect is announced', () => {
  const { notices } = readEnvironment({
    AITBC_REDIS_URL: 'redis://127.0.0.1',
    AITBC_CHAIN_DI: '7',
  })
  assert.is(notices.length, 2)
  assert.match(notices.join('\n'), /AITBC_REDIS_URL has no effect/)
  assert.match(notices.join('\n'), /did you mean AITBC_CHAIN_ID\?/)
})

test('what cannot be meant is refused', () => {
  for (const env of [
    { AITBC_CHAIN_ID: '0' },
    { AITBC_CHAIN_ID: '1e3' },
    { AITBC_CONSENSUS_MODE: 'fast' },
    { AITBC_DB_URL: 'localhost' },
    { AITBC_MIN_FREE_DISK_MB: '2 GiB' },
  ]) {
    assert.throws(
      () => readEnvironment(env),
      (error: unknown) => error instanceof EnvironmentError && error.hint !== '',
    )
  }
})

test('.env.example names each variable, and only known ones', () => {
  const names = readFileSync('.env.example', 'utf8').match(/AITBC_[A-Z_]+(?==)/g) ?? []
  assert.is(new Set(names).size, 21)
  const set = Object.fromEntries(names.map((name) => [name, '']))
  assert.equal(readEnvironment(set).notices, [])
})

test.run()
