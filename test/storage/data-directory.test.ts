// Who may use a data directory.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type DataDirectoryError,
  openDataDirectory,
  SCHEMA_VERSION,
} from '../../storage/lmdb/data-directory.ts'
import { runningFile } from '../../transport/threads/running-file.ts'
import { loaderArgs } from '../kit/node-args.ts'

const root = mkdtempSync(join(tmpdir(), 'aitbc-data-'))
let count = 0
const fresh = () => join(root, String(count++))

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'no error'
  } catch (error) {
    return (error as DataDirectoryError).code
  }
}

test('one owner at a time; given back, the next may have it', () => {
  const folder = fresh()
  const release = openDataDirectory(folder, 'dev')
  assert.is(
    codeOf(() => openDataDirectory(folder, 'dev')),
    'ALREADY_RUNNING',
  )
  release()
  release()
  openDataDirectory(folder, 'dev')()
  assert.not.ok(existsSync(join(folder, 'LOCK')))
})

test('a lock of a living process holds, of a killed one it is taken over', async () => {
  const folder = fresh()
  openDataDirectory(folder, 'dev')()
  const module = runningFile(import.meta.url, '../../storage/lmdb/data-directory').href
  const code = `import(${JSON.stringify(module)}).then(({ openDataDirectory }) => {
    openDataDirectory(${JSON.stringify(folder)}, 'dev')
    console.log('mine')
    setInterval(() => {}, 1000)
  })`
  const child = spawn(process.execPath, [...loaderArgs(import.meta.url), '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  assert.is(
    codeOf(() => openDataDirectory(folder, 'dev')),
    'ALREADY_RUNNING',
  )
  child.kill('SIGKILL')
  await once(child, 'close')
  openDataDirectory(folder, 'dev')()
})

test('a pid that was used again, or a damaged lock, does not hold', () => {
  const folder = fresh()
  openDataDirectory(folder, 'dev')()
  for (const text of [`{"pid":${process.pid},"started":"another boot 1"}`, '', '{"pid":0}', 'x']) {
    writeFileSync(join(folder, 'LOCK'), text)
    openDataDirectory(folder, 'dev')()
  }
})

test('a newer schema, another network and a damaged note are refused and left alone', () => {
  const folder = fresh()
  openDataDirectory(folder, 'dev')()
  const file = join(folder, 'SCHEMA.json')
  assert.is(
    codeOf(() => openDataDirectory(folder, 'main')),
    'STATE_MISMATCH',
  )
  for (const text of [
    JSON.stringify({ schema: SCHEMA_VERSION + 1, network: 'dev' }),
    '{"schema":',
    '{"schema":"1"}',
  ]) {
    writeFileSync(file, text)
    assert.is(
      codeOf(() => openDataDirectory(folder, 'dev')),
      'STATE_MISMATCH',
    )
    assert.is(readFileSync(file, 'utf8'), text)
    assert.not.ok(existsSync(join(folder, 'LOCK')), 'the lock was given back')
  }
})

test.after(() => rmSync(root, { recursive: true, force: true }))

test.run()
