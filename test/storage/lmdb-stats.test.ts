// What a store tells of itself: rows of all tables, also those of an earlier process, pages in use,
// and how long commits took.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { u64 } from '../../lib/bytes.ts'
import type { Put } from '../../runtime/store.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'

function commit(store: LmdbStore, puts: Put[]): Promise<Error | undefined> {
  return new Promise((resolve) => store.commit(puts, resolve))
}

test('a store tells its rows, pages, readers and commits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-stats-'))
  const first = new LmdbStore(folder)
  assert.is(first.stats().rows, 0)
  assert.is(first.stats().commitP50Ms, undefined)
  const value = new Uint8Array(100)
  await commit(
    first,
    Array.from({ length: 1000 }, (_, i) => ({ table: 'a', key: u64(i), value })),
  )
  await commit(first, [{ table: 'b', key: u64(1), value }])
  const full = first.stats()
  assert.is(full.rows, 1001)
  assert.is(full.commits, 2)
  assert.ok(full.usedBytes > 100_000 && full.usedBytes < full.mapBytes)
  assert.ok((full.commitP99Ms ?? -1) >= (full.commitP50Ms ?? 0))
  assert.ok((full.commitP50Ms ?? 0) > 0)
  await first.close()
  const second = new LmdbStore(folder)
  assert.is(second.stats().rows, 1001)
  assert.is(second.stats().commits, 0)
  await second.close()
})

test('a commit that fails is counted', async () => {
  const store = new LmdbStore(mkdtempSync(join(tmpdir(), 'aitbc-stats-')))
  const tooLong = new Uint8Array(4000)
  assert.ok(await commit(store, [{ table: 'a', key: tooLong, value: u64(1) }]))
  const { commits, commitsFailed, rows } = store.stats()
  assert.equal([commits, commitsFailed, rows], [1, 1, 0])
  await store.close()
})

test.run()
