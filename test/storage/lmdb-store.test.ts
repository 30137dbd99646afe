// LMDB: the conformance suite, growth, a full disk, kill -9.

import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LMDB_MAP_BYTES } from '../../config/limits.ts'
import { u64 } from '../../lib/bytes.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'
import { storeTests } from '../conformance/store.ts'
import { nodeArgs } from '../kit/node-args.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-lmdb-'))
let count = 0

storeTests(test, {
  make: () => new LmdbStore(join(folder, String(count++))),
  dispose: (store) => (store as LmdbStore).close(),
})

function commit(store: Store, puts: Put[]): Promise<Error | undefined> {
  return new Promise((resolve) => store.commit(puts, resolve))
}

test('what was committed is there when it is opened again', async () => {
  const path = join(folder, 'again')
  const first = new LmdbStore(path)
  await commit(first, [{ table: 'a', key: u64(1), value: u64(2) }])
  await first.close()
  const second = new LmdbStore(path)
  assert.equal([...(second.get('a', u64(1)) ?? [])], [...u64(2)])
  await second.close()
})

/** Mounts a small file system; undefined where that is not allowed. */
function smallDisk(megabytes: number): string | undefined {
  const path = join(folder, 'small')
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], {
      stdio: 'ignore',
    })
    return path
  } catch {
    return undefined
  }
}

test('a full disk is an error of the commit, and nothing else', async () => {
  const disk = smallDisk(4)
  if (!disk) {
    console.log('skipped: this machine lets us mount no small file system')
    return
  }
  const store = new LmdbStore(join(disk, 'store'))
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', note)
  const value = Buffer.alloc(500_000, 7)
  let kept = 0
  let error: Error | undefined
  while (!error && kept < 20) {
    const puts = [{ table: 'a', key: u64(kept), value }]
    error = await commit(store, [...puts, { table: 'count', key: u64(0), value: u64(kept) }])
    if (!error) kept++
  }
  assert.instance(error, Error, 'the disk filled up')
  assert.ok(kept > 0)
  const failing = await commit(store, [{ table: 'fresh', key: u64(0), value }])
  assert.instance(failing, Error, 'also for a table that has to be made')
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.equal(unhandled, [])
  process.off('unhandledRejection', note)
  for (let i = 0; i < kept; i++) assert.is(store.get('a', u64(i))?.length, value.length)
  assert.is(store.get('a', u64(kept)), undefined)
  assert.equal([...(store.get('count', u64(0)) ?? [])], [...u64(kept - 1)])
  // Room is made: deleting needs little, and then the same commit works.
  const room = Array.from({ length: kept }, (_, i) => i)
  for (const i of room) await commit(store, [{ table: 'a', key: u64(i), value: undefined }])
  assert.is(await commit(store, [{ table: 'fresh', key: u64(0), value: u64(1) }]), undefined)
  await store.close()
  execFileSync('umount', [disk])
})

/** Runs the writing child until it has acknowledged `acks` commits, kills it, returns the last. */
function writeAndKill(path: string, acks: number): Promise<number> {
  const child = spawn(
    process.execPath,
    [...nodeArgs(import.meta.url, '../fixtures/lmdb-writer'), path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let last = -1
  let seen = 0
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = Number(line)
      if (++seen === acks) child.kill('SIGKILL')
    })
    child.on('close', () => resolve(last))
  })
}

test('kill -9: every acknowledged commit is there, and each whole', async () => {
  const path = join(folder, 'killed')
  let from = 0
  for (const acks of [30, 171, 1, 93]) {
    const last = await writeAndKill(path, acks)
    assert.ok(last >= from, `round of ${acks}: the writer went on at ${last}, it was at ${from}`)
    const store = new LmdbStore(path)
    const [newest] = store.range('a', { reverse: true, limit: 1 })
    const stored = Buffer.from(newest?.[0] ?? u64(0)).readUIntBE(2, 6)
    assert.ok(stored >= last, `${last} was acknowledged, ${stored} is stored`)
    for (let i = Math.max(0, stored - 200); i <= stored; i++) {
      assert.is(store.get('a', u64(i))?.length, 100 + (i % 5000))
      assert.ok(store.get('b', u64(i)), `commit ${i} is torn`)
    }
    assert.is(store.get('b', u64(stored + 1)), undefined)
    await store.close()
    from = last
  }
})

test('the map grows when the data needs it', async () => {
  const store = new LmdbStore(join(folder, 'grows'), 8 << 20)
  const value = Buffer.alloc(1 << 20, 3)
  const before = store.mapBytes()
  for (let i = 0; i < 40; i++) {
    assert.is(await commit(store, [{ table: 'a', key: u64(i), value }]), undefined)
  }
  assert.ok(before < 40 << 20 && store.mapBytes() > 40 << 20, `${before} to ${store.mapBytes()}`)
  assert.is(store.range('a', { limit: 100 }).length, 40)
  assert.ok(LMDB_MAP_BYTES >= 8 << 20)
  await store.close()
})

test.after(() => rmSync(folder, { recursive: true, force: true }))

test.run()
