// Compaction again and again in one process: no read transaction of lmdb is in the copy's way.
// Where a table was opened while the names of tables were read, this ended the process.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { u64 } from '../../lib/bytes.ts'
import { compactStore } from '../../storage/lmdb/compact.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'

test('a store is compacted thirty times, and keeps its rows', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'aitbc-compact-')), 'store')
  const store = new LmdbStore(folder)
  const puts = ['a', 'b'].flatMap((table) =>
    Array.from({ length: 500 }, (_, i) => ({ table, key: u64(i), value: new Uint8Array(100) })),
  )
  await new Promise<void>((done, refuse) =>
    store.commit(puts, (error) => (error ? refuse(error) : done())),
  )
  await store.close()
  for (let i = 0; i < 30; i++) {
    const { rows, bytesBefore, bytesAfter } = await compactStore(folder)
    assert.is(rows, 1000)
    assert.ok(bytesAfter <= bytesBefore)
  }
})

test.run()
